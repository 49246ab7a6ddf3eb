import { hashSync } from 'bcryptjs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Series } from '../../core/series.ts';
import { PromqlError } from '../../promql/parse.ts';
import { createMetrics } from '../../server/metrics.ts';
import type { ReadQuery } from '../../server/read-message.ts';
import { createServer } from '../../server/server.ts';
import { packSnappy, unpackSnappy } from '../../server/snappy.ts';
import { webConfigSchema } from '../../server/web-config.ts';
import { stateOf } from './checkout-incident.ts';
import { requestBytes, responseSeries } from './read-wire.ts';

const hostile = 'a"b\\c\n{{ <b>é\u{1f525}';
const score: Series = {
  labels: { service: hostile, __name__: 'foreshock_score', empty: '' },
  t: Float64Array.of(-5, 0, 1000, 2000, 3000, 4_000_000_000_000),
  v: Float64Array.of(9, 0.5, Number.NaN, Number.POSITIVE_INFINITY, -2, 7),
};

function start(select: (query: ReadQuery) => readonly Series[] = () => [score], web?: unknown) {
  const asked: ReadQuery[] = [];
  const logged: string[] = [];
  const { app } = createServer({
    state: stateOf([]),
    registry: createMetrics().registry,
    routes: [],
    read: {
      select: query => {
        asked.push(query);
        return select(query);
      },
    },
    ...(web === undefined ? {} : { webConfig: webConfigSchema.parse(web) }),
    log: message => logged.push(message),
  });
  const post = (payload: Uint8Array, headers: Readonly<Record<string, string>> = {}, parameters = '') =>
    app.inject({
      method: 'POST',
      url: `/api/v1/read${parameters}`,
      headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy', ...headers },
      payload: Buffer.from(payload),
    });
  const read = async (...given: Parameters<typeof requestBytes>) => {
    const answer = await post(packSnappy(requestBytes(...given)));
    expect(answer.statusCode, answer.body).toBe(200);
    return { headers: answer.headers, results: responseSeries(unpackSnappy(answer.rawPayload, 1e8)) };
  };
  return { post, read, asked, logged };
}

const one = { start: 0, end: 5000, matchers: [['__name__', '=', 'foreshock_score']] } as const;

