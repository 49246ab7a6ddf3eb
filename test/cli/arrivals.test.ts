import { expect, it } from 'vitest';
import { createArrivals } from '../../cli/arrivals.ts';
import { fingerprint } from '../../core/labels.ts';
import { openStore } from '../../store/sqlite.ts';

function fail(message: string): void {
  throw new Error(message);
}

function alertOf(service: string) {
  const labels = { alertname: 'Slow', service };
  const fp = fingerprint(labels);
  return { labels, annotations: {}, startsAt: 1, endsAt: undefined, generatorURL: '', fingerprint: fp };
}

it('keeps what came in until it is settled, also for the next run on the same store', () => {
  const store = openStore(':memory:');
  createArrivals(store, fail).put([alertOf('a'), alertOf('b')]);
  const next = createArrivals(store, fail);
  next.put([alertOf('c')]);
  expect(next.take().alerts).toEqual([alertOf('a'), alertOf('b'), alertOf('c')]);
  const { settle } = next.take();
  next.put([alertOf('d')]);
  settle();
  expect(createArrivals(store, fail).take().alerts).toEqual([alertOf('d')]);
  store.close();
});

it('puts aside what cannot be read any more, says so once, and gives the rest', () => {
  const store = openStore(':memory:');
  const told: string[] = [];
  const arrivals = createArrivals(store, message => told.push(message));
  store.values('arrived').set('000000000000', new TextEncoder().encode('[{"labels":'));
  createArrivals(store, fail).put([alertOf('a')]);
  const { alerts, settle } = arrivals.take();
  expect(alerts).toEqual([alertOf('a')]);
  settle();
  expect(told).toHaveLength(1);
  expect(told[0]).toContain('000000000000');
  expect(arrivals.take().alerts).toEqual([]);
  expect(store.values('arrived-damaged').entries()).toHaveLength(1);
  store.close();
});
