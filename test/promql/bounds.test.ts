import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Series } from '../../core/series.ts';
import { type Answer, ask, type Question, RangeTypeError } from '../../promql/evaluate/engine.ts';
import { SeriesIndex } from '../../promql/evaluate/select.ts';
import { ExecutionError, PromqlError } from '../../promql/parse.ts';
import { signatures } from '../../promql/signatures.ts';
import { answerChunks } from '../../server/query-json.ts';

const second = 1000;

/** A day of three series at 15 s, one of them with a hostile label. */
const series: readonly Series[] = ['a', 'b', 'a"}{{x}}\n<b>'].map((job, k) => {
  const t = Float64Array.from({ length: 5760 }, (_, i) => i * 15 * second);
  return { labels: { __name__: 'x', job, le: String(k) }, t, v: t.map((_, i) => (i * (k + 1)) % 97) };
});
const index = new SeriesIndex(series);

function evaluate(query: string, more: Partial<Question> = {}): Promise<Answer> {
  const question = { query, start: 0, end: 86_400 * second, step: 60 * second, ...more };
  return ask(question, () => index, { lookback: 300 * second, maxSamples: 1_000_000 });
}

const tooMany = 'query processing would load too many samples into memory in query execution';
const repeated = (text: string, times: number) => text.repeat(times);

describe('a query is bounded', () => {
  it.each([
    [
      'in its length',
      `x{job="${repeated('a', 100_000)}"}`,
      /^the query has 100009 characters, more than the 100000/,
    ],
    [
      'in its brackets',
      `${repeated('(', 49_000)}x${repeated(')', 49_000)}`,
      /^expressions are nested more than 500 deep$/,
    ],
    ['in its signs', `${repeated('-', 90_000)}x`, /^expressions are nested more than 500 deep$/],
    ['in its chains', `x${repeated(' or x', 19_000)}`, /^expressions are nested more than 500 deep$/],
    [
      'in its calls',
      `${repeated('abs(', 19_000)}x${repeated(')', 19_000)}`,
      /^expressions are nested more than 500 deep$/,
    ],
    ['when it is never closed', repeated('(', 100_000), /^expressions are nested more than 500 deep$/],
    ['when it is nonsense', repeated('x[', 50_000), /^unexpected/],
  ])('%s', async (_, query, message) => {
    await expect(evaluate(query)).rejects.toThrow(message);
    await expect(evaluate(query)).rejects.toBeInstanceOf(PromqlError);
  });

  it('but may be long, wide and deep within that', async () => {
    expect(await evaluate(`x{job=~"${repeated('b|', 45_000)}a"}`)).toMatchObject({ elements: [{}, {}] });
    expect(await evaluate(`x${repeated(' or x', 490)}`)).toMatchObject({ elements: [{}, {}, {}] });
    expect(await evaluate(`${repeated('(', 490)}x${repeated(')', 490)}`)).toMatchObject({ type: 'range' });
  });

  it.each([
    ['a year at a second below it', 'max_over_time(vector(1)[1y:1s])'],
    ['subqueries of subqueries', 'max_over_time(max_over_time(x[10d:1s])[10d:1s])'],
    ['a product of many series', 'count_values("v", time() * x{job="a"})'],
  ])('in its samples: %s', async (_, query) => {
    await expect(evaluate(query)).rejects.toThrow(new ExecutionError(tooMany, 0));
  });

  it('in its samples: a year at a second', async () => {
    const year = { end: 31_536_000 * second, step: second };
    for (const query of ['x', '1', 'vector(time())'])
      await expect(evaluate(query, year)).rejects.toThrow(tooMany);
  });

  it('lets others have their turn over long windows, and stops when it is told to', async () => {
    const controller = new AbortController();
    let turns = 0;
    const pace = {
      due: () => true,
      async pause() {
        if (++turns === 40) controller.abort(new Error('enough'));
      },
    };
    const answer = evaluate('quantile_over_time(0.5, x[1d])', { pace, signal: controller.signal });
    await expect(answer).rejects.toThrow('enough');
    expect(turns).toBe(40);
  });

  it('whatever its regular expression, over whatever text', async () => {
    const labels = { __name__: 'x', job: repeated('a', 20_000) };
    const long = new SeriesIndex([{ labels, t: Float64Array.of(0), v: Float64Array.of(1) }]);
    const question = { query: 'x{job=~"(a+)+b|(a|a)*c"}', start: 0, end: 0, step: undefined };
    const answer = await ask(question, () => long, { lookback: 1000 });
    expect(answer).toMatchObject({ type: 'vector', elements: [] });
  });
});

