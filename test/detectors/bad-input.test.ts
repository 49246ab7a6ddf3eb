import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { createRules } from '../../alerts/rule.ts';
import type { Batch, Frame } from '../../core/batch.ts';
import { signalSchema } from '../../core/pack.ts';
import { createRandom } from '../../core/random.ts';
import { createWindow } from '../../core/window.ts';
import { baselineOf, standardize } from '../../detectors/baseline.ts';
import type { ClassModel } from '../../detectors/class-model.ts';
import { fitClassModel } from '../../detectors/fit.ts';
import { detectors } from '../../detectors/index.ts';
import { detectRows } from '../../detectors/replay.ts';

const step = 60_000;
const names = ['errors', 'latency', 'queue'];
const signals = names.map((name, k) =>
  signalSchema.parse({ name, kind: 'errors', query: 'q', bad: (['high', 'low', 'both'] as const)[k] }),
);
const trained = 160;
const watched = 60;
const all = trained + watched;
const cheap = ['robust-z', 'isolation-forest'];

/** What a source may do to a column from `at` on, for `length` samples. */
type Spoil = (v: number, i: number) => number;
const spoils: Readonly<Record<string, Spoil>> = {
  nothing: v => v,
  'a run without samples': () => Number.NaN,
  'a constant': () => 7,
  'nearly a constant': (_, i) => 7 + (i % 2) * 1e-12,
  zero: () => 0,
  'minus zero': () => -0,
  'zero of both signs': (_, i) => (i % 2 === 0 ? 0 : -0),
  '1e300': v => v * 1e300,
  'minus 1e300': v => -v * 1e300,
  'now and then 1e300': (v, i) => (i % 7 === 0 ? 1e300 : v),
  'the largest number': () => Number.MAX_VALUE,
  'infinity in between': (v, i) => (i % 5 === 0 ? Number.POSITIVE_INFINITY : v),
  'minus infinity': () => Number.NEGATIVE_INFINITY,
  denormals: (_, i) => (i % 3) * 5e-324,
  'a large counter': (_, i) => 2 ** 53 + 2 * i,
  'a counter that is reset': (_, i) => (i % 20) * 1000,
  'a level far away': v => v + 1e9,
};
const spoiling = fc.record({
  how: fc.constantFrom(...Object.keys(spoils)),
  at: fc.nat(all - 1),
  length: fc.integer({ min: 1, max: all }),
});

/** Time between two rows: mostly the step; a scrape interval that changes, equal times, a clock that jumps ahead. */
const gaps = fc.record({
  at: fc.nat(all - 1),
  gap: fc.constantFrom(0, 1, step / 4, 4 * step, 86_400_000, 400 * 86_400_000),
  lasts: fc.constantFrom(1, all),
});

const inputs = fc.record({
  seed: fc.integer({ min: 1, max: 1e6 }),
  columns: fc.array(fc.array(spoiling, { maxLength: 2 }), { minLength: 3, maxLength: 3 }),
  gaps,
});
type Input = typeof inputs extends fc.Arbitrary<infer T> ? T : never;

function columnsOf({ seed, columns }: Pick<Input, 'seed' | 'columns'>): Float64Array[] {
  const random = createRandom(seed);
  return columns.map(parts => {
    const column = Float64Array.from({ length: all }, () => 10 + random() + random());
    for (const { how, at, length } of parts)
      for (let i = at; i < Math.min(all, at + length); i++) column[i] = spoils[how]!(column[i]!, i);
    return column;
  });
}

function timesOf({ at, gap, lasts }: Input['gaps']): Float64Array {
  let t = 1_700_000_000_000;
  return Float64Array.from({ length: all }, (_, i) => {
    t += i >= at && i < at + lasts ? gap : step;
    return t;
  });
}

const entity = { service: 'a' };
function frameOf(t: Float64Array, columns: readonly Float64Array[]): Frame {
  const head = columns.map(column => column.subarray(0, trained));
  return { entity, signals: names, step, t: t.subarray(0, trained), columns: head };
}

