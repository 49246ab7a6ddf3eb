import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sayCount, sayEntity, sayList, saySignal } from '../../core/say-name.ts';
import { saySpan, sayTime } from '../../core/say-time.ts';
import { sayOdds, sayRange, sayValue } from '../../core/say-value.ts';

describe('a value', () => {
  it.each([
    [0.8867, 'percentunit', '88.7 %'],
    [0, 'percentunit', '0 %'],
    [1.5e-11, 'percentunit', '0 %'],
    [0.0004, 'percentunit', '0.04 %'],
    [42, 'percent', '42 %'],
    [0.08, 's', '80 ms'],
    [1.923, 's', '1.92 s'],
    [0.000_02, 's', '20 µs'],
    [90, 's', '90 s'],
    [7200, 's', '2 h'],
    [250, 'ms', '250 ms'],
    [2500, 'ms', '2.5 s'],
    [1_500_000_000, 'bytes', '1.5 GB'],
    [2048, 'Bps', '2.05 kB/s'],
    [12.345, 'reqps', '12.3 req/s'],
    [1234.5, 'short', '1230'],
    [-3, 'short', '-3'],
    [3, '', '3'],
    [1, 'bool', 'yes'],
    [Number.NaN, 's', 'no sample'],
    [Number.POSITIVE_INFINITY, 's', 'infinite'],
  ])('%d of %j is said as %j', (value, unit, said) => expect(sayValue(value, unit)).toBe(said));

  it('is never said in powers of ten where a person can read it, nor with endless digits', () => {
    const value = fc.double({ min: 1e-6, max: 1e12, noNaN: true });
    fc.assert(
      fc.property(value, fc.constantFrom('s', 'percentunit', 'bytes', 'short', 'reqps'), (v, unit) => {
        const said = sayValue(v, unit);
        expect(said).not.toMatch(/e[-+]?\d/);
        expect(said.replace(/[^1-9]/g, '').length).toBeLessThanOrEqual(3);
      }),
    );
  });
});

describe('a range', () => {
  it.each([
    [-1.58e-11, 1.58e-11, 0.8867, 'percentunit', '0 %'],
    [-0.002, 0.01, 0.5, 'percentunit', '0 to 1 %'],
    [0.02, 0.08, 1.9, 's', '20 to 80 ms'],
    [0.5, 1.2, 9, 's', '500 ms to 1.2 s'],
    [0, 0.08, 1.9, 's', '0 to 80 ms'],
    [1, 3, 9, '', '1 to 3'],
    [-2, 3, 9, 'short', '-2 to 3'],
    [12, 12.0001, 90, 'reqps', '12 req/s'],
  ])('%d to %d, seen %d, of %s is said as %j', (low, high, seen, unit, said) =>
    expect(sayRange({ low, high }, seen, unit)).toBe(said),
  );
});

describe('odds', () => {
  it.each([
    [2.8e-7, 'by chance 1 in 3.6 million'],
    [0.01, 'by chance 1 in 100'],
    [0.000_05, 'by chance 1 in 20,000'],
    [0.3, 'by chance 30 % of the time'],
    [0, 'by chance hardly ever'],
    [Number.NaN, 'odds unknown'],
  ])('%d is said as %j', (p, said) => expect(sayOdds(p)).toBe(said));
});

describe('names', () => {
  it.each([
    [{ service: 'catalog', peer_service: 'redis' }, 'catalog to redis'],
    [{ service: 'frontend', instance: '10.0.0.1:80' }, 'frontend (10.0.0.1:80)'],
    [{ instance: '10.0.0.1:80', job: 'node' }, 'node (10.0.0.1:80)'],
    [{ service: 'redis' }, 'redis'],
    [{ topic: 'orders', partition: '3' }, 'orders 3'],
    [{}, 'unknown'],
  ])('%j is %s', (entity, said) => expect(sayEntity(entity)).toBe(said));

  it('makes words of signals and leaves the names of alerts', () => {
    expect(['call_error_ratio', 'HighErrorRate'].map(saySignal)).toEqual([
      'call error ratio',
      'HighErrorRate',
    ]);
  });

  it('counts and lists', () => {
    expect([sayCount(1, 'alert'), sayCount(2, 'alert'), sayCount(2, 'entity', 'entities')]).toEqual([
      '1 alert',
      '2 alerts',
      '2 entities',
    ]);
    expect([sayList(['a']), sayList(['a', 'b', 'c']), sayList(['a', 'b', 'c'], 2)]).toEqual([
      'a',
      'a, b and c',
      'a, b and 1 more',
    ]);
  });
});

it('times carry their zone, spans two parts', () => {
  expect(sayTime(0)).toBe('1970-01-01 00:00:00 UTC');
  expect(sayTime(Number.NaN)).toBe('at an unknown time');
  expect([0, 20_000, 95_000, 3_905_000, 86_400_000].map(saySpan)).toEqual([
    '0 s',
    '20 s',
    '1 min 35 s',
    '1 h 5 min',
    '1 d',
  ]);
});
