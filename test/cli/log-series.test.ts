import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogSource, LogSeriesBook, storedLogSeries } from '../../cli/log-series.ts';
import { createResultTarget } from '../../cli/results.ts';
import { allSeries, type SampledSeries } from '../../cli/sampled-series.ts';
import type { Store } from '../../core/store.ts';
import { openStore } from '../../store/sqlite.ts';

const step = 15_000;
const start = Date.parse('2026-03-01T10:00:00Z');
const lines = (service: string, i: number, v: number) => ({
  labels: { __name__: 'foreshock_log_lines', log_source: 'app', service, level: 'error' },
  t: start + i * step,
  v,
});

let directory: string;
let store: Store;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'log-series-'));
  store = openStore(directory);
});
afterEach(() => {
  store.close();
  rmSync(directory, { recursive: true });
});

/** Errors a minute of each service at the steps of ten minutes. */
async function perMinute(series: SampledSeries): Promise<Record<string, number[]>> {
  const query = 'sum by (service) (sum_over_time(foreshock_log_lines{level="error"}[1m]))';
  const range = { query, start: start + 60_000, end: start + 600_000, step: 60_000 };
  const answer = await createLogSource(series, { name: 'app' }).queryRange(range);
  return Object.fromEntries(answer.series.map(({ labels, v }) => [labels.service, [...v]]));
}

function tenMinutes(book: LogSeriesBook): void {
  for (let i = 1; i <= 40; i++) book.add([lines('checkout', i, i % 4), lines('cart', i, 1)]);
}

const expected = { checkout: Array(10).fill(6), cart: Array(10).fill(4) };

describe('what is counted of the logs', () => {
  it('answers PromQL from memory', async () => {
    const book = new LogSeriesBook(store);
    tenMinutes(book);
    expect(await perMinute(book)).toEqual(expected);
  });

  it('is there after a restart, in blocks or not', async () => {
    tenMinutes(new LogSeriesBook(store));
    const second = new LogSeriesBook(store);
    expect(await perMinute(second)).toEqual(expected);
    second.fold(start + 600_000);
    expect(await perMinute(second)).toEqual(expected);
    expect(await perMinute(new LogSeriesBook(store))).toEqual(expected);
  });

  it('can be read while it is written', async () => {
    const book = new LogSeriesBook(store);
    tenMinutes(book);
    expect(await perMinute(storedLogSeries(directory))).toEqual(expected);
    book.fold(start + 600_000);
    expect(await perMinute(storedLogSeries(directory))).toEqual(expected);
  });

  it('keeps two hours in memory, the rest in the store, and joins them', async () => {
    const book = new LogSeriesBook(store);
    tenMinutes(book);
    book.fold(start + 4 * 3_600_000);
    book.add([lines('checkout', 1000, 5)]);
    expect(await perMinute(book)).toEqual(expected);
    const [series] = book.select(['foreshock_log_lines'], start, start + 1000 * step);
    expect(series?.t.length).toBe(41 - (series?.labels.service === 'cart' ? 1 : 0));
  });

  it('is nothing where no store was made yet', () => {
    expect(storedLogSeries(path.join(directory, 'nowhere')).select([], 0, start)).toEqual([]);
  });
});

it('a query of the logs waits until all lines up to its end were read', async () => {
  const book = new LogSeriesBook(store);
  const asked: number[] = [];
  let settle: () => void = () => undefined;
  const settled = (end: number) => {
    asked.push(end);
    return new Promise<void>(resolve => {
      settle = resolve;
    });
  };
  const source = createLogSource(book, { name: 'app', settled });
  const query = 'sum(sum_over_time(foreshock_log_lines[1m]))';
  const answer = source.queryRange({ query, start: start + 60_000, end: start + 60_000, step });
  tenMinutes(book);
  settle();
  expect(asked).toEqual([start + 60_000]);
  expect((await answer).series[0]?.v[0]).toBe(10);
});

it('the query API finds our series by selectors, each once', async () => {
  const book = new LogSeriesBook(store);
  tenMinutes(book);
  const target = createResultTarget(allSeries([book]), { lookback: () => 300_000, now: () => start });
  const range = { start, end: start + 600_000 };
  expect(await target.series(['{service="cart"}', '{level="error"}'], range)).toHaveLength(2);
  expect(await target.series(['{service="cart"}'], range)).toEqual([lines('cart', 0, 0).labels]);
  expect(await target.series([], range)).toHaveLength(2);
});