/** Lets a model live through the rows after the training; `each` looks at it after every judgement. */
function live(
  model: ClassModel,
  { t, columns }: { readonly t: Float64Array; readonly columns: readonly Float64Array[] },
  each: (batch: Batch) => void,
): void {
  const entities = [entity];
  for (let i = trained; i < t.length; i++) {
    const values = Float64Array.from(columns, column => column[i]!);
    const batch = { class: { name: 'a/a', signals, step }, t: t[i]!, entities, values, partial: false };
    model.judge(batch);
    each(batch);
    model.learn();
  }
}

const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0);

/** What must hold of every row, whatever came in. */
function holds(model: ClassModel, { values }: Batch): void {
  const row = model.explain(0)!;
  const dark = values.every(v => Number.isNaN(v));
  if (row.reason === 'no signal has a sample') expect(dark).toBe(true);
  if (Number.isNaN(row.p)) expect(row.reason).not.toBe('');
  else {
    expect(row.p).toBeGreaterThan(0);
    expect(row.p).toBeLessThanOrEqual(1);
    expect(Number.isFinite(row.score)).toBe(true);
    expect(sum(model.shares(0))).toBeCloseTo(1, 6);
    for (const share of model.shares(0)) expect(share).toBeGreaterThanOrEqual(0);
  }
  expect(Number.isFinite(row.score) || Number.isNaN(row.score)).toBe(true);
}

describe('whatever a source sends', () => {
  const runs = { seed: 11, numRuns: 40 };

  test('a class is judged without a crash, with p in (0, 1] or a reason, and shares that are a whole', () => {
    fc.assert(
      fc.property(inputs, input => {
        const [t, columns] = [timesOf(input.gaps), columnsOf(input)];
        const context = { signals, step, seed: 1, fpr: 0.01, detectors: cheap };
        const model = fitClassModel([frameOf(t, columns)], context);
        live(model, { t, columns }, batch => holds(model, batch));
      }),
      runs,
    );
  });

  test('a clock that is set back stops nothing', () => {
    fc.assert(
      fc.property(inputs, fc.integer({ min: 1, max: 400 * 86_400_000 }), (input, back) => {
        const columns = columnsOf(input);
        const t = timesOf({ ...input.gaps, gap: step });
        const context = { signals, step, seed: 1, fpr: 0.01, detectors: ['robust-z'] };
        const model = fitClassModel([frameOf(t, columns)], context);
        live(model, { t: t.map((at, i) => (i < trained + 20 ? at : at - back)), columns }, batch =>
          holds(model, batch),
        );
      }),
      { seed: 12, numRuns: 15 },
    );
  });

  test('a file is scored row by row, and rows without a score are counted with a reason', () => {
    fc.assert(
      fc.property(inputs, input => {
        const [t, columns] = [timesOf(input.gaps), columnsOf(input)];
        const part = (from: number, to: number) => ({
          t: t.subarray(from, to),
          signals: names,
          columns: columns.map(column => column.subarray(from, to)),
        });
        const options = { fpr: 0.01, seed: 1, detectors: cheap };
        const result = detectRows(part(0, trained), part(trained, all), options);
        let unscored = 0;
        for (let i = 0; i < watched; i++) {
          const [score, p] = [result.score[i]!, result.p[i]!];
          expect(Number.isNaN(score)).toBe(Number.isNaN(p));
          if (Number.isNaN(score)) unscored++;
          else {
            expect(p > 0 && p <= 1, `p ${p} of score ${score} in row ${i}`).toBe(true);
            expect(result.topShare[i]! > 0 && result.topShare[i]! <= 1.000001).toBe(true);
          }
        }
        const told = result.summary.find(line => /rows without a score/.test(line));
        expect(told ?? '').toMatch(unscored > 0 ? new RegExp(`^${unscored} rows`) : /^$/);
      }),
      { seed: 13, numRuns: 20 },
    );
  });
});

/** Columns as detectors see them, by the centre and scale of their first part. */
function standardized(columns: readonly Float64Array[]): Float64Array[] {
  return columns.map(column => {
    const { centre, scale, constant } = baselineOf(column.subarray(0, trained));
    const baseline = {
      centre: new Float32Array(all).fill(centre),
      scale: new Float32Array(all).fill(scale),
      constant: new Uint8Array(all).fill(constant),
    };
    const out = new Float64Array(all);
    standardize(column, baseline, out);
    return out;
  });
}

