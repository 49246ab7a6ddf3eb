import { describe, expect, it } from 'vitest';
import type { Frame } from '../../core/batch.ts';
import type { FittedDetector } from '../../core/detector.ts';
import { signalSchema } from '../../core/pack.ts';
import { createRandom } from '../../core/random.ts';
import { createWindow, type Window } from '../../core/window.ts';
import { detectors } from '../../detectors/index.ts';

const signals = ['errors', 'latency', 'traffic'].map(name =>
  signalSchema.parse({ name, kind: 'errors', query: 'q' }),
);
const context = { signals, step: 60_000, seed: 7 };
const minute = 60_000;

/** Standardized normal life of three signals. */
function history(rows = 600): Frame {
  const random = createRandom(3);
  const normal = () => random() + random() + random() + random() - 2;
  const columns = signals.map(() => Float64Array.from({ length: rows }, normal));
  const t = Float64Array.from({ length: rows }, (_, i) => i * minute);
  return { entity: { instance: 'a' }, signals: signals.map(s => s.name), step: minute, t, columns };
}

function windowOf(rows: readonly (readonly number[])[]): Window {
  const window = createWindow(1, 3, 32);
  rows.forEach((values, i) => {
    window.push({
      class: { name: 'test', signals, step: minute },
      t: i * minute,
      entities: [],
      values: Float64Array.from(values),
      partial: false,
    });
  });
  return window;
}

function score(fitted: FittedDetector, window: Window): number {
  const out = new Float64Array(1);
  fitted.score(window, out);
  return out[0]!;
}

const repeat = (values: number[], n: number) => Array.from({ length: n }, () => values);

/** Detectors of what is new: what has been there for all of the window is nothing to them. */
const ofNews: ReadonlySet<string> = new Set(['jump', 'spectral-residual']);
/** Detectors whose score need not rise with every jump, and why. */
const relative: Readonly<Record<string, string>> = {
  'spectral-residual': 'saliency is relative to the window, which holds the jump itself',
};

describe.each(detectors.map(d => [d.name, d] as const))('%s', (name, component) => {
  const fitted = component.make(context).fit([history()]);
  const after = ofNews.has(name) ? repeat([0, 0, 0], 27) : undefined;
  const jumped = (row: number[]) => windowOf(after === undefined ? repeat(row, 20) : [...after, row]);
  const jump = jumped([0.1, 4, -0.2]);

  it('is the same under the same seed', () => {
    expect(score(component.make(context).fit([history()]), jump)).toBe(score(fitted, jump));
  });

  it('changes no state by scoring', () => {
    const before = fitted.toBytes();
    expect(score(fitted, jump)).toBe(score(fitted, jump));
    expect(fitted.toBytes()).toEqual(before);
  });

  it.each([
    ['a flat line', repeat([0, 0, 0], 20)],
    ['one sample', [[0.5, 0.1, 0]]],
    ['a signal that is missing', repeat([Number.NaN, 0.1, 0], 20)],
    ['a gap before the newest', [[0, 0, 0], ...repeat([Number.NaN, Number.NaN, Number.NaN], 5), [0, 0, 0]]],
    ['far out values', repeat([1e300, -1e300, 5e-324], 20)],
  ])('is finite on %s', (_what, rows) => {
    expect(Number.isFinite(score(fitted, windowOf(rows)))).toBe(true);
  });

  it('cannot tell of rows without any sample', () => {
    expect(score(fitted, windowOf(repeat([Number.NaN, Number.NaN, Number.NaN], 20)))).toBeNaN();
  });

  it('rises with the size of a jump and names its signal', () => {
    const at = [0, 1, 3, 8, 20].map(size => score(fitted, jumped([0, size, 0])));
    if (!(name in relative)) expect([...at].sort((a, b) => a - b)).toEqual(at);
    expect(at[4]).toBeGreaterThan(at[0]!);
    const shares = new Float64Array(3);
    fitted.shares(jump, 0, shares);
    expect(shares.indexOf(Math.max(...shares))).toBe(1);
    expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 9);
  });

  it('gives the same scores after a trip through bytes, and refuses cut ones', () => {
    const bytes = fitted.toBytes();
    expect(score(component.fromBytes(bytes), jump)).toBe(score(fitted, jump));
    expect(() => component.fromBytes(bytes.subarray(0, bytes.length - 3))).toThrow(RangeError);
  });

  it('survives a history without a sample', () => {
    const empty = { ...history(5), columns: signals.map(() => new Float64Array(5).fill(Number.NaN)) };
    expect(Number.isFinite(score(component.make(context).fit([empty]), jump))).toBe(true);
  });

  it('documents each option', () => {
    expect(component.summary.length).toBeGreaterThan(20);
    expect(() => component.create({ nonsense: 1 }, context)).toThrow();
  });
});
