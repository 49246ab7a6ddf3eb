import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { agreement, type CaseForecast, overCases, ownForecast } from '../../bench/prophet/agreement.ts';
import { prophetCases } from '../../bench/prophet/series.ts';

/** Forecasts of Python prophet on the simulated series, as `node dist/bench/prophet/parity.js --freeze` wrote them. */
const frozen: readonly CaseForecast[] = JSON.parse(
  readFileSync(path.join(import.meta.dirname, 'prophet-forecasts.json'), 'utf8'),
);
const cases = prophetCases();
const all = cases.map((one, i) => agreement(ownForecast(one), frozen[i]!));

describe('our fit of the model agrees with the reference implementation', () => {
  it('has a frozen forecast of every series', () => {
    expect(frozen.map(({ name }) => name)).toEqual(cases.map(({ name }) => name));
  });

  it('lies within 1 % of the mean in the median of the series, and at their 90th percentile', () => {
    const { median, p90 } = overCases(all);
    expect(median).toBeLessThan(0.001);
    expect(p90).toBeLessThan(0.01);
  });

  for (const { name, off, width } of all.filter(one => one.name !== 'mostly noise')) {
    it(`${name}: the expected values and the width of the interval are the same`, () => {
      expect(off).toBeLessThan(0.01);
      expect(width).toBeGreaterThan(0.9);
      expect(width).toBeLessThan(1.1);
    });
  }

  it('differs by less than a tenth of the noise where a series is hardly more than that', () => {
    const { off } = all.find(one => one.name === 'mostly noise')!;
    expect(off).toBeLessThan(0.04);
  });
});
