import type { ClassWatch } from './class-watch.ts';
import type { Daemon } from './daemon.ts';
import { noteFailure } from './daemon-read.ts';
import { train } from './training.ts';

/** Back-fills and fits the classes one after the other; one that fails keeps the model it had. */
export async function trainAll(daemon: Daemon, watches: readonly ClassWatch[], until: number): Promise<void> {
  const { loaded, source, options } = daemon;
  // A class over the limit is not asked for again: that would load the source each time.
  for (const watch of watches.filter(each => each.leftOut === undefined)) {
    const { pages } = daemon.wired;
    const range = { window: loaded.config.detection.training, until, signal: options.signal, pages };
    try {
      await train(watch, source.source, range);
      leaveOutOverLimit(daemon, watch);
      const { counts } = watch.overview();
      options.log.info(`learned ${watch.watch.class.name}: ${JSON.stringify(counts)}`);
    } catch (error) {
      options.signal.throwIfAborted();
      noteFailure(daemon, error);
    }
  }
}

/** A class with which the watched series would be more than `limits.series` is left out, and it is said which. */
function leaveOutOverLimit({ wired, loaded, options }: Daemon, watch: ClassWatch): void {
  const most = loaded.config.limits.series;
  const total = wired.watches.reduce((sum, each) => sum + each.series, 0);
  if (total <= most) return;
  options.log.error(
    `${watch.watch.class.name} is left out: ${total} series are more than limits.series (${most})`,
  );
  watch.leaveOut(`left out: limits.series is ${most}`);
}
