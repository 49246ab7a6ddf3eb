import { describe, expect, it } from 'vitest';
import { historyDoubt, rareDoubt } from '../../cli/history-doubt.ts';
import { signalSchema } from '../../core/pack.ts';
import type { Series } from '../../core/series.ts';
import type { WatchedClass } from '../../core/watched-class.ts';
import { createEvaluator } from '../../promql/evaluate/evaluator.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const now = Date.UTC(2026, 0, 1);
const at = { t: now, interval: 15 * second };

/** Samples of two services, `every` ms apart for the last `past` ms, the newest a quarter of that old. */
function seriesOf(name: string, every: number, past = 2 * hour): readonly Series[] {
  const count = Math.floor(past / every);
  const t = Float64Array.from({ length: count }, (_, i) => now - every / 4 - (count - 1 - i) * every);
  const v = t.map((_, i) => i);
  return ['a', 'b'].map(service => ({ labels: { __name__: name, service }, t, v }));
}

const sourceOf = (series: readonly Series[]) => createEvaluator(series, { lookback: 5 * minute });

function classOf(queries: readonly string[], interval?: number): WatchedClass {
  const signals = queries.map((query, k) => signalSchema.parse({ name: `s${k}`, kind: 'traffic', query }));
  return {
    class: { name: 'shop/service', signals, step: 15 * second },
    entityLabels: ['service'],
    absent: 'missing',
    queries,
    ...(interval === undefined ? {} : { interval }),
  };
}

const bounded = 'max by (service) (last_over_time(orders{service!=""}[30s]))';

describe('why a class has no history', () => {
  it.each([
    [minute, '1m'],
    [5 * minute, '5m'],
    [10 * minute, '10m'],
    [20 * minute, '20m'],
  ])('are samples that come every %i ms where they are looked for every 15 s', async (every, words) => {
    const doubt = await historyDoubt(classOf([bounded]), sourceOf(seriesOf('orders', every)), at);
    expect(doubt).toEqual({
      kind: 'rare',
      reason: `samples of orders come every ${words}, more rarely than scrape_interval 15s: write \`scrape_interval: ${words}\` at the pack shop`,
    });
  });

  it('is told of the rarest of its metrics', async () => {
    const both = sourceOf([...seriesOf('up', 15 * second), ...seriesOf('orders', 5 * minute)]);
    const doubt = await historyDoubt(classOf(['min by (service) (up)', bounded]), both, at);
    expect(doubt?.reason).toContain('samples of orders come every 5m');
  });

  it.each([
    [20 * minute, 'only 19m'],
    [4 * minute, 'only 3m'],
    [30 * second, 'less than 1m'],
  ])('is that it began %i ms ago', async (past, words) => {
    const young = sourceOf(seriesOf('orders', 15 * second, past));
    const later = { ...at, t: now + 4 * second };
    expect(await historyDoubt(classOf([bounded]), young, later)).toEqual({
      kind: 'young',
      reason: `samples of orders reach ${words} back`,
    });
  });

  it('is that nothing comes', async () => {
    const other = sourceOf(seriesOf('others', 15 * second));
    expect(await historyDoubt(classOf([bounded]), other, at)).toEqual({
      kind: 'absent',
      reason: 'there is no sample of orders in the last hour',
    });
  });

  it('is that its queries fit nothing that comes', async () => {
    const source = sourceOf([...seriesOf('orders', 15 * second), ...seriesOf('limits', 15 * second)]);
    const doubt = await historyDoubt(classOf(['orders / on (zone) limits{zone="x"}']), source, at);
    expect(doubt?.kind).toBe('apart');
    expect(doubt?.reason).toContain('compare their labels with params and match of the pack');
  });

  it('is not known where all is as it should be', async () => {
    expect(
      await historyDoubt(classOf([bounded]), sourceOf(seriesOf('orders', 15 * second)), at),
    ).toBeUndefined();
  });
});

describe('a class that was learned', () => {
  const rare = sourceOf(seriesOf('orders', minute));

  it('is in doubt while its samples come more rarely than they are looked for', async () => {
    expect((await rareDoubt(classOf([bounded]), rare, at))?.kind).toBe('rare');
  });

  it('is not where no sample means that nothing happened', async () => {
    expect(await rareDoubt({ ...classOf([bounded]), absent: 'zero' }, rare, at)).toBeUndefined();
  });

  it('is not once its pack has their interval', async () => {
    expect(await rareDoubt(classOf([bounded], minute), rare, at)).toBeUndefined();
    expect(await rareDoubt(classOf([bounded]), rare, { ...at, interval: minute })).toBeUndefined();
  });
});
