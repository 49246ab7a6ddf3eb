import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RangeResponseScanner } from '../../collectors/range-response.ts';

const encoder = new TextEncoder();

function scan(text: string, cuts: readonly number[] = []) {
  const bytes = encoder.encode(text);
  const scanner = new RangeResponseScanner();
  let from = 0;
  for (const cut of [...cuts.filter(at => at < bytes.length).sort((a, b) => a - b), bytes.length]) {
    scanner.push(bytes.subarray(from, cut));
    from = cut;
  }
  return scanner.end();
}

const matrix = JSON.stringify({
  status: 'success',
  data: {
    resultType: 'matrix',
    result: [
      {
        metric: { __name__: 'up', path: '/a"]}{[\\ü' },
        values: [
          [1700000000.5, '1'],
          [1700000005.5, 'NaN'],
        ],
      },
      {
        metric: {},
        values: [
          [1700000000, '+Inf'],
          [1700000005, '-Inf'],
          [1700000010, '1e-7'],
        ],
      },
    ],
  },
  warnings: ['a store is down'],
  infos: ['metric might not be a counter'],
});

describe('a range answer', () => {
  it('is read into typed arrays, wherever the network cuts it', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(400), { maxLength: 12 }), cuts => {
        const { series, warnings, infos } = scan(matrix, cuts);
        expect(series.map(one => one.labels)).toEqual([{ __name__: 'up', path: '/a"]}{[\\ü' }, {}]);
        expect([...series[0]!.t]).toEqual([1700000000500, 1700000005500]);
        expect([...series[0]!.v]).toEqual([1, Number.NaN]);
        expect([...series[1]!.v]).toEqual([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e-7]);
        expect(warnings).toEqual(['a store is down']);
        expect(infos).toEqual(['metric might not be a counter']);
      }),
    );
  });

  it('may be empty, spaced, or a scalar', () => {
    expect(scan('{"status":"success","data":{"resultType":"matrix","result":[]}}').series).toEqual([]);
    expect(scan(JSON.stringify(JSON.parse(matrix), undefined, 2)).series).toHaveLength(2);
    const [scalar] = scan(
      '{"status":"success","data":{"resultType":"scalar","result":[1700000000.1,"42"]}}',
    ).series;
    expect([scalar!.t[0], scalar!.v[0]]).toEqual([1700000000100, 42]);
  });

  it('is an error when it was cut off at any byte', () => {
    for (let length = 0; length < matrix.length - 1; length += 7)
      expect(() => scan(matrix.slice(0, length))).toThrow(/cut off/);
  });

  it.each([
    ['<html>504</html>', /does not begin with \{/],
    ['{"status":"success"}}', /closes more brackets/],
    ['{"a":1}', /not an answer of the query API/],
    [
      '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"a":1},"values":[]}]}}',
      /label "a"/,
    ],
    [
      '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"x"]]}]}}',
      /"x" is not/,
    ],
    ['{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},}]}}', /not valid JSON/],
    ['{"status":"error","errorType":"bad_data","error":"parse error"}', /bad_data: parse error/],
  ])('%s is refused', (text, reason) => {
    expect(() => scan(text)).toThrow(reason);
  });
});
