import type { Frame } from './batch.ts';
import type { SignalSpec } from './pack.ts';

/** Metrics that would make the ranking of an incident better: of the things with these names, range in ms. */
export interface WantedFrames {
  readonly incident: string;
  readonly names: readonly string[];
  readonly start: number;
  readonly end: number;
}

/** What one column measures; `caller` where that one measures it, of its calls. */
export interface SignalMeaning {
  readonly spec: Pick<SignalSpec, 'name' | 'kind' | 'unit' | 'bad' | 'floor'>;
  readonly caller?: string;
}

/** A frame of one thing (label `service`: its name) of which it is known what each column measures. */
export interface KnownFrame extends Frame {
  readonly meanings: readonly SignalMeaning[];
}

/** What came of a wish for frames; nothing in `frames` where nothing could be read. */
export interface IncidentFrames {
  readonly incident: string;
  readonly frames: readonly KnownFrame[];
}
