import { describe, expect, it } from 'vitest';
import { createRandom } from '../../core/random.ts';
import { detectRows, type ReplayColumns } from '../../detectors/replay.ts';

const minute = 60_000;

function life(rows: number, seed: number, from = 0): ReplayColumns {
  const random = createRandom(seed);
  const noise = () => random() + random() + random() + random() - 2;
  return {
    t: Float64Array.from({ length: rows }, (_, i) => (from + i) * minute),
    signals: ['latency', 'errors'],
    columns: [
      Float64Array.from({ length: rows }, () => 10 + noise()),
      Float64Array.from({ length: rows }, noise),
    ],
  };
}

const train = life(3000, 1);
const options = { fpr: 0.01, seed: 1 };

describe('detectRows', () => {
  it('marks a fault, names its signal, and leaves normal rows alone', () => {
    const input = life(3000, 2, 3000);
    input.columns[0]!.fill(30, 2000, 2030);
    const { anomaly, topSignal, p } = detectRows(train, input, options);
    expect(anomaly.subarray(2005, 2025).every(a => a === 1)).toBe(true);
    expect(topSignal[2015]).toBe(0);
    expect(p[2002]).toBeLessThan(0.001);
    const normal = anomaly.filter((_, i) => i < 2000 || i > 2060);
    expect(normal.reduce((a, b) => a + b, 0) / normal.length).toBeLessThan(0.03);
  });

  it('reads no row of the future', () => {
    const input = life(400, 2, 3000);
    const other = life(400, 2, 3000);
    other.columns[0]!.fill(99, 300);
    const a = detectRows(train, input, options);
    const b = detectRows(train, other, options);
    expect(b.score.subarray(0, 300)).toEqual(a.score.subarray(0, 300));
    expect(b.anomaly.subarray(0, 300)).toEqual(a.anomaly.subarray(0, 300));
  });

  it('answers every row; one that cannot be scored has no score, no mark, and is in the summary', () => {
    const input = life(300, 2, 3000);
    for (const column of input.columns) column.fill(Number.NaN, 100, 150);
    input.t[201] = input.t[200]!;
    const { score, p, anomaly, summary } = detectRows(train, input, options);
    expect(score.length).toBe(300);
    expect(score[149]).toBeNaN();
    expect(p[149]).toBeNaN();
    expect(anomaly[149]).toBe(0);
    expect(score[201]).not.toBeNaN();
    expect(summary.join('\n')).toMatch(/rows without a score/);
  });

  it('refuses rows that go back in time and detectors it does not know', () => {
    const input = life(10, 2, 3000);
    input.t[5] = 0;
    expect(() => detectRows(train, input, options)).toThrow(/row 6/);
    expect(() => detectRows(train, life(10, 2, 3000), { ...options, detectors: ['oracle'] })).toThrow(
      /unknown detector oracle/,
    );
  });

  it('survives constant, empty and enormous training', () => {
    for (const value of [0, 5, 1e300, Number.NaN]) {
      const flat = life(200, 1);
      for (const column of flat.columns) column.fill(value);
      const { anomaly } = detectRows(flat, life(50, 2, 200), options);
      expect(anomaly.length).toBe(50);
    }
  });
});
