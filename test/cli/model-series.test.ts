import { beforeAll, describe, expect, it } from 'vitest';
import { createBudgetKeeper, parseBudget } from '../../alerts/budget.ts';
import { AnomalyMarks } from '../../cli/anomaly-marks.ts';
import { bandSeries } from '../../cli/band-series.ts';
import { budgetSeries } from '../../cli/budget-series.ts';
import type { ClassWatch } from '../../cli/class-watch.ts';
import { createResultTarget, createResultWriter } from '../../cli/results.ts';
import { allSeries } from '../../cli/sampled-series.ts';
import { seriesKey } from '../../cli/series-key.ts';
import { stateSeries } from '../../cli/state-series.ts';
import { resultSeries } from '../../cli/stored-series.ts';
import type { Labels } from '../../core/labels.ts';
import { openStore } from '../../store/sqlite.ts';
import { levelAt, step, watchedWeb } from './watched-web.ts';

const hour = 3_600_000;
const day = 24 * hour;
let watch: ClassWatch;
let now: number;
beforeAll(() => {
  watch = watchedWeb();
  now = watch.t;
});

const upper = 'foreshock_expected_upper';

describe('the expected range', () => {
  const bands = () => bandSeries(() => [watch], { now: () => now });
  const labels = { service: 'b', class: 'web/service', signal: 'traffic' };
  const of = (name: string, start: number, end: number) =>
    bands()
      .select([name], start, end)
      .find(each => seriesKey(each.labels) === seriesKey({ ...labels, __name__: name }))!;

  it('has an edge below, a middle and an edge above for each hour, also of a day ahead', () => {
    const at = now + day + 5 * hour;
    const [low, mid, high] = ['foreshock_expected_lower', 'foreshock_expected', upper].map(
      name => of(name, at, at).v[0]!,
    );
    expect(mid).toBeCloseTo(2 * levelAt(at), -1);
    expect(low).toBeLessThan(mid!);
    expect(high).toBeGreaterThan(mid!);
  });

  it('follows the hour from the past into the future, a sample each five minutes', () => {
    const { t, v } = of('foreshock_expected', now - 2 * hour, now + 2 * hour);
    expect(t.length).toBe(49);
    for (const [i, at] of t.entries()) expect(Math.abs(v[i]! - 2 * levelAt(at))).toBeLessThan(3);
  });

  it('is computed only for a query that names it, and only where it is looked at', () => {
    expect(bands().select([], 0, now)).toEqual([]);
    expect(bands().select(['foreshock_anomaly_score'], 0, now)).toEqual([]);
    const wide = bands().select([upper], Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
    expect(wide.map(({ labels: { service, signal } }) => [service, signal])).toEqual([
      ['a', 'traffic'],
      ['a', 'idle'],
      ['b', 'traffic'],
      ['b', 'idle'],
    ]);
    expect([wide[0]!.t[0]!, wide[0]!.t.at(-1)!]).toEqual([0, now + 35 * day]);
  });

  describe('of more than ten million samples at once', () => {
    const later = () => now + 365 * day;
    const many = bandSeries(() => new Array<ClassWatch>(40).fill(watch), { now: later });

    it('is refused to who reads it whole', () => {
      const all = many.select([upper], now, later());
      expect(() => all.map(({ t }) => t.length)).toThrow(/more than 10000000 samples of expected/);
    });

    it('is refused to a query, in the words of Prometheus', () => {
      const target = createResultTarget(allSeries([many]), { lookback: () => 300_000, now: later });
      const year = { query: `sum(${upper})`, start: now, end: later(), step: day };
      return expect(target.source.queryRange(year)).rejects.toThrow(/would load too many samples/);
    });
  });
});

describe('how series are watched', () => {
  it('stands at the last pass, under the state of each', () => {
    const states = stateSeries(() => [watch]);
    const found = states.select(['foreshock_series_state'], now - hour, now + hour);
    expect(found.map(({ labels: l, t, v }) => [l.service, l.signal, l.state, t[0], v[0]])).toEqual([
      ['a', 'traffic', 'watching', now, 1],
      ['a', 'idle', 'unfit', now, 1],
      ['b', 'traffic', 'watching', now, 1],
      ['b', 'idle', 'unfit', now, 1],
    ]);
    expect(states.select(['foreshock_series_state'], now + 1, now + hour)).toEqual([]);
    expect(states.select([], 0, now)).toEqual([]);
  });
});

describe('budgets', () => {
  const budget = parseBudget('2 per service per 1w');
  const keeper = createBudgetKeeper(budget);
  const told = 10 * day;
  for (const [incident, at] of [
    ['old', told - 7 * day],
    ['false', told],
    ['real', told],
    ['open', told + hour],
  ] as const)
    keeper.count(at, { service: 'cart', incident });
  const series = budgetSeries({
    budget,
    keeper,
    entities: () => [{ service: 'cart' }, { service: 'quiet' }],
    isReal: incident => ({ real: true, false: false })[incident],
    now: () => told + day,
  });

  it('count the false pages of each service at any time of their week, none where there were none', () => {
    const found = series.select(['foreshock_budget_pages'], told - hour, told + 30 * day);
    const values = new Map(found.map(({ labels, t, v }) => [labels.service, [t, v] as const]));
    const [t, v] = values.get('cart')!;
    const at = (time: number) => v[t.indexOf(time)];
    expect([at(told - hour), at(told), at(told + hour), at(told + day)]).toEqual([1, 1, 2, 2]);
    expect(t.at(-1)).toBe(told + day);
    expect(new Set(values.get('quiet')![1])).toEqual(new Set([0]));
  });

  it('say what is allowed', () => {
    const found = series.select(['foreshock_budget_allowed'], told, told);
    expect(found.map(({ labels, v }) => [labels, [...v]])).toEqual([
      [{ __name__: 'foreshock_budget_allowed', service: 'cart' }, [2]],
      [{ __name__: 'foreshock_budget_allowed', service: 'quiet' }, [2]],
    ]);
  });
});

describe('budgets of what has neither the label of the budget nor a job', () => {
  const budget = parseBudget('2 per service per 1w');
  const servicesOf = (entities: readonly Labels[]) =>
    budgetSeries({
      budget,
      keeper: createBudgetKeeper(budget),
      entities: () => entities,
      isReal: () => undefined,
      now: () => day,
    })
      .select(['foreshock_budget_allowed'], day, day)
      .map(({ labels }) => labels.service);

  it('are told by a name, not by a set of labels', () => {
    expect(servicesOf([{ instance: '10.0.0.1:9100' }, { namespace: 'shop', pod: 'cart-1' }])).toEqual([
      '10.0.0.1:9100',
      'cart-1',
    ]);
  });

  it('keep their labels where two would have one name, so that each is a series of its own', () => {
    const [a, b, c] = servicesOf([{ pod: 'x' }, { node: 'x' }, { service: 'y' }]);
    expect([a, b, c]).toEqual(['{pod="x"}', '{node="x"}', 'y']);
    const [named, other] = servicesOf([{ service: 'x' }, { pod: 'x' }]);
    expect([named, other]).toEqual(['x', '{pod="x"}']);
  });

  it('are told as they are where the label itself looks like a set', () => {
    expect(servicesOf([{ service: '{a' }, { service: '{}' }])).toEqual(['{a', '{}']);
  });
});

describe('budgets of another label than service', () => {
  const budget = parseBudget('2 per team per 52w');
  const now = 1000 * day;
  const series = budgetSeries({
    budget,
    keeper: createBudgetKeeper(budget),
    entities: () => Array.from({ length: 1000 }, (_, k) => ({ team: `t${k}` })),
    isReal: () => undefined,
    now: () => now,
  });

  it('are told by the label service, which dashboards and documents name', () => {
    const [first] = series.select(['foreshock_budget_pages'], now, now);
    expect(first?.labels).toEqual({ __name__: 'foreshock_budget_pages', service: 't0' });
  });

  it('are computed for what is looked at, not for a year of a thousand teams', () => {
    const before = process.memoryUsage().arrayBuffers;
    expect(series.select(['foreshock_budget_allowed'], 0, now)).toHaveLength(1000);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100e6);
  });
});

