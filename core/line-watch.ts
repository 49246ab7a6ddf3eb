import type { IndicatorType } from './indicator.ts';
import type { Labels } from './labels.ts';

/** A line of a log, as it is looked through for what feeds name. */
export interface WatchedLine {
  /** Its time and when it was read, ms. */
  readonly t: number;
  readonly now: number;
  readonly text: string;
  /** What its structured record says beside the message. */
  readonly attributes: Labels;
  /** Whose line it is. */
  readonly entity: Labels;
}

/** A line names what a feed lists; one a feed and type, the one with the most confidence. */
export interface LineMatch {
  readonly feed: string;
  readonly type: IndicatorType;
  readonly value: string;
  /** 0 to 100. */
  readonly confidence: number;
}

/** Looks lines through as they are read, one after the other. */
export interface LineWatch {
  look(line: WatchedLine): readonly LineMatch[];
}
