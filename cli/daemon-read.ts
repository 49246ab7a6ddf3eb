import { readBatches } from '../collectors/class-reader.ts';
import type { Batch } from '../core/batch.ts';
import type { ClassWatch } from './class-watch.ts';
import type { Daemon } from './daemon.ts';
import { longestGap } from './gap.ts';

/** Marks the source as down; said once until it answers again. */
export function noteFailure({ source, metrics, options }: Daemon, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  if (source.health.up) options.log.error(`source ${source.health.name}: ${message}`);
  source.health.up = false;
  source.health.message = message;
  metrics.sourceUp.set({ source: source.health.name }, 0);
}

/**
 * The batches of a class since its last pass up to `end` (ms), where `t` is the newest step; none when the source fails,
 * which is noted. A class that missed more than the longest gap reads the end of it, and is fitted anew.
 */
export async function readClass(
  daemon: Daemon,
  watch: ClassWatch,
  { end: last, t }: { readonly end: number; readonly t: number },
): Promise<readonly Batch[]> {
  const { source, metrics, options, learning } = daemon;
  if (watch.leftOut !== undefined || (!watch.fitted && last < t)) return [];
  if (watch.t < t - longestGap) learning.request(watch);
  const start = Number.isNaN(watch.t) ? t : Math.max(watch.wantedFrom, t - longestGap);
  if (start > last) return [];
  const end = metrics.passDuration.startTimer({ class: watch.watch.class.name });
  try {
    const history = await readBatches(source.source, watch.watch, {
      start,
      end: last,
      entities: watch.entities,
      signal: options.signal,
    });
    for (const { signal, message } of history.failures)
      options.log.warn(`${watch.watch.class.name} ${signal}: ${message}`);
    source.health.up = true;
    source.health.lastAt = last;
    source.health.message = '';
    metrics.sourceUp.set({ source: source.health.name }, 1);
    metrics.passLast.set({ class: watch.watch.class.name }, last / 1000);
    watch.expect(history.batches.filter(batch => !(batch.t <= watch.t)));
    return history.batches;
  } catch (error) {
    options.signal.throwIfAborted();
    noteFailure(daemon, error);
    return [];
  } finally {
    end();
  }
}