describe('marks of what is abnormal', () => {
  it('are 1 while it lasts, and 0 once', () => {
    const marks = new AnomalyMarks();
    const entities = [{ service: 'a' }, { service: 'b' }];
    const told = (t: number, flagged: readonly [number, number]) => {
      const states = { judgement: { flagged: Uint8Array.from(flagged) } };
      const seen = marks.of({ watch: { class: { name: 'web/service' } }, entities, states, t });
      return [...seen].map(({ labels, v }) => [labels.service, v]);
    };
    expect(told(1, [1, 0])).toEqual([['a', 1]]);
    expect(told(2, [1, 1])).toEqual([
      ['a', 1],
      ['b', 1],
    ]);
    expect(told(3, [0, 1])).toEqual([
      ['b', 1],
      ['a', 0],
    ]);
    expect(told(4, [0, 0])).toEqual([['b', 0]]);
    expect(told(5, [0, 0])).toEqual([]);
  });

  it('are there before they are written, and after', async () => {
    const { results } = openStore(':memory:');
    const writer = createResultWriter(results);
    const labels = { __name__: 'foreshock_anomaly', service: 'a' };
    const target = createResultTarget(allSeries([resultSeries(results, writer)]), {
      lookback: () => 300_000,
      now: () => 0,
    });
    const query = { query: 'count_over_time(foreshock_anomaly[1h])', start: hour, end: hour, step };
    const counted = async () => (await target.source.queryRange(query)).series[0]?.v[0];
    writer.add({ labels, t: hour - 2 * step, v: 1 });
    expect(await counted()).toBe(1);
    writer.flush();
    writer.add({ labels, t: hour - step, v: 1 });
    writer.add({ labels, t: hour + step, v: 1 });
    expect(await counted()).toBe(2);
    expect(await target.series(['foreshock_anomaly'], { start: 0, end: 2 * hour })).toEqual([labels]);
  });
});
