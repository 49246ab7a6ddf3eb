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
    ['up @ 5', /"up @ 5" \(StepInvariantExpr\) is not supported \(at offset 0/],
    ['1 + minute(up)', /the function minute is not supported \(at offset 4/],
    ['count_values("x", up)', /is not supported|scalar is needed/],
    ['rate(up)', /rate takes a range.*offset 0/],
    ['up[5m]', /a range needs a function/],
    ['up +', /end of the query.*offset 4/],
    ['up{instance=~"("}', /not supported as a regular expression.*offset 3/],
    ['up * on () up', /several series match/],
    ['topk(up)', /topk takes a parameter/],
    ['max_over_time(up[5m:])', /without a step/],
  ])('%s is refused with its place', async (query, message) => {
    await expect(ask(query)).rejects.toMatchObject({
      name: 'SourceError',
      retryable: false,
      message: expect.stringMatching(message),
    });
  });
});
