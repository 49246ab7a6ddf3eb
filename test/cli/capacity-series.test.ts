import { describe, expect, it } from 'vitest';
import { capacitySeries, lookbackOf } from '../../cli/capacity-series.ts';
import { matchesAny } from '../../cli/label-matches.ts';
import { createResultTarget } from '../../cli/results.ts';
import { matchingSeries } from '../../cli/sampled-series.ts';
import type { CapacityForecast } from '../../core/capacity.ts';
import { parseSelector } from '../../promql/build.ts';

const hour = 3_600_000;
const day = 24 * hour;
const today = Date.UTC(2026, 5, 30);
const now = today + 10 * hour;

/** A disk that holds 1 more each day, looked at each midnight: `d` days ago it held 60 - d. */
function disk(instance: string): CapacityForecast {
  const t = Float64Array.from({ length: 60 }, (_, i) => today - (59 - i) * day);
  const ahead = Float64Array.from({ length: 10 }, (_, i) => today + (i + 1) * day);
  const yhat = ahead.map((_, i) => 61 + i);
  return {
    pack: 'node',
    resource: 'disk',
    entity: { instance },
    unit: 'bytes',
    history: { t, v: t.map((_, i) => i + 1), step: day },
    forecast: { t: ahead, yhat, intervals: [{ level: 0.8, lower: yhat, upper: yhat }] },
    limit: 100,
    exhaustion: {
      state: 'fills',
      date: { median: now + 40 * day, earliest: now + 30 * day, latest: now + 50 * day, chance: 0.9 },
      reason: 'made',
    },
    causes: [],
    madeAt: now,
    methods: [],
  };
}

const series = capacitySeries(() => [disk('a:1'), disk('b:1')]);

describe('the daily samples of capacity in the query API', () => {
  const target = createResultTarget(series, { lookback: lookbackOf, now: () => now });
  const one = '{instance="a:1"}';
  const asked = async (query: string) => {
    const { answer } = await target.answer({ query, start: now, end: now, step: undefined });
    if (answer.type === 'matrix') return answer.columns.map(({ v }) => [...v]);
    return answer.type === 'vector' ? answer.elements.map(({ v }) => [...v]) : [];
  };

  it.each([
    ['the samples of three days', `foreshock_capacity_used${one}[3d]`, [[58, 59, 60]]],
    [
      'the samples of three days before two weeks',
      `foreshock_capacity_used${one}[3d] offset 2w`,
      [[44, 45, 46]],
    ],
    [
      'a maximum over a month that has ended',
      `max_over_time(foreshock_capacity_used${one}[30d] offset 20d)`,
      [[40]],
    ],
    ['the newest sample, hours old', `foreshock_capacity_used${one}`, [[60]]],
    [
      'the newest sample by a pattern of its name',
      '{__name__=~"foreshock_capacity_us.*",instance="a:1"}',
      [[60]],
    ],
    ['a sample at a fixed time', `foreshock_capacity_used${one} @ ${(now - 30 * day) / 1000}`, [[30]]],
    ['the steps of a subquery', `foreshock_capacity_used${one}[3d:1d]`, [[58, 59, 60]]],
    [
      'a sample against one of another age',
      `foreshock_capacity_used${one} - foreshock_capacity_used offset 7d`,
      [[7]],
    ],
    [
      'the forecast of a week ahead',
      `foreshock_capacity_forecast{quantile="0.5",instance="a:1"} offset -7d`,
      [[67]],
    ],
  ])('gives %s', async (_, query, expected) => {
    expect(await asked(query)).toEqual(expected);
  });
});

describe('what a query asks of very many series', () => {
  const matching = (selector: string) =>
    matchingSeries(series, {
      names: [],
      start: now - day,
      end: now + 30 * day,
      matches: matchesAny([parseSelector(selector)]),
    }).map(({ labels }) => `${labels.__name__} ${labels.instance} ${labels.quantile ?? ''}`);

  it('makes those that match, by what they share and by what each has alone', () => {
    expect(matching('{instance="b:1",quantile="0.5"}')).toEqual(['foreshock_capacity_forecast b:1 0.5']);
    expect(matching('foreshock_capacity_used{instance!="a:1"}')).toEqual(['foreshock_capacity_used b:1 ']);
    expect(matching('foreshock_capacity_used{instance="c:1"}')).toEqual([]);
    expect(matching('foreshock_capacity_used{quantile=""}')).toHaveLength(2);
  });

  it('excludes nothing by a label that is not told yet', () => {
    const matches = matchesAny([parseSelector('{instance="a",signal="x"}'), parseSelector('{instance="b"}')]);
    expect(matches({ instance: 'a' }, ['signal'])).toBe(true);
    expect(matches({ instance: 'a' })).toBe(false);
    expect(matches({ instance: 'c' }, ['signal'])).toBe(false);
  });
});
