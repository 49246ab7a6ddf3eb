import { type LogLevel, logLevels } from '../core/log.ts';

/** Levels by number, `none` for lines without one. */
export const levelNames = [...logLevels, 'none'] as const;
export const noLevel = logLevels.length;
const firstError = logLevels.indexOf('error');

const numbers = new Map<LogLevel | undefined, number>(logLevels.map((level, k) => [level, k]));

export function levelNumber(level: LogLevel | undefined): number {
  return numbers.get(level) ?? noLevel;
}

/** Lines of one template and level in one step. */
export interface Tally {
  readonly end: number;
  readonly slot: Slot;
  count: number;
}

/** The lines of one template with one level at one entity. */
export class Slot {
  readonly template: string;
  readonly level: number;
  /** It has a series of its own. */
  isNamed = false;
  /** The step that is counted now. */
  tally: Tally | undefined;
  /** Lines that count less with age, in the entity's unit. */
  weight = 0;
  /** Lines a step, when a line came last. */
  usual = 0;
  /** End of the last step with a line. */
  last = Number.NaN;
  /** The longest time without a line of late, ms. */
  gap = 0;
  /** End of the first step with a line, and how many had one. */
  first = Number.NaN;
  steps = 0;
  inWindow = 0;

  constructor(template: string, level: number) {
    this.template = template;
    this.level = level;
  }

  get isError(): boolean {
    return this.level >= firstError && this.level !== noLevel;
  }
}
