import { setMaxListeners } from 'node:events';
import { collectDefaultMetrics } from 'prom-client';
import { formatDuration } from '../core/duration.ts';
import { type JoinedSignal, joinSignal } from '../core/joined-signal.ts';
import { createMetrics } from '../server/metrics.ts';
import { networkOf } from './backend.ts';
import { firstLook } from './capacity-daemon.ts';
import { createDaemon, type Daemon, type DaemonOptions } from './daemon.ts';
import { deliver, loop } from './daemon-loop.ts';
import { closeModels, restoreModels } from './daemon-models.ts';
import { serve } from './daemon-server.ts';
import { type Loaded, loadContext } from './load.ts';
import { createTracing } from './tracing.ts';

/** Runs until the signal aborts: passes at every step, learns in the background, delivers, and serves the page. */
export async function runDaemon(loaded: Loaded, options: DaemonOptions): Promise<void> {
  const { config } = loaded;
  const network = await networkOf(config);
  const metrics = createMetrics(options.reloaded);
  collectDefaultMetrics({ register: metrics.registry });
  const tracing = await createTracing({ config, env: loadContext.env, metrics, log: options.log });
  const joint = joinSignal(options.signal);
  // Every query in flight listens to it, as many as classes and pieces of their past.
  setMaxListeners(0, joint.signal);
  const daemon = createDaemon(loaded, { ...options, signal: joint.signal }, { metrics, tracing, network });
  const server = serve(daemon);
  const letGo = options.onReload(outcome => daemon.audit.reloaded(outcome));
  try {
    const { url } = await server.listen(config.web.listen);
    options.log.info(`listening on ${url}, step ${formatDuration(config.global.step)}`);
    daemon.audit.started(url);
    restoreModels(daemon, Date.now());
    await together([deliver(daemon), loop(daemon), ...beside(daemon, joint.signal)], joint);
  } catch (error) {
    if (!options.signal.aborted) throw error;
  } finally {
    joint.abort();
    joint.letGo();
    letGo();
    daemon.dispatcher.stop();
    await daemon.shown;
    await daemon.logs.end();
    await daemon.events.close();
    await daemon.reports?.close();
    await daemon.dashboards?.close();
    await daemon.scoring.close();
    await closeModels(daemon);
    daemon.results.flush();
    await server.close();
    await daemon.topology.close();
    await daemon.sources.close();
    await tracing.close();
    daemon.audit.stopped();
    daemon.store.close();
    options.log.info('stopped');
  }
}

/** All that runs beside the passes: what reads logs and alerts, forecasts, and reports. */
function beside(
  { loaded, logs, threats, alertsIn, capacity, odds, reports, dashboards, silences }: Daemon,
  signal: AbortSignal,
): readonly Promise<void>[] {
  const asked = [reports, dashboards?.desk].filter(part => part !== undefined);
  const parts = [logs, threats, ...alertsIn, odds.desk, silences, ...asked];
  const first = firstLook(loaded);
  return [
    ...[capacity, odds.limits].map(each => each.run(signal, first)),
    ...parts.map(each => each.run(signal)),
  ];
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
