import { describe, expect, it } from 'vitest';
import type { Frame } from '../../core/batch.ts';
import type { FittedDetector } from '../../core/detector.ts';
import { signalSchema } from '../../core/pack.ts';
import { createRandom } from '../../core/random.ts';
import { createWindow, type Window } from '../../core/window.ts';
import { LstmAutoencoder, lstmAutoencoderFromBytes } from '../../detectors/lstm-autoencoder.ts';

const options = { window: 12, hidden: 16, latent: 8, windows: 1200, epochs: 12, recent: 2, top: 1 };
const step = 60_000;
const signalsOf = (bad: 'high' | 'both') =>
  ['traffic', 'latency'].map(name => signalSchema.parse({ name, kind: 'latency', query: 'q', bad }));

/** Two signals of one wave, the second following the first by a quarter. */
const wave = (t: number) => [1.5 * Math.sin(t / 4), 1.5 * Math.cos(t / 4)] as const;

function frameOf(rows: number, seed: number): Frame {
  const random = createRandom(seed);
  const t = Float64Array.from({ length: rows }, (_, i) => i * step);
  const columns = [0, 1].map(k => t.map((_, i) => wave(i + seed)[k]! + 0.1 * (random() - 0.5)));
  return { entity: { pod: String(seed) }, signals: ['traffic', 'latency'], step, t, columns };
}

function windowOf(rows: readonly (readonly (readonly [number, number])[])[]): Window {
  const window = createWindow(rows.length, 2, 20);
  const entities = rows.map(() => ({}));
  for (let t = 0; t < rows[0]!.length; t++) {
    const values = Float64Array.from(rows.flatMap(row => [...row[t]!]));
    window.push({ class: { name: 'c', signals: [], step }, t, entities, values, partial: false });
  }
  return window;
}

function scores(
  fitted: FittedDetector,
  rows: readonly (readonly (readonly [number, number])[])[],
): Float64Array {
  const out = new Float64Array(rows.length);
  fitted.score(windowOf(rows), out);
  return out;
}

const course = (from: number, n = 20) => Array.from({ length: n }, (_, i) => wave(from + i));
const taught = (bad: 'high' | 'both' = 'both', frames = [frameOf(900, 1), frameOf(900, 40)]) =>
  new LstmAutoencoder(options, { signals: signalsOf(bad), step, seed: 3 }).fit(frames);

describe('an LSTM autoencoder', () => {
  const fitted = taught();

  it('learns a course: usual values in an unusual order stand out', () => {
    const still = course(100).map(() => wave(107));
    const [usual, stuck] = scores(fitted, [course(50), still]);
    expect(usual).toBeLessThan(2);
    expect(stuck).toBeGreaterThan(2 * usual!);
  });

  it('finds a broken relation of two signals, each of which is usual', () => {
    const swapped = course(50).map(([a, b], t) => (t > 16 ? ([-a, b] as const) : ([a, b] as const)));
    const [usual, broken] = scores(fitted, [course(50), swapped]);
    expect(broken).toBeGreaterThan(2 * usual!);
    const shares = new Float64Array(2);
    fitted.shares(windowOf([swapped]), 0, shares);
    expect(shares[0]).toBeGreaterThan(0.6);
  });

  it('scores each of many rows as it would alone', () => {
    const rows = Array.from({ length: 150 }, (_, i) => course(i));
    const together = scores(fitted, rows);
    for (const row of [0, 63, 64, 149]) expect(scores(fitted, [rows[row]!])[0]).toBe(together[row]);
  });

  it('feeds the median for a missing value, which has no error', () => {
    const holed = course(50).map(([a, b], t) =>
      t % 3 === 0 ? ([Number.NaN, b] as const) : ([a, b] as const),
    );
    const gone = course(50).map(([, b]) => [Number.NaN, b] as const);
    const dark = course(50).map((it, t) => (t === 19 ? ([Number.NaN, Number.NaN] as const) : it));
    const [withHoles, withoutFirst, unanswered] = scores(fitted, [holed, gone, dark]);
    expect(withHoles).toBeLessThan(12);
    expect(withoutFirst).toBeGreaterThan(0);
    expect(unanswered).toBeNaN();
    const shares = new Float64Array(2);
    fitted.shares(windowOf([gone]), 0, shares);
    expect([...shares]).toEqual([0, 1]);
  });

  it('counts only errors in the direction that matters', () => {
    const up = course(50).map(([a, b], t) => (t > 17 ? ([a, b + 6] as const) : ([a, b] as const)));
    const down = course(50).map(([a, b], t) => (t > 17 ? ([a, b - 6] as const) : ([a, b] as const)));
    const high = taught('high');
    const share = (row: typeof up) => {
      const out = new Float64Array(2);
      high.shares(windowOf([row]), 0, out);
      return out[1]!;
    };
    const [rise, fall] = scores(high, [up, down]);
    expect(rise).toBeGreaterThan(fall!);
    expect(fall).toBeLessThan(2);
    expect(share(up)).toBeGreaterThan(0.5);
    expect(share(down)).toBeLessThanOrEqual(0.5);
  });

  it('is trained the same in any order of other work, under one seed', () => {
    expect(scores(taught(), [course(50)])).toEqual(scores(fitted, [course(50)]));
    const other = new LstmAutoencoder(options, { signals: signalsOf('both'), step, seed: 4 });
    expect(scores(other.fit([frameOf(900, 1)]), [course(50)])).not.toEqual(scores(fitted, [course(50)]));
  });

  it('writes the median back when there was nothing to learn', () => {
    const untaught = taught('both', [frameOf(5, 1)]);
    const [score] = scores(untaught, [course(50)]);
    const newest = [wave(68), wave(69)];
    const rms = (k: 0 | 1) => Math.sqrt((newest[0]![k] ** 2 + newest[1]![k] ** 2) / 2);
    expect(score).toBeCloseTo(Math.max(rms(0), rms(1)), 5);
  });

  it('takes any window, any width and a short history', () => {
    for (const [window, width] of [
      [2, 1],
      [5, 9],
      [60, 3],
    ] as const) {
      const signals = Array.from({ length: width }, () => signalsOf('both')[0]!);
      const random = createRandom(width);
      const t = Float64Array.from({ length: 80 }, (_, i) => i);
      const columns = signals.map(() => t.map(() => random() - 0.5));
      const small = { ...options, window, windows: 20, epochs: 2 };
      const made = new LstmAutoencoder(small, { signals, step, seed: 1 }).fit([
        { entity: {}, signals: [], step, t, columns },
      ]);
      const view = createWindow(1, width, window);
      const values = new Float64Array(width).fill(0.2);
      view.push({ class: { name: 'c', signals, step }, t: 0, entities: [], values, partial: false });
      const out = new Float64Array(1);
      made.score(view, out);
      expect(Number.isFinite(out[0])).toBe(true);
    }
  });

  it('refuses bytes of another method or shape', () => {
    const bytes = fitted.toBytes();
    expect(() => lstmAutoencoderFromBytes(bytes.subarray(0, 50))).toThrow(RangeError);
    const text = new TextDecoder('latin1').decode(bytes).replace('"width":2', '"width":3');
    const wrong = Uint8Array.from(text, character => character.charCodeAt(0));
    expect(() => lstmAutoencoderFromBytes(wrong)).toThrow(/not those of an LSTM autoencoder|error scale/);
  });
});
