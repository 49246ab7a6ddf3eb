import { parseBudget } from '../alerts/budget.ts';
import { webhookRoutes } from '../collectors/alertmanager-webhook.ts';
import { changeRoutes } from '../collectors/change-webhook.ts';
import { sayCount } from '../core/say-name.ts';
import { createServer, type Server } from '../server/server.ts';
import { bandSeries } from './band-series.ts';
import { budgetSeries } from './budget-series.ts';
import { capacitySeries, lookbackOf } from './capacity-series.ts';
import type { Daemon } from './daemon.ts';
import { daemonState } from './daemon-state.ts';
import { FeedbackDesk } from './feedback.ts';
import { oddsRoute } from './odds-daemon.ts';
import { createReadTarget } from './read-target.ts';
import { createResultTarget } from './results.ts';
import { allSeries, type SampledSeries } from './sampled-series.ts';
import { stateSeries } from './state-series.ts';
import { identityOf } from './store-identity.ts';
import { resultSeries } from './stored-series.ts';

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

/** Everything that queries may ask for. */
function seriesOf({
  store,
  results,
  logs,
  capacity,
  wired,
  loaded,
  budget,
  feedback,
}: Daemon): SampledSeries {
  const watches = () => wired.watches;
  return allSeries([
    resultSeries(store.results, results),
    logs.series,
    capacitySeries(() => capacity.forecasts()),
    bandSeries(watches, { now: Date.now }),
    stateSeries(watches),
    budgetSeries({
      budget: parseBudget(loaded.config.detection.budget),
      keeper: budget,
      entities: () => wired.watches.flatMap(({ entities }) => entities),
      isReal: incident => feedback.of(incident).verdict?.real,
      now: Date.now,
    }),
  ]);
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
  const ours = seriesOf(daemon);
  return createServer({
    state: daemonState(daemon),
    registry: metrics.registry,
    results: createResultTarget(ours, { lookback: lookbackOf, now: Date.now }),
    read: createReadTarget(ours, {
      externalLabels: loaded.config.global.external_labels,
      lookback: lookbackOf,
    }),
    routes: [
      ...routes,
      ...changeRoutes({ clock: Date.now, take: daemon.changes.book.put }),
      oddsRoute(daemon.odds.desk),
    ],
    reload: options.reload,
    feedback: feedbackDesk(daemon),
    suppressions: daemon.regret,
    store: identityOf(daemon.store, loaded.config.storage.path),
    ...(webConfig === undefined ? {} : { webConfig }),
    log: (message, error) =>
      options.log.warn(`${message}: ${error instanceof Error ? error.message : error}`),
  });
}
