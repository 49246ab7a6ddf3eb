import { describe, expect, it } from 'vitest';
import type { Batch } from '../../core/batch.ts';
import { signalSchema } from '../../core/pack.ts';
import { createRandom } from '../../core/random.ts';
import { classModelFromBytes, classModelToBytes } from '../../detectors/class-bytes.ts';
import type { ClassModel } from '../../detectors/class-model.ts';
import { fitClassModel } from '../../detectors/fit.ts';

const step = 60_000;
const day = 1440;
const entity = { instance: 'a' };

/** A course of several signals, one row a minute. */
type Course = (i: number, k: number) => number;

const random = createRandom(7);
const gauss = () => {
  let sum = -6;
  for (let i = 0; i < 12; i++) sum += random();
  return sum;
};
const heavy = () => gauss() / Math.sqrt(0.15 + random());

/** First-order autoregression of each signal, its innovations drawn by `draw`. */
function autoregression(rho: number, draw: () => number): Course {
  const last = new Map<number, number>();
  return (_, k) => {
    const next = rho * (last.get(k) ?? 0) + draw();
    last.set(k, next);
    return next;
  };
}

const normalLives: readonly (readonly [string, Course])[] = [
  ['white noise', autoregression(0, gauss)],
  ['autocorrelated', autoregression(0.9, gauss)],
  ['heavy-tailed', autoregression(0.3, heavy)],
  ['with a daily season', (i, k) => 5 * Math.sin((2 * Math.PI * i) / day + k) + gauss()],
  ['with a trend', (i, k) => (0.002 * i * (k + 1)) / 2 + gauss()],
];

const detectors = ['robust-z'];

function play(
  width: number,
  course: Course,
): { readonly model: ClassModel; readonly next: (i: number, add?: number) => number } {
  const signals = Array.from({ length: width }, (_, k) =>
    signalSchema.parse({ name: `s${k}`, kind: 'saturation', query: 'up' }),
  );
  const rows = 3 * day;
  const t = Float64Array.from({ length: rows }, (_, i) => i * step);
  const columns = signals.map(() => new Float64Array(rows));
  for (let i = 0; i < rows; i++) for (let k = 0; k < width; k++) columns[k]![i] = course(i, k);
  const context = { signals, step, seed: 1, fpr: 0.01, detectors };
  const frame = { entity, signals: signals.map(s => s.name), step, t, columns };
  const model = fitClassModel([frame], context);
  const entities = [entity];
  const next = (i: number, add = 0) => {
    const values = Float64Array.from({ length: width }, (_, k) => course(rows + i, k) + add);
    const batch: Batch = {
      class: { name: 'test', signals, step },
      t: (rows + i) * step,
      entities,
      values,
      partial: false,
    };
    const { flagged } = model.judge(batch);
    return flagged[0]!;
  };
  return { model, next };
}

function flaggedShare(width: number, course: Course, rows: number): number {
  const { model, next } = play(width, course);
  let flagged = 0;
  for (let i = 0; i < rows; i++) {
    flagged += next(i);
    model.learn();
  }
  return flagged / rows;
}

describe.each([1, 6])('a class of %i signals', width => {
  it.each(normalLives)('flags no more of normal life than the stated share: %s', (_, course) => {
    expect(flaggedShare(width, course, 4 * day)).toBeLessThan(0.012);
  });

  it('flags a spike of twenty times the scale', () => {
    const { model, next } = play(width, autoregression(0.5, gauss));
    for (let i = 0; i < 200; i++) {
      next(i);
      model.learn();
    }
    expect(next(200, 20)).toBe(1);
    expect(model.anomalies().length).toBe(1);
  });

  it('takes a lasting change of level for the new normal within a day, and says so', () => {
    const { model, next } = play(width, autoregression(0.3, gauss));
    const flags: number[] = [];
    let said = '';
    for (let i = 0; i < 2 * day; i++) {
      flags.push(next(i, i < 100 ? 0 : 15));
      if (i > 100 && i < day) said ||= /new normal/.exec(model.explain(0)?.reason ?? '')?.[0] ?? '';
      model.learn();
    }
    expect(flags.slice(100, 105).some(flag => flag === 1)).toBe(true);
    expect(flags.slice(day + 100).reduce((a, b) => a + b, 0) / (day - 100)).toBeLessThan(0.01);
    expect(said).toBe('new normal');
  });

  it('goes on with its decisions after a restart', () => {
    const { model, next } = play(width, autoregression(0.5, gauss));
    for (let i = 0; i < 300; i++) {
      next(i);
      model.learn();
    }
    const bytes = classModelToBytes(model);
    const { context } = model.parts;
    const again = classModelFromBytes(bytes, { ...context, fpr: 0.01 });
    expect(classModelToBytes(again)).toEqual(bytes);
  });
});
