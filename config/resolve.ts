import { formatDuration } from '../core/duration.ts';
import { mapQueries, type ObjectiveSpec } from '../core/objective.ts';
import type { Pack } from '../core/pack.ts';
import type { WatchedClass } from '../core/watched-class.ts';
import { boundLookback } from '../promql/fresh.ts';
import { addMatchers } from '../promql/matchers.ts';
import { substitute } from '../promql/params.ts';

/** A pack with its parameters, matchers and intervals filled in. */
export interface ResolvedPack {
  readonly pack: string;
  /** Names of the sources that it is asked from, where they are named. */
  readonly sources: readonly string[];
  readonly title: string;
  readonly spec: Pack;
  readonly classes: readonly WatchedClass[];
  /** Windows of its queries that follow the scrape interval of its source, as they stand there; others are meant as they are. */
  readonly windows: readonly string[];
  readonly topology: Pack['topology'];
  readonly alerts: Pack['alerts'];
  readonly capacity: Pack['capacity'];
  /** Their rates are over the shortest window of burn rates; longer ones are made of it. */
  readonly objectives: readonly ObjectiveSpec[];
}

/** The shortest window of burn rates, in ms. */
export const burnStep = 300_000;
/** How far back Prometheus looks by itself, in ms. */
const lookback = 300_000;

/** Times in ms, matchers as written between braces. */
export interface Resolution {
  readonly match: string;
  readonly sources?: readonly string[];
  readonly params: Readonly<Record<string, string>>;
  readonly step: number;
  /** Of the source. */
  readonly scrapeInterval: number;
  /** Of this pack's metrics, where it is another one: it holds whatever the pack itself calls usual. */
  readonly ownInterval?: number | undefined;
}

/** How often samples of a pack's metrics come, ms. */
function intervalOf({ scrape_interval: usual = 0 }: Pack, how: Resolution): number {
  return how.ownInterval ?? Math.max(usual, how.scrapeInterval);
}

/**
 * Fills a checked pack in; `$rate_interval` is max(4 x scrape interval, step). Instant selectors of signals read nothing
 * older than 2 x the scrape interval; a pack that needs more writes `last_over_time(x[5m])` itself. Where samples come so
 * rarely that Prometheus' own lookback may miss one, that holds for all other queries, too.
 */
export function resolvePack(spec: Pack, how: Resolution): ResolvedPack {
  const interval = intervalOf(spec, how);
  const isOwn = interval !== how.scrapeInterval;
  const rateInterval = formatDuration(Math.max(4 * interval, how.step));
  const params = { ...spec.params, ...how.params };
  const over = (window: string) => (query: string) =>
    addMatchers(substitute(query, params, { rateInterval: window }), how.match);
  const ask = over(rateInterval);
  const askObjective = over(formatDuration(Math.max(burnStep, 4 * interval)));
  const fresh = formatDuration(2 * interval);
  const far = (query: string) => (2 * interval > lookback ? boundLookback(query, fresh) : query);
  const askFar = (query: string) => far(ask(query));
  const named = (label: string) => followParam(label, spec.params, params);
  return {
    pack: spec.pack,
    sources: how.sources ?? [],
    title: spec.title,
    spec,
    classes: spec.classes.map(({ name, entity, absent, signals }) => ({
      class: { name: `${spec.pack}/${name}`, signals, step: how.step },
      entityLabels: entity.map(named),
      absent,
      queries: signals.map(signal => boundLookback(ask(signal.query), fresh)),
      ...(isOwn ? { interval } : {}),
    })),
    windows: isOwn ? [] : [rateInterval, fresh],
    topology: spec.topology.map(edge => ({
      from: named(edge.from),
      to: named(edge.to),
      via: askFar(edge.via),
    })),
    alerts: spec.alerts.map(alert => ({ ...alert, expr: askFar(alert.expr) })),
    capacity: spec.capacity.map(item => ({ ...item, used: askFar(item.used), limit: askFar(item.limit) })),
    objectives: spec.objectives.map(each => ({
      ...each,
      indicator: mapQueries(each.indicator, query => far(askObjective(query))),
    })),
  };
}

/** A label that is the default of a parameter is renamed with it, e.g. `service` by `params: {service: app}`. */
function followParam(
  label: string,
  defaults: Readonly<Record<string, string>>,
  params: Readonly<Record<string, string>>,
): string {
  const param = Object.keys(defaults).find(name => defaults[name] === label);
  return (param === undefined ? undefined : params[param]) ?? label;
}
