import { webhookRoutes } from '../collectors/alertmanager-webhook.ts';
import { changeRoutes } from '../collectors/change-webhook.ts';
import { sayCount } from '../core/say-name.ts';
import { createServer, type Server } from '../server/server.ts';
import { capacitySeries, lookbackOf } from './capacity-series.ts';
import type { Daemon } from './daemon.ts';
import { daemonState } from './daemon-state.ts';
import { FeedbackDesk } from './feedback.ts';
import { oddsRoute } from './odds-daemon.ts';
import { createResultTarget, resultSeries } from './results.ts';
import { allSeries } from './sampled-series.ts';

/** Takes feedback on what the page shows. */
function feedbackDesk({ book, feedback, store, audit }: Daemon): FeedbackDesk {
  return new FeedbackDesk({
    book: feedback,
    incidents: () => book.made(),
    audit: record => {
      audit.write(record);
      audit.forward();
    },
    transaction: store.transaction,
    clock: Date.now,
  });
}

/** The page, the API and the webhook of a daemon, not listening yet. */
export function serve(daemon: Daemon): Server {
  const { metrics, options, loaded, arrived } = daemon;
  const { webConfig } = loaded;
  const routes = webhookRoutes({
    clock: Date.now,
    take: (alerts, { truncated }) => {
      arrived.put(alerts);
      metrics.alertsReceived.inc({ origin: 'alertmanager' }, alerts.length);
      if (truncated === 0) return;
      metrics.alertsTruncated.inc({ origin: 'alertmanager' }, truncated);
      options.log.warn(
        `an Alertmanager left ${sayCount(truncated, 'alert')} out of a group: raise max_alerts of its webhook`,
      );
    },
  });
  const ours = allSeries([
    resultSeries(daemon.store.results),
    daemon.logs.series,
    capacitySeries(() => daemon.capacity.forecasts()),
  ]);
  return createServer({
    state: daemonState(daemon),
    registry: metrics.registry,
    results: createResultTarget(ours, { lookback: lookbackOf, now: Date.now }),
    routes: [
      ...routes,
      ...changeRoutes({ clock: Date.now, take: daemon.changes.book.put }),
      oddsRoute(daemon.odds.desk),
    ],
    reload: options.reload,
    feedback: feedbackDesk(daemon),
    suppressions: daemon.regret,
    ...(webConfig === undefined ? {} : { webConfig }),
    log: (message, error) =>
      options.log.warn(`${message}: ${error instanceof Error ? error.message : error}`),
  });
}