describe('remote read', () => {
  it('answers samples within the query, what is missing as stale, labels in order', async () => {
    const { headers, results } = await start().read([one]);
    expect(headers).toMatchObject({
      'content-type': 'application/x-protobuf',
      'content-encoding': 'snappy',
      'x-prometheus-remote-read-version': '0.1.0',
    });
    expect(results).toEqual([
      [
        {
          labels: [
            ['__name__', 'foreshock_score'],
            ['service', hostile],
          ],
          samples: [
            [0, 0.5],
            [1000, 'stale'],
            [2000, Number.POSITIVE_INFINITY],
            [3000, -2],
          ],
        },
      ],
    ]);
  });

  it('takes times before 1970 and far ahead', async () => {
    const { results } = await start().read([{ ...one, start: -10, end: 5_000_000_000_000 }]);
    const { samples } = results[0]![0]!;
    expect([samples[0], samples.at(-1)]).toEqual([
      [-5, 9],
      [4_000_000_000_000, 7],
    ]);
  });

  it('hands on every kind of matcher, for each of several queries in their order', async () => {
    const { read, asked } = start(({ start }) => (start === 0 ? [score] : []));
    const matchers = [
      ['a', '=', '1'],
      ['b', '!=', ''],
      ['c', '=~', 'x|y'],
      ['d', '!~', '.+'],
    ] as const;
    const { results } = await read([{ ...one, start: 1, matchers }, one]);
    expect(results.map(series => series.length)).toEqual([0, 1]);
    expect(asked[0]).toMatchObject({ start: 1, end: 5000 });
    expect(asked[0]!.matchers.map(({ label, op, value }) => [label, op, value])).toEqual(matchers);
  });

  it('looks only at the times that the hints name, within the query', async () => {
    const { read, asked } = start();
    const { results } = await read([
      { ...one, hinted: [2000, 2500] },
      { ...one, hinted: [-9, 9000] },
    ]);
    expect(results[0]![0]!.samples).toEqual([[2000, Number.POSITIVE_INFINITY]]);
    expect(asked.map(query => [query.start, query.end])).toEqual([
      [2000, 2500],
      [0, 5000],
    ]);
  });

  it('answers nothing for a time that ends before it begins, and for a request without a query', async () => {
    const { read, asked } = start();
    expect((await read([{ ...one, start: 10, end: 9 }])).results).toEqual([[]]);
    expect((await read([])).results).toEqual([]);
    expect(asked).toEqual([]);
  });

  it('answers sampled whoever knows that', async () => {
    expect((await start().read([one], [1, 0])).results[0]).toHaveLength(1);
    const answer = await start().post(packSnappy(requestBytes([one], [1])));
    expect([answer.statusCode, answer.body]).toEqual([
      400,
      'remote read: answers are sampled (response type 0), asked for were 1\n',
    ]);
  });

  it('says what is wrong with a request', async () => {
    const bad = start(() => {
      throw new PromqlError('"(" is not supported as a regular expression', 0);
    });
    const { body, statusCode } = await bad.post(packSnappy(requestBytes([one])));
    expect([statusCode, body]).toEqual([400, 'remote read: "(" is not supported as a regular expression\n']);
    const { post } = start();
    const many = await post(packSnappy(requestBytes(new Array(65).fill(one))));
    expect(many.body).toBe('remote read: a request holds 64 queries at most, got 65\n');
    expect((await post(packSnappy(Uint8Array.of(0x0a, 9)))).body).toMatch(/a field is cut off/);
    expect((await post(Uint8Array.of(200))).body).toMatch(/not a block of Snappy/);
    expect((await post(packSnappy(new Uint8Array(2_000_000)))).body).toMatch(/at most 1048576 are read/);
    expect((await post(new Uint8Array(2_000_000))).statusCode).toBe(413);
    expect((await post(Uint8Array.of(1), { 'content-type': 'application/json' })).statusCode).toBe(400);
  });

  it('works on four reads at a time, whoever asks', async () => {
    const t = Float64Array.from({ length: 100_000 }, (_, i) => i);
    let [open, most] = [0, 0];
    const { read } = start(query => {
      open += query.start === 0 ? 1 : -1;
      most = Math.max(most, open);
      return [{ labels: { __name__: 'x' }, t, v: t }];
    });
    const first = { ...one, end: 1e6 };
    const answers = await Promise.all(Array.from({ length: 9 }, () => read([first, { ...first, start: 1 }])));
    expect(answers.map(({ results }) => results.length)).toEqual(new Array(9).fill(2));
    expect([open, most]).toEqual([0, 4]);
  });

  it('answers in time or says that it did not', async () => {
    const answer = await start().post(packSnappy(requestBytes([one])), {}, '?timeout=0');
    expect([answer.statusCode, answer.body]).toEqual([
      503,
      'remote read: query timed out in expression evaluation\n',
    ]);
  });

  it('refuses a time that is none', async () => {
    const answer = await start().post(packSnappy(requestBytes([one])), {}, '?timeout=soon');
    expect([answer.statusCode, answer.body]).toEqual([
      400,
      'remote read: invalid parameter "timeout": cannot parse "soon" to a valid duration\n',
    ]);
  });

  it('refuses an answer that is too long before it is built', async () => {
    const t = Float64Array.from({ length: 10_000 }, (_, i) => i);
    const wide = { labels: { __name__: 'x' }, t, v: t };
    const { statusCode, body } = await start(() => new Array<Series>(600).fill(wide)).post(
      packSnappy(requestBytes([{ ...one, end: 10_000 }])),
    );
    expect(statusCode).toBe(400);
    expect(body).toMatch(/longer than 67108864 bytes .*ask for fewer series or a shorter time/);
  });

  it('hides a mistake of its own, and logs it', async () => {
    const { post, logged } = start(() => {
      throw new TypeError('not for the client');
    });
    const { statusCode, body } = await post(packSnappy(requestBytes([one])));
    expect([statusCode, body]).toEqual([500, 'remote read: it failed, see the log of foreshock\n']);
    expect(logged).toEqual(['/api/v1/read failed']);
  });

  it('wants the user and the password that the other routes want', async () => {
    const { post } = start(undefined, { basic_auth_users: { ann: hashSync('secret', 4) } });
    const request = packSnappy(requestBytes([one]));
    expect((await post(request)).statusCode).toBe(401);
    const authorization = `Basic ${Buffer.from('ann:secret').toString('base64')}`;
    expect((await post(request, { authorization })).statusCode).toBe(200);
  });

  it('answers broken bytes with 400, or as what they still say', async () => {
    const { post, logged } = start();
    const whole = requestBytes([one, one], [0]);
    const damage = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 });
    const answers = async (bytes: Uint8Array): Promise<void> => {
      expect([200, 400]).toContain((await post(bytes)).statusCode);
    };
    await fc.assert(
      fc.asyncProperty(damage, fc.nat(whole.length), async (changes, length) => {
        const bytes = whole.slice(0, length);
        for (const [at, value] of changes) if (at < length) bytes[at] = value;
        await answers(packSnappy(bytes));
        const packed = packSnappy(whole).slice();
        for (const [at, value] of changes) packed[at % packed.length] = value;
        await answers(packed);
      }),
      { numRuns: 500 },
    );
    await fc.assert(fc.asyncProperty(fc.uint8Array(), answers));
    expect(logged).toEqual([]);
  });
});
