import { expect, it } from 'vitest';
import { createArrivals } from '../../cli/arrivals.ts';
import { fingerprint } from '../../core/labels.ts';
import { openStore } from '../../store/sqlite.ts';

function alertOf(service: string) {
  const labels = { alertname: 'Slow', service };
  const fp = fingerprint(labels);
  return { labels, annotations: {}, startsAt: 1, endsAt: undefined, generatorURL: '', fingerprint: fp };
}

it('keeps what came in until it is settled, also for the next run on the same store', () => {
  const store = openStore(':memory:');
  createArrivals(store).put([alertOf('a'), alertOf('b')]);
  const next = createArrivals(store);
  next.put([alertOf('c')]);
  expect(next.take().alerts).toEqual([alertOf('a'), alertOf('b'), alertOf('c')]);
  const { settle } = next.take();
  next.put([alertOf('d')]);
  settle();
  expect(createArrivals(store).take().alerts).toEqual([alertOf('d')]);
  store.close();
});
