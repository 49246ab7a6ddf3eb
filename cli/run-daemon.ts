import { formatDuration } from '../core/duration.ts';
import { createDaemon, type DaemonOptions } from './daemon.ts';
import { deliver, loop } from './daemon-loop.ts';
import { closeModels, restoreModels } from './daemon-models.ts';
import { serve } from './daemon-server.ts';
import { fleetDashboards, writeDashboards } from './dashboard-files.ts';
import type { Loaded } from './load.ts';

/** Runs until the signal aborts: passes at every step, learns in the background, delivers, and serves the page. */
export async function runDaemon(loaded: Loaded, options: DaemonOptions): Promise<void> {
  const daemon = createDaemon(loaded, options);
  const server = serve(daemon);
  try {
    const { url } = await server.listen(loaded.config.web.listen);
    options.log.info(`listening on ${url}, step ${formatDuration(loaded.config.global.step)}`);
    daemon.metrics.configReloadSuccessful.set(1);
    daemon.metrics.configReloadTime.set(Date.now() / 1000);
    const delivering = deliver(daemon);
    restoreModels(daemon, Date.now());
    if (loaded.config.dashboards !== undefined)
      writeDashboards(loaded.config.dashboards.path, fleetDashboards(loaded.packs));
    await loop(daemon);
    await delivering;
  } catch (error) {
    if (!options.signal.aborted) throw error;
  } finally {
    daemon.dispatcher.stop();
    await closeModels(daemon);
    daemon.results.flush();
    await server.close();
    await daemon.source.source.close();
    daemon.store.close();
    options.log.info('stopped');
  }
}
