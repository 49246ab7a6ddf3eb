import { formatDuration } from '../core/duration.ts';
import { type JoinedSignal, joinSignal } from '../core/joined-signal.ts';
import { createDaemon, type DaemonOptions } from './daemon.ts';
import { deliver, loop } from './daemon-loop.ts';
import { closeModels, restoreModels } from './daemon-models.ts';
import { serve } from './daemon-server.ts';
import { fleetDashboards, writeDashboards } from './dashboard-files.ts';
import type { Loaded } from './load.ts';

/** Runs until the signal aborts: passes at every step, learns in the background, delivers, and serves the page. */
export async function runDaemon(loaded: Loaded, options: DaemonOptions): Promise<void> {
  const joint = joinSignal(options.signal);
  const daemon = createDaemon(loaded, { ...options, signal: joint.signal });
  const server = serve(daemon);
  try {
    const { url } = await server.listen(loaded.config.web.listen);
    options.log.info(`listening on ${url}, step ${formatDuration(loaded.config.global.step)}`);
    restoreModels(daemon, Date.now());
    if (loaded.config.dashboards !== undefined)
      writeDashboards(loaded.config.dashboards.path, fleetDashboards(loaded.packs));
    await together([deliver(daemon), loop(daemon)], joint);
  } catch (error) {
    if (!options.signal.aborted) throw error;
  } finally {
    joint.abort();
    joint.letGo();
    daemon.dispatcher.stop();
    await daemon.shown;
    await closeModels(daemon);
    daemon.results.flush();
    await server.close();
    await daemon.sources.close();
    daemon.store.close();
    options.log.info('stopped');
  }
}

/** Waits for all of them; when one fails the others are stopped first, so that none works on a closed store. */
async function together(tasks: readonly Promise<void>[], stop: JoinedSignal): Promise<void> {
  try {
    await Promise.all(tasks);
  } finally {
    stop.abort();
    await Promise.allSettled(tasks);
  }
}
