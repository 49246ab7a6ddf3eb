import { describe, expect, it } from 'vitest';
import { boundLookback } from '../../promql/fresh.ts';
import { addMatchers } from '../../promql/matchers.ts';
import { metricNames } from '../../promql/names.ts';
import { substitute } from '../../promql/params.ts';
import { findError } from '../../promql/parse.ts';

describe('findError', () => {
  it('is undefined for a query that can be read', () => {
    expect(findError('sum by (job) (rate(x_total{code=~"5.."}[5m])) / on (job) y > bool 2')).toBeUndefined();
  });
  it.each([
    ['sum(rate(x[5m])', 15, /end of the query/],
    ['', 0, /empty/],
    ['rate(x[5q])', 8, /unexpected/],
    ['up ==', 5, /end of the query/],
  ])('%s is wrong at %i', (query, offset, message) => {
    const error = findError(query);
    expect(error?.message).toMatch(message);
    expect(error?.offset).toBe(offset);
  });
});

describe('metricNames', () => {
  it('finds each selected metric once, functions and labels left out', () => {
    expect(
      metricNames('sum by (a) (rate(b_total{c="d"}[5m])) / {__name__="a:b"} + b_total + {"quoted.name"}'),
    ).toEqual(['a:b', 'b_total', 'quoted.name']);
  });
});

describe('addMatchers', () => {
  it('reaches every selector', () => {
    expect(addMatchers('sum(rate(a{x="1"}[5m])) / b{} + c + {__name__="d",}', 'env="prod"')).toBe(
      'sum(rate(a{x="1",env="prod"}[5m])) / b{env="prod"} + c{env="prod"} + {__name__="d",env="prod"}',
    );
  });
  it('refuses matchers that cannot be read', () => {
    expect(() => addMatchers('up', 'env=prod')).toThrow(/unexpected/);
  });
});

describe('substitute', () => {
  it('fills parameters and the rate interval', () => {
    expect(
      // biome-ignore lint/suspicious/noTemplateCurlyInString: placeholders of a pack look like this
      substitute('rate(${m}{job="${job}"}[$rate_interval])', { job: 'a', m: 'x' }, { rateInterval: '1m' }),
    ).toBe('rate(x{job="a"}[1m])');
  });
  it('names a parameter that is not known', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: placeholders of a pack look like this
    expect(() => substitute('x{job="${jobb}"}', { job: 'a' }, { rateInterval: '1m' })).toThrow(RangeError);
    expect(() => substitute('x[$interval]', {}, { rateInterval: '1m' })).toThrow(
      /\$interval is not a parameter/,
    );
  });
});

describe('boundLookback', () => {
  it.each([
    ['up', 'last_over_time(up[30s])'],
    ['max by (a) (x{b="c"}) / y', 'max by (a) (last_over_time(x{b="c"}[30s])) / last_over_time(y[30s])'],
    ['x offset 5m', 'last_over_time(x[30s] offset 5m)'],
    ['x offset 5m @ end()', 'last_over_time(x[30s] offset 5m @ end())'],
    ['max_over_time(x[1h:1m])', 'max_over_time(last_over_time(x[30s])[1h:1m])'],
    ['absent(x{a="b"})', 'absent_over_time(x{a="b"}[30s])'],
    ['absent((x))', 'absent_over_time((x[30s]))'],
    ['rate(x[5m]) + last_over_time(y[2m])', 'rate(x[5m]) + last_over_time(y[2m])'],
    ['timestamp(x)', 'timestamp(x)'],
    ['1 - x', '1 - last_over_time(x[30s])'],
  ])('%s', (query, bounded) => {
    expect(boundLookback(query, '30s')).toBe(bounded);
    expect(findError(bounded)).toBeUndefined();
  });
  it('refuses a query that cannot be read', () => {
    expect(() => boundLookback('sum(x', '30s')).toThrow(/end of the query/);
  });
});
