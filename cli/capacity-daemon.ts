import type { Store } from '../core/store.ts';
import type { Metrics } from '../server/metrics.ts';
import type { Arrivals } from './arrivals.ts';
import { openCapacityBook } from './capacity-book.ts';
import { capacityLevels } from './capacity-calibration.ts';
import { CapacityDesk } from './capacity-desk.ts';
import { createCapacityThread } from './capacity-pool.ts';
import { watchedResources } from './capacity-resources.ts';
import { CapacityWarnings } from './capacity-warnings.ts';
import type { Loaded } from './load.ts';
import type { Log } from './log.ts';
import type { Sources } from './sources.ts';

interface Parts {
  readonly store: Store;
  readonly arrived: Arrivals;
  /** Of our page. */
  readonly url: string;
  readonly sources: Sources;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** The first look is a minute after the start, or some steps where these are short. */
export function firstLook({ config }: Loaded): number {
  return Math.min(60_000, 4 * config.global.step);
}

function count(desk: CapacityDesk, metrics: Metrics): void {
  metrics.capacityResources.reset();
  for (const { pack, resource, exhaustion } of desk.forecasts())
    metrics.capacityResources.inc({ pack, resource, state: exhaustion.state });
}

/** The desk of a daemon, with what it had stored; without resources where the config turns it off. */
export function createCapacity(loaded: Loaded, parts: Parts): CapacityDesk {
  const { store, sources, metrics, log, arrived, url } = parts;
  const { forecast, web } = loaded.config;
  const { horizon, history, warning, critical, series, holidays, plan } = forecast;
  const table = store.values('capacity-warnings');
  const warnings = new CapacityWarnings({ table, put: arrived.put, url, runbooks: web.runbook_url });
  const desk = new CapacityDesk({
    resources: forecast.enabled ? watchedResources(loaded, sources.all) : [],
    book: openCapacityBook(store, message => log.error(message)),
    maker: createCapacityThread(),
    thresholds: { warning, critical },
    ...{ horizon, history, series, holidays, plan, log },
    clock: Date.now,
    random: Math.random,
    tell: (troubles, now) => warnings.tell(troubles, now),
    observe({ judged, leftOut, took }) {
      metrics.capacityRefreshed.set(Date.now() / 1000);
      metrics.capacityRefresh.set(took / 1000);
      metrics.capacityLeftOut.set(leftOut);
      for (const { missed } of judged)
        for (const [k, level] of capacityLevels.entries())
          metrics.capacityOutcomes.inc({ level: String(level), result: missed[k] ? 'outside' : 'inside' });
      count(desk, metrics);
    },
  });
  count(desk, metrics);
  return desk;
}
