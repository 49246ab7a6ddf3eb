import { expect, it } from 'vitest';
import { createPrometheusSource, prometheusOptions } from '../../collectors/prometheus.ts';
import { TooManySamples } from '../../core/series.ts';
import { createFakeSource } from '../integration/fake-source.ts';

const step = 15_000;

async function asking(options: { readonly series: number; readonly most: number }) {
  const fake = await createFakeSource();
  fake.hold(options.series);
  const source = createPrometheusSource(
    prometheusOptions.parse({ url: fake.url, samples_per_query: options.most }),
  );
  const close = async () => {
    await source.close();
    await fake.close();
  };
  return { fake, source, close };
}

it('splits a range so that the series that it reads x steps stay below the limit', async () => {
  const { fake, source, close } = await asking({ series: 7, most: 100 });
  const query = 'sum by (service) (rate(a{x="y"}[1m])) / sum by (service) (rate(b[1m]))';
  const { series } = await source.queryRange({ query, start: step, end: 30 * step, step });
  expect(series.map(({ t }) => t.length)).toEqual(Array.from({ length: 7 }, () => 30));
  expect(fake.asked.filter(({ steps }) => steps === 0).map(each => each.query)).toEqual([
    'count(a{x="y"})',
    'count(b)',
  ]);
  // Two selectors of 7 series: 14 a step, so 7 steps at once.
  expect(fake.asked.filter(({ steps }) => steps > 0).map(({ steps }) => steps)).toEqual([7, 7, 7, 7, 2]);
  await close();
});

it('counts the samples of a subquery, also in what it says when one step is too much', async () => {
  const { fake, source, close } = await asking({ series: 2, most: 100 });
  const range = { query: 'max_over_time(a[10m:1m])', start: step, end: 10 * step, step };
  await source.queryRange({ ...range, samplesPerStep: 10 });
  expect(fake.asked.filter(({ steps }) => steps > 0).map(({ steps }) => steps)).toEqual([5, 5]);
  await expect(source.queryRange({ ...range, samplesPerStep: 60 })).rejects.toThrow(
    'one step reads 2 series of 60 samples each, more than limits.samples_per_query (100)',
  );
  await close();
});

it('counts once for many ranges of a day', async () => {
  const { fake, source, close } = await asking({ series: 2, most: 100 });
  for (const end of [10, 20, 30]) await source.queryRange({ query: 'a', start: step, end: end * step, step });
  expect(fake.asked.filter(({ query }) => query === 'count(a)')).toHaveLength(1);
  await close();
});

it('refuses a query of which one step reads more than the limit, and does not ask for it', async () => {
  const { fake, source, close } = await asking({ series: 101, most: 100 });
  const asked = source.queryRange({ query: 'a', start: step, end: step, step });
  await expect(asked).rejects.toThrow(TooManySamples);
  await expect(asked).rejects.toThrow('one step reads 101 series, more than limits.samples_per_query (100)');
  expect(fake.asked.map(({ query }) => query)).toEqual(['count(a)']);
  await close();
});
