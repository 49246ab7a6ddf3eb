import { describe, expect, it } from 'vitest';
import type { Entity } from '../../core/batch.ts';
import { signalSchema } from '../../core/pack.ts';
import { createRandom } from '../../core/random.ts';
import { classModelFromBytes, classModelToBytes } from '../../detectors/class-bytes.ts';
import { fitClassModel } from '../../detectors/fit.ts';

const step = 60_000;
const signals = [
  signalSchema.parse({ name: 'latency_p95', kind: 'latency', query: 'q', unit: 's', bad: 'high' }),
];
const context = { signals, step, seed: 1, fpr: 0.01 };
const random = createRandom(4);
const column = Float64Array.from({ length: 2000 }, () => 0.02 + 0.06 * random());
const t = Float64Array.from({ length: 2000 }, (_, i) => i * step);
const a = { service: 'a' };
const makeModel = () =>
  fitClassModel([{ entity: a, signals: ['latency_p95'], step, t, columns: [column] }], context);
const batch = (entities: readonly Entity[], values: number[], at: number) => ({
  class: { name: 'service/service', signals, step },
  t: at * step,
  entities,
  values: Float64Array.from(values),
  partial: false,
});

it('says what is wrong in words, with band and share', () => {
  const model = makeModel();
  expect(model.judge(batch([a], [1.92], 2000)).flagged[0]).toBe(1);
  const [anomaly] = model.anomalies();
  expect(anomaly?.reason).toMatch(/^latency p95 1\.92 s, expected 2\d(\.\d)? to [78]\d(\.\d)? ms$/);
  expect(anomaly?.shares).toEqual([{ signal: 'latency_p95', share: 1 }]);
});

it('lets an entity that appears later learn first, and keeps what the others know', () => {
  const model = makeModel();
  const both = [{ service: 'b' }, a];
  const { flagged } = model.judge(batch(both, [5, 1.92], 2000));
  expect([...flagged]).toEqual([0, 1]);
  for (let i = 1; i < 150; i++) {
    model.learn();
    model.judge(batch(both, [5 + random(), 0.05], 2000 + i));
    if (i === 50) expect(model.stateOf(0).reason).toMatch(/has seen \d+ of 100 samples/);
  }
  expect(model.stateOf(0).state).toBe('watching');
});

it.each(['warm', 'skip'] as const)(
  'goes on with an entity that appears in a batch it does not judge: %s',
  way => {
    const model = makeModel();
    const both = [a, { service: 'b' }];
    model[way](batch([a], [0.05], 2000));
    model[way](batch(both, [0.05, 5], 2001));
    const { flagged } = model.judge(batch(both, [1.92, 5], 2002));
    expect([...flagged]).toEqual([1, 0]);
  },
);

describe('as bytes', () => {
  it('judges the same after a trip through them, in an episode too', () => {
    const model = makeModel();
    const before = Array.from({ length: model.lookback }, (_, i) => batch([a], [1.92], 2000 + i));
    for (const each of before) {
      model.judge(each);
      model.learn();
    }
    const again = classModelFromBytes(classModelToBytes(model), context);
    for (const each of before) again.warm(each);
    for (let i = 0; i < 40; i++) {
      const next = batch([a], [0.3 + 0.01 * i], 2000 + before.length + i);
      expect(again.judge(next)).toEqual(model.judge(next));
    }
    expect(again.parts.levels).toEqual(model.parts.levels);
    expect(again.parts.episodes.since).toEqual(model.parts.episodes.since);
  });

  const bytes = classModelToBytes(makeModel());
  const altered = (at: number, to: number) => bytes.with(at, to);
  it.each([
    ['nothing', new Uint8Array(), /not a model/],
    ['something else', new TextEncoder().encode('SQLite format 3, and a lot more'), /not a model/],
    ['another format', altered(16, 99), /format 99/],
    ['one flipped byte', altered(bytes.length - 9, (bytes.at(-9) ?? 0) ^ 1), /damaged/],
    ['a cut end', bytes.subarray(0, bytes.length - 5), /damaged/],
  ])('%s is refused with a reason', (_, wrong, reason) => {
    expect(() => classModelFromBytes(wrong, context)).toThrow(RangeError);
    expect(() => classModelFromBytes(wrong, context)).toThrow(reason);
  });

  it('is not read for a class of other signals', () => {
    const wider = { ...context, signals: [...signals, ...signals] };
    expect(() => classModelFromBytes(bytes, wider)).toThrow(/other signals/);
  });

  it('takes less than 20 kB for one more entity of one signal', () => {
    const sizeOf = (...services: readonly string[]) => {
      const model = makeModel();
      model.adopt(services.map(service => ({ service })));
      return classModelToBytes(model).length;
    };
    expect(sizeOf('a', 'b', 'c') - sizeOf('a', 'b')).toBeLessThan(20_000);
  });
});

it('does not take the first, unscaled samples of a late entity for its normal life', () => {
  const model = makeModel();
  const both = [{ service: 'b' }, a];
  let marked = 0;
  for (let i = 0; i < 400; i++) {
    const { flagged, p } = model.judge(
      batch(both, [5 + (i < 20 ? 40 * random() : random()), 0.05], 2000 + i),
    );
    if (i > 150) marked += flagged[0]!;
    if (i === 399) expect(p[0]).toBeGreaterThan(0);
    model.learn();
  }
  expect(marked / 250).toBeLessThan(0.05);
  const { flagged } = model.judge(batch(both, [60, 0.05], 2400));
  expect(flagged[0]).toBe(1);
});

it('watches a late entity that stands still as constant, and finds its first move', () => {
  const model = makeModel();
  const both = [{ service: 'b' }, a];
  for (let i = 0; i < 160; i++) {
    model.judge(batch(both, [0, 0.05], 2000 + i));
    model.learn();
  }
  expect(model.stateOf(0).state).toBe('unfit');
  expect(model.judge(batch(both, [0.3, 0.05], 2160)).flagged[0]).toBe(1);
  expect(model.explain(0)?.reason).toBe('latency p95 300 ms, it was always 0 s before');
});

it('keeps the evidence of a short fault to its end, marks its onset, and takes a lasting change for the new normal', () => {
  const at = (model: ReturnType<typeof makeModel>, value: number, from: number, n: number) =>
    Array.from({ length: n }, (_, i) => {
      const { p, flagged } = model.judge(batch([a], [value], from + i));
      model.learn();
      return { abnormal: p[0]! <= 0.01, flagged: flagged[0] === 1 };
    });
  const fault = at(makeModel(), 0.5, 2000, 25);
  expect(fault.every(({ abnormal }) => abnormal)).toBe(true);
  expect(fault[0]?.flagged).toBe(true);
  const late = at(makeModel(), 0.5, 2000, 240).slice(120);
  expect(late.some(({ abnormal, flagged }) => abnormal || flagged)).toBe(false);
});
