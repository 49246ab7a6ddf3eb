import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMetrics } from '../../server/metrics.ts';
import type { QueryTarget } from '../../server/query-target.ts';
import { createServer, type Server } from '../../server/server.ts';
import { stateOf } from './checkout-incident.ts';

const lists = ['series', 'labels', 'label/service/values'];
const asked = `${new URLSearchParams({ 'match[]': 'up' })}`;

/** A target whose lists are not told before they are let go. */
function slowTarget() {
  const waiting: (() => void)[] = [];
  const target: QueryTarget = {
    now: () => 0,
    metadata: () => ({}),
    answer: async () => ({ answer: { type: 'scalar', t: 0, v: 1 }, warnings: [] }),
    async series(selectors) {
      if (selectors[0] === 'broken') throw new Error('the store is broken');
      await new Promise<void>(resolve => waiting.push(resolve));
      return [{ __name__: 'up', service: 'a' }];
    },
  };
  const letGo = () => {
    for (const go of waiting.splice(0)) go();
  };
  return { target, waiting, letGo };
}

describe('lists of the query API', () => {
  let server: Server;
  let slow: ReturnType<typeof slowTarget>;
  const ask = (path: string, more = '') => server.app.inject(`/api/v1/${path}?${asked}${more}`);
  /** Four lists that are under way. */
  const busy = async () => {
    const four = Array.from({ length: 4 }, (_, k) => ask(lists[k % 3]!));
    await expect.poll(() => slow.waiting.length).toBe(4);
    return four;
  };
  beforeEach(() => {
    slow = slowTarget();
    server = createServer({
      state: stateOf([]),
      registry: createMetrics().registry,
      routes: [],
      results: slow.target,
      log: () => undefined,
    });
  });
  afterEach(async () => {
    slow.letGo();
    await server.close();
  });

  it.each(lists)(
    '%s waits while four are at work, and is refused as Prometheus does when its time is over',
    async path => {
      const four = await busy();
      const { statusCode, headers, body } = await ask(path, '&timeout=1ms');
      expect([statusCode, headers['content-type']]).toEqual([503, 'application/json']);
      expect(JSON.parse(body)).toEqual({
        status: 'error',
        errorType: 'timeout',
        error: 'query timed out in query queue',
      });
      expect(slow.waiting).toHaveLength(4);
      slow.letGo();
      for (const { statusCode: code } of await Promise.all(four)) expect(code).toBe(200);
    },
  );

  it('keep a query waiting, too, and let it in when one of them is done', async () => {
    const four = await busy();
    expect((await server.app.inject('/api/v1/query?query=1&timeout=1ms')).statusCode).toBe(503);
    const query = server.app.inject('/api/v1/query?query=1');
    slow.letGo();
    expect((await query).statusCode).toBe(200);
    await Promise.all(four);
  });

  it('give their turn back when they fail, and when they are refused', async () => {
    for (let k = 0; k < 5; k++) {
      expect((await server.app.inject('/api/v1/series?match[]=broken')).statusCode).toBe(500);
      expect((await server.app.inject('/api/v1/series?match[]=')).statusCode).toBe(400);
    }
    const four = await busy();
    slow.letGo();
    for (const { statusCode } of await Promise.all(four)) expect(statusCode).toBe(200);
  });

  it.each(lists)('%s that has no time at all is refused', async path => {
    const { statusCode, body } = await ask(path, '&timeout=0');
    expect([statusCode, JSON.parse(body).errorType]).toEqual([503, 'timeout']);
  });
});
