import { describe, expect, it } from 'vitest';
import type { Frame } from '../../core/batch.ts';
import { signalSchema } from '../../core/pack.ts';
import { createRandom } from '../../core/random.ts';
import { createWindow } from '../../core/window.ts';
import { IsolationForest, isolationForestFromBytes } from '../../detectors/isolation-forest.ts';
import { growForest, meanPath } from '../../detectors/isolation-tree.ts';

const signals = ['cpu', 'memory'].map(name => signalSchema.parse({ name, kind: 'cpu', query: 'q' }));
const options = { trees: 50, subsample: 128, rows: 5000 };
const step = 60_000;

function frameOf(columns: readonly Float64Array[]): Frame {
  const t = Float64Array.from(columns[0]!, (_, i) => i * step);
  return { entity: {}, signals: ['cpu', 'memory'], step, t, columns };
}

function uniform(n: number, seed: number): Float64Array {
  const random = createRandom(seed);
  return Float64Array.from({ length: n }, () => random());
}

/** Scores of rows of two signals by one forest. */
function scoresOf(history: readonly Frame[], rows: readonly (readonly [number, number])[], trees = options) {
  const window = createWindow(rows.length, 2, 1);
  const entities = rows.map(() => ({}));
  const values = Float64Array.from(rows.flat());
  window.push({ class: { name: 'c', signals, step }, t: 0, entities, values, partial: false });
  const out = new Float64Array(rows.length);
  new IsolationForest(trees, { signals, step, seed: 1 }).fit(history).score(window, out);
  return out;
}

describe('an isolation forest', () => {
  it('normalizes by the mean path of an unsuccessful search', () => {
    expect([0, 1, 2].map(meanPath)).toEqual([0, 0, 1]);
    const harmonic = (n: number) => Array.from({ length: n }, (_, i) => 1 / (i + 1)).reduce((a, b) => a + b);
    expect(meanPath(256)).toBeCloseTo(2 * harmonic(255) - (2 * 255) / 256, 2);
  });

  it('puts the middle below an edge, and an edge below what is far out', () => {
    const history = frameOf([uniform(4000, 1), uniform(4000, 2)]);
    const [middle, edge, out] = scoresOf(
      [history],
      [
        [0.5, 0.5],
        [0.99, 0.01],
        [5, -4],
      ],
    );
    expect(middle).toBeLessThan(edge!);
    expect(edge).toBeLessThan(out!);
    expect(middle).toBeLessThan(0.5);
  });

  it('finds a combination that never was, though each signal alone is usual', () => {
    const load = uniform(4000, 3);
    const history = frameOf([load, load.map((v, i) => v + 0.02 * Math.sin(i))]);
    const [usual, broken] = scoresOf(
      [history],
      [
        [0.3, 0.3],
        [0.3, 0.75],
      ],
    );
    expect(broken).toBeGreaterThan(usual! + 0.05);
  });

  it('never splits on a signal that does not vary', () => {
    const x = Float64Array.from({ length: 1000 }, (_, i) => (i % 2 === 0 ? 7 : Math.sin(i)));
    const forest = growForest(x, 500, { trees: 20, subsample: 64, width: 2, random: createRandom(1) });
    const used = forest.feature.filter((_, node) => Number.isFinite(forest.threshold[node]!));
    expect(new Set(used)).toEqual(new Set([1]));
  });

  it('gives all rows of a history without variation one score', () => {
    const still = frameOf([new Float64Array(500).fill(3), new Float64Array(500).fill(-1)]);
    const scores = scoresOf(
      [still],
      [
        [3, -1],
        [9, 9],
      ],
    );
    expect(scores[0]).toBe(scores[1]);
    expect(scores[0]).toBeGreaterThan(0);
  });

  it('takes the median for a missing signal, and cannot tell when all are missing', () => {
    const history = frameOf([uniform(4000, 1), uniform(4000, 2)]);
    const [whole, holed, none] = scoresOf(
      [history],
      [
        [0.5, 0.5],
        [Number.NaN, 0.5],
        [Number.NaN, Number.NaN],
      ],
    );
    expect(Math.abs(holed! - whole!)).toBeLessThan(0.02);
    expect(none).toBeNaN();
  });

  it('is shared by the entities of a class: their order in the history does not matter to its reach', () => {
    const low = frameOf([uniform(2000, 1), uniform(2000, 2)]);
    const high = frameOf([uniform(2000, 3).map(v => v + 10), uniform(2000, 4)]);
    const probes = [
      [0.5, 0.5],
      [10.5, 0.5],
      [5, 0.5],
    ] as const;
    for (const history of [
      [low, high],
      [high, low],
    ]) {
      const [a, b, between] = scoresOf(history, probes);
      expect(between).toBeGreaterThan(Math.max(a!, b!));
    }
  });

  it.each([256, 1024, 4096])('isolates with a subsample of %i', subsample => {
    const history = frameOf([uniform(6000, 1), uniform(6000, 2)]);
    const [middle, out] = scoresOf(
      [history],
      [
        [0.5, 0.5],
        [3, 3],
      ],
      { ...options, subsample },
    );
    expect(out).toBeGreaterThan(middle! + 0.1);
  });

  it('survives values at the ends of the number range', () => {
    const wild = Float64Array.from({ length: 400 }, (_, i) => [1.7e308, -1.7e308, 5e-324, 0][i % 4]!);
    const scores = scoresOf(
      [frameOf([wild, uniform(400, 1)])],
      [
        [1.7e308, 0.5],
        [0, 1e300],
      ],
    );
    expect(scores.every(Number.isFinite)).toBe(true);
  });

  it('refuses bytes that name a signal which is not there', () => {
    const context = { signals, step, seed: 1 };
    const history = frameOf([uniform(100, 1), uniform(100, 2)]);
    const bytes = new IsolationForest({ ...options, trees: 1 }, context).fit([history]).toBytes();
    const head = new DataView(bytes.buffer).getUint32(0, true) + 4;
    new DataView(bytes.buffer).setFloat64(head, 1000, true);
    expect(() => isolationForestFromBytes(bytes)).toThrow(/signals that a row of 2 does not have/);
  });
});
