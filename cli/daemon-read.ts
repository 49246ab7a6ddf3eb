import { readBatches } from '../collectors/class-reader.ts';
import type { Batch } from '../core/batch.ts';
import type { ClassWatch } from './class-watch.ts';
import type { Daemon } from './daemon.ts';

/** Downtime up to this long is passed over step by step; what is older only trains. */
const longestGap = 3_600_000;

/** Marks the source as down; said once until it answers again. */
export function noteFailure({ source, metrics, options }: Daemon, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  if (source.health.up) options.log.error(`source ${source.health.name}: ${message}`);
  source.health.up = false;
  source.health.message = message;
  metrics.sourceUp.set({ source: source.health.name }, 0);
}

/** The batches of a class since its last pass up to `t` (ms); none when the source fails, which is noted. */
export async function readClass(daemon: Daemon, watch: ClassWatch, t: number): Promise<readonly Batch[]> {
  const { source, metrics, options } = daemon;
  if (watch.leftOut !== undefined) return [];
  const { step } = watch.watch.class;
  const start = Number.isNaN(watch.t) ? t : Math.max(watch.t + step, t - longestGap);
  if (start > t) return [];
  const end = metrics.passDuration.startTimer({ class: watch.watch.class.name });
  try {
    const history = await readBatches(source.source, watch.watch, {
      start,
      end: t,
      entities: watch.entities,
      signal: options.signal,
    });
    for (const { signal, message } of history.failures)
      options.log.warn(`${watch.watch.class.name} ${signal}: ${message}`);
    source.health.up = true;
    source.health.lastAt = t;
    source.health.message = '';
    metrics.sourceUp.set({ source: source.health.name }, 1);
    metrics.passLast.set({ class: watch.watch.class.name }, t / 1000);
    watch.expect(history.batches);
    return history.batches;
  } catch (error) {
    options.signal.throwIfAborted();
    noteFailure(daemon, error);
    return [];
  } finally {
    end();
  }
}