describe.each(detectors.map(each => [each.name, each] as const))('%s', (name, component) => {
  /** Every kind at least once; the autoencoder trains for each, so it gets few. */
  const numRuns = name === 'lstm-autoencoder' ? 2 : 30;

  it('answers a finite score for a row with a sample, else NaN, and shares that are a whole', () => {
    const context = { signals, step, seed: 1 };
    fc.assert(
      fc.property(inputs, input => {
        const columns = standardized(columnsOf(input));
        const fitted = component.make(context).fit([frameOf(timesOf(input.gaps), columns)]);
        const window = createWindow(1, names.length, fitted.lookback);
        const out = new Float64Array(1);
        const shares = new Float64Array(names.length);
        const class_ = { name: 'a/a', signals, step };
        for (let i = trained; i < all; i++) {
          const values = Float64Array.from(columns, column => column[i]!);
          window.push({ class: class_, t: i * step, entities: [entity], values, partial: false });
          fitted.score(window, out);
          if (values.every(v => Number.isNaN(v))) continue;
          expect(Number.isFinite(out[0]!), `${out[0]} for ${values}`).toBe(true);
          fitted.shares(window, 0, shares);
          expect(sum(shares)).toBeCloseTo(1, 6);
        }
      }),
      { seed: 14, numRuns },
    );
  });
});

describe('nobody is paged for', () => {
  const noise = (seed: number) => columnsOf({ seed, columns: [[], [], []] });
  const steady = timesOf({ at: all, gap: step, lasts: 1 });
  const spoilt = (how: string, at: number, length: number) => (seed: number) =>
    noise(seed).map((column, k) =>
      k === 2 ? column.map((v, i) => (i >= at && i < at + length ? spoils[how]!(v, i) : v)) : column,
    );
  const always = (how: string) => spoilt(how, 0, all);
  /** A rate of a counter that was reset: lower for as long as the window of the rate holds the reset. */
  const reset = (seed: number) =>
    noise(seed).map(column => column.map((v, i) => (i === trained + 20 ? 0.75 * v : v)));

  it.each([
    ['a constant', always('a constant'), steady],
    ['nearly a constant', always('nearly a constant'), steady],
    ['zero of both signs', always('zero of both signs'), steady],
    ['denormals', always('denormals'), steady],
    [
      'a large counter that stands still',
      (seed: number) => always('a constant')(seed).map((c, k) => (k === 2 ? c.fill(2 ** 53 + 2) : c)),
      steady,
    ],
    ['a gap of a few samples', spoilt('a run without samples', trained + 10, 2), steady],
    ['a signal that is not there yet', spoilt('a run without samples', 0, trained + 30), steady],
    ['a rate whose counter was reset', reset, steady],
    ['a scrape interval that changes', noise, timesOf({ at: trained + 10, gap: 4 * step, lasts: all })],
    ['a finer scrape interval', noise, timesOf({ at: trained + 10, gap: step / 4, lasts: all })],
    ['a clock that jumps ahead', noise, timesOf({ at: trained + 10, gap: 86_400_000, lasts: 1 })],
  ])('%s', (_, make, t) => {
    for (const seed of [1, 2, 3, 4]) {
      const columns = make(seed);
      const context = { signals, step, seed: 1, fpr: 0.01, detectors: cheap };
      const model = fitClassModel([frameOf(t, columns)], context);
      const rules = createRules({
        fpr: 0.01,
        open: 3,
        of: 5,
        close: 12,
        clear: 0.05,
        severity: 'warning',
        url: '',
        threshold: () => 6,
        signal: (_class, signal) => signals.find(each => each.name === signal),
      });
      live(model, { t, columns }, batch => {
        const alerts = rules.step(batch.t, model.anomalies(0.01));
        expect(alerts.map(alert => alert.annotations.description)).toEqual([]);
      });
    }
  });
});
