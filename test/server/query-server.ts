import { afterAll, beforeAll, expect } from 'vitest';
import { createResultTarget, createResultWriter } from '../../cli/results.ts';
import { seriesKey } from '../../cli/series-key.ts';
import { resultSeries } from '../../cli/stored-series.ts';
import { createMetrics } from '../../server/metrics.ts';
import { createServer } from '../../server/server.ts';
import { openStore } from '../../store/sqlite.ts';
import { stateOf } from './checkout-incident.ts';

export const minute = 60_000;
export const now = 100 * minute;
export const hostile = 'a"b\\c\nd{{e}}<img src=x>&\u2028\uD83D\uDE00';
export const score = (service: string) => ({ __name__: 'foreshock_anomaly_score', service });
const form = { 'content-type': 'application/x-www-form-urlencoded' };

/** Asks a server whose store has a hundred minutes of scores of three services; of `cart` the last minute is not written yet. */
export function queryServer() {
  const store = openStore(':memory:');
  const logged: string[] = [];
  const writer = createResultWriter(store.results);
  const target = createResultTarget(resultSeries(store.results, writer), {
    lookback: () => 5 * minute,
    now: () => now,
  });
  const server = createServer({
    state: stateOf([]),
    registry: createMetrics().registry,
    routes: [],
    results: target,
    log: message => logged.push(message),
  });

  beforeAll(() => {
    const t = Float64Array.from({ length: 101 }, (_, i) => i * minute);
    const put = (service: string, value: (i: number) => number) =>
      store.results.append(
        seriesKey(score(service)),
        t,
        t.map((_, i) => value(i)),
      );
    put('payment', i => i + 0.5);
    put(hostile, () => 1e-7);
    put('gone', i => (i > 50 ? Number.NaN : -0));
    writer.add({ labels: score('cart'), t: now, v: 7 });
  });

  afterAll(async () => {
    await server.close();
    store.close();
  });

  /** What is answered to GET, which POST has to answer too. */
  async function ask(path: string, given: Record<string, string> = {}) {
    const text = new URLSearchParams(given).toString();
    const got = await server.app.inject(`/api/v1/${path}?${text}`);
    const posted = await server.app.inject({
      method: 'POST',
      url: `/api/v1/${path}`,
      headers: form,
      payload: text,
    });
    if (posted.statusCode !== 404) expect(posted.body).toBe(got.body);
    return { status: got.statusCode, type: got.headers['content-type'], body: got.body };
  }

  const range = (query: string, more: Record<string, string> = {}) =>
    ask('query_range', { query, start: '0', end: '120', step: '60', ...more });

  return { ask, range, logged };
}
