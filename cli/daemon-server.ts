import { webhookRoutes } from '../collectors/alertmanager-webhook.ts';
import { createServer, type Server } from '../server/server.ts';
import type { Daemon } from './daemon.ts';
import { daemonState } from './daemon-state.ts';
import { createResultTarget } from './results.ts';

/** The page, the API and the webhook of a daemon, not listening yet. */
export function serve(daemon: Daemon): Server {
  const { metrics, options, loaded, arrived } = daemon;
  const { webConfig } = loaded;
  const routes = webhookRoutes({
    clock: Date.now,
    take: alerts => {
      metrics.alertsReceived.inc({ origin: 'alertmanager' }, alerts.length);
      arrived.put(alerts);
    },
  });
  return createServer({
    state: daemonState(daemon),
    registry: metrics.registry,
    results: createResultTarget(daemon.store.results, { lookback: 300_000, now: Date.now }),
    routes,
    reload: options.reload,
    ...(webConfig === undefined ? {} : { webConfig }),
    log: (message, error) =>
      options.log.warn(`${message}: ${error instanceof Error ? error.message : error}`),
  });
}
