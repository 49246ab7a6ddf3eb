import { describe, expect, it } from 'vitest';
import { signalSchema } from '../../core/pack.ts';
import { createRandom } from '../../core/random.ts';
import type { ClassModel } from '../../detectors/class-model.ts';
import { fitClassModel } from '../../detectors/fit.ts';

const step = 60_000;
const rows = 1500;
const spec = (name: string, more: object = {}) =>
  signalSchema.parse({ name, kind: 'saturation', query: 'q', ...more });
const errors = spec('error_ratio', { bad: 'high', floor: 0.01 });
const up = spec('up', { bad: 'low' });
const traffic = spec('traffic');
const a = { service: 'a' };
const b = { service: 'b' };
const constant = (value: number) => () => value;
const noise = (seed: number) => {
  const random = createRandom(seed);
  return () => 50 + 10 * random();
};

type Column = () => number;
type Signals = readonly (typeof errors)[];

/** A model of entities `a`, `b`, ... that lived `columns` (one array an entity). */
function modelOf(signals: Signals, columns: readonly (readonly Column[])[], length = rows): ClassModel {
  const t = Float64Array.from({ length }, (_, i) => i * step);
  const frames = columns.map((own, i) => ({
    entity: entities(columns.length)[i]!,
    signals: signals.map(s => s.name),
    step,
    t,
    columns: own.map(draw => Float64Array.from({ length }, draw)),
  }));
  return fitClassModel(frames, { signals, step, seed: 1, fpr: 0.01 });
}

const all = [a, b];
const entities = (n: number) => all.slice(0, n);

/** Feeds batches, learning each; answers the row's p of each. */
function live(model: ClassModel, signals: Signals, batches: readonly (readonly number[])[]): number[] {
  const known = entities((batches[0]?.length ?? 0) / signals.length);
  const from = Number.isNaN(model.t) ? rows : model.t / step + 1;
  return batches.map((values, i) => {
    const t = (from + i) * step;
    const { p } = model.judge({
      class: { name: 'service/service', signals, step },
      t,
      entities: known,
      values: Float64Array.from(values),
      partial: false,
    });
    const first = p[0]!;
    model.learn();
    return first;
  });
}

const repeat = (n: number, make: (i: number) => readonly number[]) =>
  Array.from({ length: n }, (_, i) => make(i));

describe('a signal that never moved', () => {
  it('is unfit, with the reason, and tiny noise on it is no anomaly', () => {
    const model = modelOf([errors, up], [[constant(0), constant(1)]]);
    const random = createRandom(9);
    const p = live(
      model,
      [errors, up],
      repeat(200, () => [random() * 1e-4, 1 + random() * 1e-3]),
    );
    expect(Math.min(...p)).toBe(1);
    expect(model.stateOf(0)).toEqual({ state: 'unfit', reason: 'constant: no signal has ever moved' });
  });

  it.each([
    ['error_ratio', [0.3, 1], 'error ratio 0.3, it was always 0 before'],
    ['up', [0, 0], 'up 0, it was always 1 before'],
  ] as const)('is found when %s moves, also where all signals were constant', (name, values, reason) => {
    const model = modelOf([errors, up], [[constant(0), constant(1)]]);
    live(
      model,
      [errors, up],
      repeat(50, () => [0, 1]),
    );
    const p = live(
      model,
      [errors, up],
      repeat(10, () => [...values]),
    );
    expect(Math.max(...p)).toBeLessThanOrEqual(0.01);
    const anomaly = model.explain(0);
    expect(anomaly).toMatchObject({ state: 'watching', reason, worst: { signal: name } });
    expect(anomaly?.shares[0]?.signal).toBe(name);
  });

  it('is found beside noisy signals, and not when it moves the harmless way or below its floor', () => {
    const at = (ratio: number, isUp: number) => {
      const draw = noise(3);
      const model = modelOf([errors, up, traffic], [[constant(0), constant(1), noise(2)]]);
      live(
        model,
        [errors, up, traffic],
        repeat(50, () => [0, 1, draw()]),
      );
      return Math.max(
        ...live(
          model,
          [errors, up, traffic],
          repeat(8, () => [ratio, isUp, 55]),
        ),
      );
    };
    expect(at(0.3, 1)).toBeLessThanOrEqual(0.01);
    expect(at(0, 0)).toBeLessThanOrEqual(0.01);
    expect(at(0.005, 1)).toBeGreaterThan(0.05);
    expect(at(0, 2)).toBeGreaterThan(0.05);
  });

  it('keeps its new level as the new normal after a while', () => {
    const model = modelOf([errors], [[constant(0)]]);
    live(
      model,
      [errors],
      repeat(50, () => [0]),
    );
    const p = live(
      model,
      [errors],
      repeat(600, () => [0.3]),
    );
    expect(p[9]).toBeLessThanOrEqual(0.01);
    expect(p[599]).toBeGreaterThan(0.05);
  });
});

describe('what goes missing', () => {
  const signals = [traffic, spec('latency')];
  const fresh = () =>
    modelOf(signals, [
      [noise(1), noise(2)],
      [noise(3), noise(4)],
    ]);
  const draws = [noise(5), noise(6), noise(7), noise(8)];
  const row = (first: number, second = draws[1]!()) => [first, second, draws[2]!(), draws[3]!()];

  it.each([
    [
      'a signal without samples',
      Number.NaN,
      5,
      'traffic has had no sample for 5 steps, the other signals have',
    ],
    ['a drop to zero', 0, 4, 'traffic has been 0 for 4 steps, it never was before'],
    ['a flat line', 55, 15, 'traffic has stood still for 14 steps, which it never did for so long'],
  ])('tells %s in words', (_what, value, steps, reason) => {
    const model = fresh();
    live(
      model,
      signals,
      repeat(60, () => row(draws[0]!())),
    );
    const p = live(
      model,
      signals,
      repeat(steps, () => row(value)),
    );
    expect(p[steps - 1]).toBeLessThanOrEqual(0.01);
    expect(model.explain(0)).toMatchObject({ state: 'watching', reason, worst: { signal: 'traffic' } });
  });

  it('tells an entity that is gone while others are there, for a while', () => {
    const model = fresh();
    live(
      model,
      signals,
      repeat(60, () => row(draws[0]!())),
    );
    const gone = () => row(Number.NaN, Number.NaN);
    const p = live(model, signals, repeat(5, gone));
    expect(p[4]).toBeLessThanOrEqual(0.01);
    expect(model.explain(0)?.reason).toBe(
      'no signal has had a sample for 5 steps; its target is down, or others of the class have theirs',
    );
    live(model, signals, repeat(100, gone));
    expect(model.stateOf(0).state).toBe('no_data');
  });

  it('says nothing of entities when the whole class is without data', () => {
    const model = fresh();
    const p = live(
      model,
      signals,
      repeat(10, () => repeat(4, () => [Number.NaN]).flat()),
    );
    expect(p[9]).toBeNaN();
    expect(model.stateOf(0).state).toBe('no_data');
  });
});

it('watches right after the fit when the history was long enough, and learns when it was not', () => {
  expect(modelOf([traffic], [[noise(1)]], 120).stateOf(0)).toEqual({ state: 'watching', reason: '' });
  expect(modelOf([traffic], [[noise(1)]], 50).stateOf(0)).toEqual({
    state: 'learning',
    reason: 'has seen 50 of 100 samples it needs',
  });
});
