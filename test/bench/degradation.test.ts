import { describe, expect, it } from 'vitest';
import { runDegradation } from '../../bench/degradation-cases.ts';
import { type RedDrift, redService } from '../../bench/red-series.ts';

const day = 1440;
const kinds = ['latency', 'errors', 'saturation', 'all three'] as const;
const services = (size: number) =>
  [0, 0.4, 0.8].map((correlation, i) => redService(6 * day, { size, correlation }, 300 + i));
const drifts = (slopes: readonly number[]): readonly RedDrift[] =>
  kinds.flatMap(kind => slopes.map(slope => ({ kind, slope })));
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const how = { fitRows: 4 * day, every: 240 };

describe('a service that slowly degrades, its signals 2 % noisy, is told within 15 minutes', () => {
  const slopes = [0.005, 0.01, 0.02, 0.03];
  const run = runDegradation(services(0.02), drifts(slopes), how);

  it('in nine of ten cases at .5 to 3 % a minute, by chance in far fewer', () => {
    expect(run.cases).toBeGreaterThan(30);
    expect(mean(run.found)).toBeGreaterThanOrEqual(0.9);
    expect(run.control).toBeLessThan(0.2);
  });

  it('in each case that climbs by 2 % a minute or more', () => {
    for (let i = 0; i < run.found.length; i++)
      if (i % slopes.length >= 2) expect(run.found[i]).toBeGreaterThan(0.97);
  });

  it('while normal rows are marked no more often than stated', () => {
    // 8,640 rows in episodes: two standard errors of the share are .002.
    expect(run.falsePositives).toBeLessThan(0.012);
  });
});

it('is told by drift alone at 5 % noise too, from 1.5 % a minute on', () => {
  const run = runDegradation(services(0.05), drifts([0.015, 0.02, 0.03]), { ...how, detectors: ['drift'] });
  expect(mean(run.found)).toBeGreaterThanOrEqual(0.9);
  expect(run.falsePositives).toBeLessThan(0.012);
});
