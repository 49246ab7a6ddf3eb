import { readdirSync, readFileSync } from 'node:fs';
import { capacitySeries, lookbackOf } from '../../cli/capacity-series.ts';
import { createResultTarget } from '../../cli/results.ts';
import { allSeries } from '../../cli/sampled-series.ts';
import type { ResolvedPack } from '../../config/resolve.ts';
import type { CapacityForecast } from '../../core/capacity.ts';
import type { Labels } from '../../core/labels.ts';
import type { Series } from '../../core/series.ts';
import { createEvaluator } from '../../promql/evaluate/evaluator.ts';
import { createMetrics } from '../../server/metrics.ts';
import { createServer, type Server } from '../../server/server.ts';
import { stateOf } from '../server/checkout-incident.ts';
import type { Grid } from './dashboard-metrics.ts';

const day = 86_400_000;

/** What foreshock would know of the fleet: its query API over series of the names and labels that it serves. */
export async function fleetResults(
  packs: readonly ResolvedPack[],
  metrics: readonly Series[],
  grid: Grid,
): Promise<Server> {
  const logs = logSeries(grid);
  const learned = await learnedOf(packs, [...metrics, ...logs], grid);
  const forecasts = packs.flatMap(pack =>
    pack.capacity.flatMap(({ resource, class: of, unit }, k) => {
      const labels = pack.classes.find(each => each.class.name === `${pack.pack}/${of}`)!.entityLabels;
      return ['one', 'two'].map((name, n) =>
        forecastOf(
          {
            pack: pack.pack,
            resource,
            unit,
            entity: Object.fromEntries(labels.map(label => [label, `${name}:9100`])),
          },
          grid.end,
          k + n,
        ),
      );
    }),
  );
  const known: readonly Series[] = [...logs, ...learned, ...serviceSeries(grid)];
  const ours = allSeries([
    {
      select: names =>
        known.filter(({ labels }) => names.length === 0 || names.includes(labels.__name__ ?? '')),
    },
    capacitySeries(() => forecasts),
  ]);
  return createServer({
    state: stateOf([]),
    registry: createMetrics().registry,
    results: createResultTarget(ours, { lookback: lookbackOf, now: () => grid.end }),
    routes: [],
    log: (message, error) => console.error(message, error),
  });
}

function times({ end, step, count }: Grid): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => end - (count - 1 - i) * step);
}

/** Scores of every entity that a class has, bands around what its signals are, and one that is abnormal at the end. */
async function learnedOf(
  packs: readonly ResolvedPack[],
  metrics: readonly Series[],
  grid: Grid,
): Promise<readonly Series[]> {
  const evaluator = createEvaluator(metrics, { lookback: 300_000 });
  const range = { start: grid.end - 60 * 60_000, end: grid.end, step: grid.step };
  const out: Series[] = [];
  for (const { classes } of packs)
    for (const { class: watched, entityLabels, queries } of classes) {
      const entities = new Map<string, Labels>();
      for (const [k, query] of queries.entries()) {
        const { series } = await evaluator.queryRange({ query: query.replace(/\[\w+\]/g, '[2m]'), ...range });
        for (const { labels, t, v } of series) {
          const entity = Object.fromEntries(entityLabels.map(label => [label, labels[label] ?? '']));
          entities.set(JSON.stringify(entity), entity);
          const own = { ...entity, class: watched.name, signal: watched.signals[k]!.name };
          out.push(...bandOf(own, t, v));
        }
      }
      for (const [k, entity] of [...entities.values()].entries())
        out.push(
          ...scoresOf({ ...entity, class: watched.name }, grid, k === 0 && watched.name !== 'logs/template'),
        );
    }
  return out;
}

