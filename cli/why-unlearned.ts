import { formatDuration } from '../core/duration.ts';
import type { ClassWatch } from './class-watch.ts';
import type { HistoryDoubt } from './history-doubt.ts';
import type { Log } from './log.ts';

const retryEvery = 60_000;

const nameOf = ({ watch }: ClassWatch): string => watch.class.name;

/** How long a class that was not fitted waits, ms. */
export const waitOf = ({ watch }: ClassWatch): number => Math.max(retryEvery, 20 * watch.class.step);

/** Says what is doubted of a class once a kind of it: the words change as a history grows. */
export function createDoubts(log: Log) {
  const told = new Map<ClassWatch, HistoryDoubt['kind'] | 'unknown'>();
  const waiting = new Set<ClassWatch>();
  return {
    /** Of a class without a history, which is tried again. */
    waits(watch: ClassWatch, doubt: HistoryDoubt | undefined): void {
      waiting.add(watch);
      watch.doubt = doubt?.reason;
      const kind = doubt?.kind ?? 'unknown';
      if (told.get(watch) === kind) return;
      told.set(watch, kind);
      const why = doubt === undefined ? '' : `: ${doubt.reason}`;
      const say = kind === 'rare' ? log.warn : log.info;
      say(
        `${nameOf(watch)} has no history yet${why}; it is tried again every ${formatDuration(waitOf(watch))}`,
      );
    },
    /** Of a class that was learned: it may be dark most of the time. */
    learned(watch: ClassWatch, doubt: HistoryDoubt | undefined): void {
      waiting.delete(watch);
      watch.doubt = doubt?.reason;
      if (doubt !== undefined && told.get(watch) !== doubt.kind)
        log.warn(`${nameOf(watch)}: ${doubt.reason}`);
      if (doubt === undefined) told.delete(watch);
      else told.set(watch, doubt.kind);
    },
    isWaiting: (watch: ClassWatch): boolean => waiting.has(watch) && !watch.fitted,
  };
}

const notLearned = 'not learned yet: its history is read, or is too short; it is tried again';

/** Why a class has no model, as far as the class itself knows. */
export function whyUnfitted({ leftOut, doubt }: ClassWatch): string {
  return leftOut?.reason ?? (doubt === undefined ? notLearned : `has no history yet: ${doubt}`);
}

/** What the last try came to, and whether the next one is under way. */
export interface LastTry {
  readonly silent: boolean;
  readonly failure: string | undefined;
  readonly isRunning: boolean;
}

/** Why a class has no model, by what its last try came to. */
export function sayUnlearned(watch: ClassWatch, { silent, failure, isRunning }: LastTry): string {
  if (watch.leftOut !== undefined || silent) return whyUnfitted(watch);
  if (failure !== undefined) return `learning it failed: ${failure}; it is tried again`;
  return isRunning ? 'it is being learned' : 'it waits for its turn to be learned';
}
