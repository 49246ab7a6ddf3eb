import type { Labels } from '../core/labels.ts';
import type { ResultStore, Store } from '../core/store.ts';
import { hour } from '../forecasters/incident-odds-past.ts';
import type { Metrics } from '../server/metrics.ts';
import type { MountedRoute } from '../server/route.ts';
import type { Arrivals } from './arrivals.ts';
import { watchedResources } from './capacity-resources.ts';
import type { IncidentStore } from './incident-store.ts';
import type { Loaded } from './load.ts';
import type { Log } from './log.ts';
import { createOddsDesk, type OddsDesk, type ToldOdds } from './odds-desk.ts';
import { OddsHours } from './odds-hours.ts';
import { LimitDesk } from './odds-limits.ts';
import { createOddsThread } from './odds-thread.ts';
import { seriesKey } from './series-key.ts';
import type { Sources } from './sources.ts';

/** The desk of odds of a daemon, and the hours that its passes are summed up in. */
export interface Odds {
  readonly desk: OddsDesk;
  readonly hours: OddsHours;
  readonly limits: LimitDesk;
}

interface OddsParts {
  readonly arrived: Arrivals;
  readonly url: string;
  readonly store: Store;
  readonly sources: Sources;
  readonly incidents: IncidentStore;
  readonly metrics: Metrics;
  readonly log: Log;
}

const metric = 'foreshock_incident_odds';
/** Samples of an hour lie so close that a query finds one at any time of it, ms. */
const sampleEvery = 300_000;

const labelsOf = ({ service }: ToldOdds): Labels =>
  service === '' ? { __name__: metric } : { __name__: metric, service };

/** Stores the odds of an hour as a series; what abstains leaves a gap. */
function keepOdds(results: ResultStore, odds: readonly ToldOdds[]): void {
  for (const each of odds) {
    if (each.p === null) continue;
    const t = Float64Array.from({ length: hour / sampleEvery }, (_, k) => each.at + k * sampleEvery);
    results.append(seriesKey(labelsOf(each)), t, new Float64Array(t.length).fill(each.p));
  }
}

function measureOdds({ incidentOdds }: Metrics, odds: readonly ToldOdds[]): void {
  incidentOdds.reset();
  for (const { service, p } of odds) if (p !== null) incidentOdds.set({ service }, p);
}

/** The odds of a daemon, with what an earlier run told; they ask the sources of metrics. */
export function createOdds(loaded: Loaded, parts: OddsParts): Odds {
  const { config } = loaded;
  const { store, sources, incidents, metrics, log } = parts;
  const names = config.prometheus.map(({ name }) => name);
  const hours = new OddsHours(store.values('odds-hours'));
  const desk = createOddsDesk({
    sources: sources.all.filter(({ name }) => names.includes(name)),
    incidents: incidents.read,
    hours,
    learn: createOddsThread(),
    table: store.values('odds'),
    tell: odds => {
      store.transaction(() => keepOdds(store.results, odds));
      measureOdds(metrics, odds);
    },
    warn: message => log.warn(message),
    clock: Date.now,
  });
  measureOdds(metrics, desk.told());
  const limits = new LimitDesk({
    resources: watchedResources(loaded, sources.all).map(({ source, ...rest }) => ({
      ...rest,
      source: source.source,
    })),
    table: store.values('limits-ahead'),
    put: parts.arrived.put,
    warn: message => log.warn(message),
    url: parts.url,
    runbooks: config.web.runbook_url,
    clock: Date.now,
  });
  return { desk, hours, limits };
}

/** What is told now, over HTTP; times in ISO 8601. */
export function oddsRoute(desk: OddsDesk): MountedRoute {
  return {
    method: 'GET',
    path: '/api/v1/odds',
    handle: () => ({
      status: 200,
      body: {
        status: 'success',
        data: desk.told().map(({ at, ...odds }) => ({ ...odds, at: new Date(at).toISOString() })),
      },
    }),
  };
}