function bandOf(labels: Labels, t: Float64Array, v: Float64Array): Series[] {
  const middle = v.map((_, i) => {
    const near = v.slice(Math.max(0, i - 15), i + 16).filter(value => Number.isFinite(value));
    return near.reduce((sum, value) => sum + value, 0) / Math.max(1, near.length);
  });
  const line = (name: string, by: number): Series => {
    return { labels: { ...labels, __name__: name }, t, v: middle.map(value => value * by) };
  };
  return [
    line('foreshock_expected', 1),
    line('foreshock_expected_lower', 0.9),
    line('foreshock_expected_upper', 1.1),
  ];
}

function scoresOf(labels: Labels, grid: Grid, abnormal: boolean): Series[] {
  const t = times(grid);
  const late = (i: number) => abnormal && i > t.length - 20;
  const line = (name: string, value: (i: number) => number): Series => {
    return { labels: { ...labels, __name__: name }, t, v: t.map((_, i) => value(i)) };
  };
  return [
    line('foreshock_anomaly_score', i => (late(i) ? 7.4 : 0.8)),
    line('foreshock_anomaly_p_value', i => (late(i) ? 0.0002 : 0.4)),
    line('foreshock_anomaly', i => (late(i) ? 1 : 0)),
  ];
}

function serviceSeries(grid: Grid): Series[] {
  const t = times(grid);
  return ['shop', 'cart'].flatMap((service, k) =>
    [
      ['foreshock_incident_odds', 0.04 + 0.1 * k],
      ['foreshock_budget_pages', 1 + k],
      ['foreshock_budget_allowed', 2],
    ].map(([name, level]): Series => {
      return {
        labels: { service, __name__: String(name) },
        t,
        v: t.map((_, i) =>
          name === 'foreshock_incident_odds' ? Number(level) * (1 + 0.3 * Math.sin(i / 20)) : Number(level),
        ),
      };
    }),
  );
}

const folder = new URL('../packs/expositions/', import.meta.url);

/** What foreshock counts of logs itself, by the names and labels that were recorded of it. */
function logSeries(grid: Grid): Series[] {
  const t = times(grid);
  const text = readdirSync(folder).map(file => readFileSync(new URL(file, folder), 'utf8'));
  return [...text.join('\n').matchAll(/^(foreshock_(?:log|threat)_\w+)\{(.*)\} (\S+)$/gm)].map(
    ([, name = '', inner = '', value], k): Series => {
      const pairs = [...inner.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, text]) => [label!, text!]);
      return {
        labels: { ...Object.fromEntries(pairs), __name__: name },
        t,
        v: t.map((_, i) => Number(value) * (1 + Math.round(2 * Math.sin(i / 10 + k) ** 2))),
      };
    },
  );
}

/** Something that fills: a saw-tooth on a slope, and where it goes. */
function forecastOf(
  what: Pick<CapacityForecast, 'pack' | 'resource' | 'entity' | 'unit'>,
  now: number,
  k: number,
): CapacityForecast {
  const today = Math.floor(now / day) * day;
  const limit = 100e9;
  const slope = (0.7 + 0.4 * k) * 1e9;
  const at = (d: number) => 60e9 + slope * d + 2e9 * Math.sin(d * 0.9);
  const past = Float64Array.from({ length: 60 }, (_, i) => today - (60 - i) * day);
  const ahead = Float64Array.from({ length: 45 }, (_, i) => today + i * day);
  const wide = (by: number) => ahead.map((_, i) => at(i) + by * 1e9 * Math.sqrt(i + 1));
  const days = (limit - 60e9) / slope;
  const date = (by: number) => now + days * by * day;
  return {
    ...what,
    history: { t: past, v: past.map((_, i) => at(i - 60)), step: day },
    forecast: {
      t: ahead,
      yhat: ahead.map((_, i) => at(i)),
      intervals: [
        { level: 0.8, lower: wide(-1.3), upper: wide(1.3) },
        { level: 0.95, lower: wide(-2.2), upper: wide(2.2) },
      ],
    },
    limit,
    exhaustion: {
      state: 'fills',
      date: { median: date(1), earliest: date(0.8), latest: date(1.3), chance: 0.9 },
      reason: 'made',
    },
    causes: [],
    madeAt: now - 3_600_000,
    methods: [],
  };
}