const name = fc.constantFrom('x', 'y', '{job=~"a.*"}', 'x{le!="1"}', 'x{job="a\\"}{{x}}\\n<b>"}');
const duration = fc.constantFrom('5m', '1h', '30s', '0s', '90m', '1y', '1ms');
const label = fc.constantFrom('job', 'le', 'nothing', '__name__');
const operator = fc.constantFrom(
  ...['+', '-', '*', '/', '%', '^', 'atan2', '==', '!=', '<', '>= bool', 'and', 'or', 'unless'],
  ...['+ on (job)', '/ ignoring (le) group_left ()', '> on (job, le) group_right (job)'],
);
const aggregation = fc.constantFrom(
  ...['sum', 'avg', 'min', 'max', 'count', 'group', 'stddev', 'stdvar', 'topk', 'bottomk', 'quantile'],
  'count_values',
);

/** Queries of all constructs, most of which fit together. */
const { query: anyQuery } = fc.letrec<{ query: string; range: string }>(tie => ({
  range: fc.oneof(
    fc.tuple(name, duration).map(([a, d]) => `${a}[${d}]`),
    fc.tuple(tie('query'), duration, duration).map(([a, d, e]) => `(${a})[${d}:${e}]`),
    fc.tuple(name, duration, duration).map(([a, d, e]) => `${a}[${d}] offset ${e}`),
  ),
  query: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    name,
    fc.double().map(value => String(value).replace('Infinity', 'Inf')),
    fc.tuple(name, duration).map(([a, d]) => `${a} offset -${d}`),
    name.map(a => `${a} @ end()`),
    fc.tuple(tie('query'), operator, tie('query')).map(([a, op, b]) => `(${a}) ${op} (${b})`),
    fc.tuple(aggregation, label, tie('query')).map(([op, by, a]) => {
      const parameter = /topk|bottomk/.test(op)
        ? '2, '
        : op === 'quantile'
          ? '0.9, '
          : op === 'count_values'
            ? '"v", '
            : '';
      return `${op} by (${by}) (${parameter}${a})`;
    }),
    fc
      .tuple(fc.constantFrom(...Object.keys(signatures)), tie('query'), tie('range'))
      .map(([fn, a, range]) => {
        const kinds = { vector: a, matrix: range, scalar: '0.5', string: '"job"' };
        return `${fn}(${signatures[fn]!.args.map(kind => kinds[kind]).join(', ')})`;
      }),
  ),
}));

/** Answers and JSON, or an error that is told: anything else fails the test. */
async function answered(query: string, step: number | undefined): Promise<void> {
  const end = step === undefined ? 3600 * second : 7200 * second;
  try {
    const answer = await evaluate(query, { start: 3600 * second, end, step });
    const text = [...answerChunks(answer, [])].map(part =>
      typeof part === 'string' ? part : new TextDecoder().decode(part),
    );
    expect(JSON.parse(text.join('')).status).toBe('success');
  } catch (error) {
    if (!(error instanceof PromqlError || error instanceof RangeTypeError)) throw error;
    expect(error.message).not.toBe('');
  }
}

describe('a query is always answered', () => {
  it('of any construct', async () => {
    const step = fc.constantFrom(undefined, 60 * second, 7 * second);
    await fc.assert(fc.asyncProperty(anyQuery, step, answered), { numRuns: 400 });
  });

  it('with a part of it missing, doubled or replaced', async () => {
    const broken = fc
      .tuple(
        anyQuery,
        fc.nat(),
        fc.nat(12),
        fc.constantFrom('', '(', ')', '[', '{', '"', ',', 'by', '@', '#', '\ud800'),
      )
      .map(([query, at, cut, text]) => {
        const place = at % (query.length + 1);
        return query.slice(0, place) + text + query.slice(place + cut);
      });
    await fc.assert(
      fc.asyncProperty(broken, answer => answered(answer, undefined)),
      { numRuns: 1000 },
    );
  });

  it('of any characters', async () => {
    await fc.assert(fc.asyncProperty(fc.string({ unit: 'binary' }), text => answered(text, 60 * second)));
  });
});
