import { describe, expect, it } from 'vitest';
import { lookbackOf } from '../../cli/capacity-series.ts';
import { createReadTarget } from '../../cli/read-target.ts';
import type { SampledSeries } from '../../cli/sampled-series.ts';
import type { Labels } from '../../core/labels.ts';
import type { Matcher } from '../../promql/ast.ts';

const minute = 60_000;
const day = 1440 * minute;
const named = (name: string, more: Labels = {}): Labels => ({ __name__: name, ...more });

/** Two scores, and a forecast of a sample a day; notes by which names it is asked. */
function start(externalLabels: Labels = {}) {
  const asked: (readonly string[])[] = [];
  const all = [
    { labels: named('foreshock_anomaly_score', { service: 'a' }), t: [10 * day], v: [0.1] },
    { labels: named('foreshock_anomaly_score', { service: 'b', cluster: 'own' }), t: [10 * day], v: [0.2] },
    { labels: named('foreshock_capacity_forecast'), t: [10, 11, 12].map(d => d * day), v: [1, 2, 3] },
    { labels: named('foreshock_expected', { service: 'a' }), t: [10 * day], v: [5] },
  ];
  const ours: SampledSeries = {
    select(names) {
      asked.push(names);
      return all
        .filter(({ labels: { __name__: name = '' } }) =>
          names.length === 0 ? name !== 'foreshock_expected' : names.includes(name),
        )
        .map(({ labels, t, v }) => ({ labels, t: Float64Array.from(t), v: Float64Array.from(v) }));
    },
  };
  const target = createReadTarget(ours, { externalLabels, lookback: lookbackOf });
  const forecastFrom = (from: number) =>
    target.select({
      start: from,
      end: 13 * day,
      matchers: [{ label: '__name__', op: '=', value: 'foreshock_capacity_forecast', at: 0 }],
    });
  const select = (...matchers: readonly (readonly [string, Matcher['op'], string])[]) =>
    target.select({
      start: 10 * day,
      end: 13 * day,
      matchers: matchers.map(([label, op, value]) => ({ label, op, value, at: 0 })),
    });
  return { select, asked, forecastFrom };
}

describe('what remote read finds', () => {
  const who = (found: ReturnType<ReturnType<typeof start>['select']>) =>
    found.map(
      ({ labels: { __name__: name, service = '' } }) => `${name?.replace('foreshock_', '')} ${service}`,
    );

  it('goes by every kind of matcher; a label that is not there is empty', () => {
    const { select } = start();
    const score = ['__name__', '=', 'foreshock_anomaly_score'] as const;
    expect(who(select(score))).toEqual(['anomaly_score a', 'anomaly_score b']);
    expect(who(select(score, ['service', '!=', 'a']))).toEqual(['anomaly_score b']);
    expect(who(select(score, ['service', '=~', 'a|x']))).toEqual(['anomaly_score a']);
    expect(who(select(score, ['cluster', '=', '']))).toEqual(['anomaly_score a']);
    expect(who(select(score, ['cluster', '!~', '.+']))).toEqual(['anomaly_score a']);
  });

  it('computes what a pattern names, and nothing for one that fits any name', () => {
    const { select, asked } = start();
    expect(who(select(['__name__', '=~', 'foreshock_expected.*']))).toEqual(['expected a']);
    expect(asked.at(-1)).toEqual([
      'foreshock_expected',
      'foreshock_expected_lower',
      'foreshock_expected_upper',
    ]);
    expect(who(select(['service', '=', 'a']))).toEqual(['anomaly_score a']);
    expect(who(select(['__name__', '=~', '.*'], ['service', '=', 'a']))).toEqual(['anomaly_score a']);
  });

  it('looks for nothing when the name is none of ours', () => {
    const { select, asked } = start();
    expect(select(['__name__', '=', 'up'])).toEqual([]);
    expect(asked).toEqual([]);
  });

  it('repeats what counts for a day, so that a reader who looks back five minutes finds it at any time', () => {
    const { select } = start();
    const [{ t, v } = { t: [], v: [] }] = select(['__name__', '=', 'foreshock_capacity_forecast']);
    expect([t[0], t.at(-1), t.length]).toEqual([10 * day, 13 * day, 3 * 288 + 1]);
    expect([v[0], v[287], v[288], v.at(-1)]).toEqual([1, 1, 2, 3]);
  });

  it('repeats nothing before the first sample, so that the beginning of time may be asked for', () => {
    const { forecastFrom } = start();
    const [{ t, v } = { t: [], v: [] }] = forecastFrom(-9.2e15);
    expect([t[0], v[0], t.length]).toEqual([10 * day, 1, 3 * 288 + 1]);
  });

  it('carries the external labels, and gives way to labels that are there', () => {
    const { select } = start({ cluster: 'eu' });
    const score = ['__name__', '=', 'foreshock_anomaly_score'] as const;
    expect(who(select(score, ['cluster', '=', 'eu']))).toEqual(['anomaly_score a']);
    expect(select(score).map(({ labels }) => labels.cluster)).toEqual(['eu', 'own']);
  });
});
