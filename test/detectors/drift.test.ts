import { describe, expect, it } from 'vitest';
import { redService, redSignals } from '../../bench/red-series.ts';
import type { Frame } from '../../core/batch.ts';
import type { FittedDetector } from '../../core/detector.ts';
import { createWindow } from '../../core/window.ts';
import { Drift, driftFromBytes } from '../../detectors/drift.ts';

const options = { window: 30, ramp: 15 };
const context = { signals: redSignals, step: 60_000, seed: 1 };
const life = redService(2000, { size: 0.05, correlation: 0.4 }, 5);

/** The frame in units of each signal's own mean and deviation. */
function standardized(frame: Frame): Frame {
  const columns = frame.columns.map(column => {
    const mean = column.reduce((sum, v) => sum + v, 0) / column.length;
    const spread = Math.sqrt(column.reduce((sum, v) => sum + (v - mean) ** 2, 0) / column.length);
    return column.map(v => (v - mean) / spread);
  });
  return { ...frame, columns };
}

const normal = standardized(life);
const fitted = new Drift(options, context).fit([normal]);

/** Score of the window that ends at `row`, after `change` has been put on the signal `k` of each row in it. */
function scoreAt(row: number, k = 0, change: (back: number, z: number) => number = (_, z) => z): number {
  return scored(fitted, row, k, change).score;
}

function scored(by: FittedDetector, row: number, k: number, change: (back: number, z: number) => number) {
  const width = redSignals.length;
  const window = createWindow(1, width, 30);
  for (let back = 39; back >= 0; back--) {
    const values = Float64Array.from(normal.columns, column => column[row - back]!);
    values[k] = change(back, values[k]!);
    const of = { name: 'test', signals: redSignals, step: 60_000 };
    window.push({ class: of, t: (row - back) * 60_000, entities: [], values, partial: false });
  }
  const out = new Float64Array(1);
  by.score(window, out);
  const shares = new Float64Array(width);
  by.shares(window, 0, shares);
  return { score: out[0]!, shares };
}

const rows = Array.from({ length: 60 }, (_, i) => 100 + 30 * i);
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const climb = (slope: number) => (back: number, z: number) => z + slope * Math.max(0, 15 - back);
const usual = mean(rows.map(row => scoreAt(row)));
const latency = redSignals.findIndex(s => s.name === 'latency_p95');
const traffic = redSignals.findIndex(s => s.name === 'request_rate');

describe('drift', () => {
  it('rises with the slope of a climb, and names the signal', () => {
    const at = [0.1, 0.2, 0.4].map(slope => mean(rows.map(row => scoreAt(row, latency, climb(slope)))));
    expect([usual, ...at].toSorted((a, b) => a - b)).toEqual([usual, ...at]);
    expect(at[2]).toBeGreaterThan(3 * usual);
    const { shares } = scored(fitted, 500, latency, climb(0.4));
    expect(shares[latency]).toBeGreaterThan(0.8);
  });

  it('leaves a lone spike, a fall of what is bad when high, and a level that stays, as they are', () => {
    const spike = mean(rows.map(row => scoreAt(row, latency, (back, z) => (back === 20 ? z + 50 : z))));
    const fall = mean(rows.map(row => scoreAt(row, latency, climb(-0.4))));
    const level = mean(rows.map(row => scoreAt(row, latency, (_, z) => z + 10)));
    for (const score of [spike, fall, level]) expect(score).toBeLessThan(1.3 * usual);
  });

  it('does not look at traffic where latency, errors or saturation are watched', () => {
    for (const row of rows.slice(0, 5)) expect(scoreAt(row, traffic, climb(1))).toBe(scoreAt(row));
  });

  it('looks back over a hole, and cannot tell without a newest sample', () => {
    const hole = (back: number, z: number) => (back > 3 && back < 8 ? Number.NaN : climb(0.4)(back, z));
    expect(mean(rows.map(row => scoreAt(row, latency, hole)))).toBeGreaterThan(2 * usual);
    const gone = createWindow(1, redSignals.length, 30);
    const values = new Float64Array(redSignals.length).fill(Number.NaN);
    const of = { name: 'test', signals: redSignals, step: 60_000 };
    gone.push({ class: of, t: 0, entities: [], values, partial: false });
    const out = new Float64Array(1);
    fitted.score(gone, out);
    expect(out[0]).toBeNaN();
  });

  it('refuses bytes that are not its own', () => {
    expect(() => driftFromBytes(fitted.toBytes().subarray(0, 40))).toThrow(RangeError);
  });
});
