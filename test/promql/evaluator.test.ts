import { describe, expect, it } from 'vitest';
import { createEvaluator } from '../../promql/evaluate/evaluator.ts';

const up = (instance: string, t: number[], v: number[]) => ({
  labels: { __name__: 'up', instance },
  t: Float64Array.from(t),
  v: Float64Array.from(v),
});
const source = createEvaluator([up('a', [0, 10, 20], [1, 2, 4]), up('b', [0], [7])], { lookback: 10 });

async function ask(query: string, start = 0, end = 40) {
  const { series } = await source.queryRange({ query, start, end, step: 10 });
  return series.map(({ labels, t, v }) => [labels.instance ?? '', [...t], [...v]]);
}

describe('the evaluator', () => {
  it('reads no sample that is as old as the lookback', async () => {
    expect(await ask('up')).toEqual([
      ['a', [0, 10, 20], [1, 2, 4]],
      ['b', [0], [7]],
    ]);
  });

  it('counts a window open at its start, as Prometheus 3 does, or closed as Prometheus 2', async () => {
    expect(await ask('count_over_time(up{instance="a"}[20ms])', 20, 20)).toEqual([['a', [20], [2]]]);
    const old = createEvaluator([up('a', [0, 10, 20], [1, 2, 4])], { lookback: 10, dialect: 2 });
    const { series } = await old.queryRange({
      query: 'count_over_time(up[20ms])',
      start: 20,
      end: 20,
      step: 10,
    });
    expect([...series[0]!.v]).toEqual([3]);
  });

  it('keeps a NaN that was computed, and leaves out what is absent', async () => {
    expect(await ask('(up - up) / (up - up)', 0, 0)).toEqual([
      ['a', [0], [Number.NaN]],
      ['b', [0], [Number.NaN]],
    ]);
  });

  it.each([
    ['1 + info(up)', /^1:5: parse error: unknown function with name "info"/],
    ['count_values(1, up)', /^1:14: parse error: expected type string in aggregation parameter, got scalar/],
    [
      'rate(up)',
      /^1:6: parse error: expected type range vector in call to function "rate", got instant vector/,
    ],
    ['up[5m]', /^invalid expression type "range vector" for range query/],
    ['up +', /^1:5: parse error: unexpected end of input/],
    ['up{instance=~"("}', /^1:4: parse error: error parsing regexp: missing closing \)/],
    ['up * on () up', /^found duplicate series for the match group \{\} on the right hand-side/],
    [
      'topk(up)',
      /^1:1: parse error: wrong number of arguments for aggregate expression provided, expected 2, got 1/,
    ],
    ['up[5m + step()]', /^1:4: parse error: "5m \+ step\(\)" is not supported as a duration/],
    ['up anchored', /^1:1: parse error: AnchoredExpr is not supported: up anchored/],
    ['topk(NaN, up)', /^Scalar value NaN overflows int64/],
    ['bottomk(1e30, up)', /^Scalar value 1e\+30 overflows int64/],
    ['topk(scalar(nothing), up)', /^Scalar value NaN overflows int64/],
    ['up > 1e400', /parse error: error parsing number: .* parsing "1e400": value out of range/],
  ])('%s is refused with its place', async (query, message) => {
    await expect(ask(query)).rejects.toMatchObject({
      name: 'SourceError',
      retryable: false,
      message: expect.stringMatching(message),
    });
  });

  it('takes two metrics of one query for two histograms, whose quantiles have one label set', async () => {
    const bucket = (name: string, le: string, v: number) => ({
      labels: { __name__: name, le },
      t: Float64Array.of(0),
      v: Float64Array.of(v),
    });
    const buckets = ['a_bucket', 'b_bucket'].flatMap(name => [bucket(name, '1', 1), bucket(name, '+Inf', 2)]);
    const query = 'histogram_quantile(0.5, {__name__=~".*_bucket"})';
    const asked = createEvaluator(buckets, { lookback: 10 }).queryRange({
      query,
      start: 0,
      end: 0,
      step: 10,
    });
    await expect(asked).rejects.toThrow('vector cannot contain metrics with the same labelset');
  });

  it('asks for unique matches only where both sides have something', async () => {
    expect(await ask('nothing * on () up')).toEqual([]);
    expect(await ask('up{instance="b"} offset 20ms * on () up', 20, 20)).toEqual([['', [20], [28]]]);
    await expect(ask('up * on () up', 20, 20)).resolves.toEqual([['', [20], [16]]]);
  });
});
