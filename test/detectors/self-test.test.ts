import { describe, expect, it } from 'vitest';
import type { Batch } from '../../core/batch.ts';
import type { FittedDetector } from '../../core/detector.ts';
import { signalSchema } from '../../core/pack.ts';
import { createRandom } from '../../core/random.ts';
import { classModelFromBytes, classModelToBytes } from '../../detectors/class-bytes.ts';
import { ClassModel } from '../../detectors/class-model.ts';
import { fitClassModel } from '../../detectors/fit.ts';
import { SelfTest } from '../../detectors/self-test.ts';

const step = 60_000;
const signals = [
  signalSchema.parse({ name: 'latency', kind: 'latency', query: 'q', unit: 's', bad: 'high' }),
  signalSchema.parse({ name: 'traffic', kind: 'traffic', query: 'q', bad: 'low' }),
  signalSchema.parse({ name: 'restarts', kind: 'errors', query: 'q', bad: 'high' }),
];
const context = { signals, step, seed: 1, fpr: 0.01, detectors: ['robust-z'] };
const entities = Array.from({ length: 12 }, (_, i) => ({ service: `s${i}` }));
const trained = 600;

/** Latency and traffic move about their level, nothing has ever restarted; the same values for the same seed. */
function life(seed: number): () => number[] {
  const random = createRandom(seed);
  return () => [0.05 + 0.01 * (random() + random()), 80 + 20 * (random() + random()), 0];
}

function learned(): ClassModel {
  const next = life(1);
  const t = Float64Array.from({ length: trained }, (_, i) => i * step);
  const frames = entities.map(entity => {
    const rows = Array.from(t, next);
    const columns = signals.map((_, k) => Float64Array.from(rows, row => row[k]!));
    return { entity, signals: signals.map(({ name }) => name), step, t, columns };
  });
  return fitClassModel(frames, context);
}

const fitted = classModelToBytes(learned());
const makeModel = () => classModelFromBytes(fitted, context);

/** Lets a model live through normal life with a test beside it. */
function live(model: ClassModel, test: SelfTest | undefined, batches = 900): void {
  const next = life(2);
  const at: Omit<Batch, 't' | 'values'> = { class: { name: 'c', signals, step }, entities, partial: false };
  for (let i = 0; i < batches; i++) {
    const values = Float64Array.from(entities.flatMap(() => next()));
    const batch = { ...at, t: (trained + i) * step, values };
    const judgement = model.judge(batch);
    test?.step(model, batch, judgement);
    model.learn();
  }
}

describe('in a class that sees', () => {
  const [model, untested] = [makeModel(), makeModel()];
  const test = new SelfTest(context.fpr);
  live(model, test);
  live(untested, undefined);
  const { seen, missed } = test.take();

  it('every move is seen, of signals that move and of one that never did', () => {
    expect(seen).toBeGreaterThan(2 * entities.length * signals.length);
    expect(missed).toBe(0);
    expect(test.blind.size).toBe(0);
    expect(test.since).toBeUndefined();
  });

  it('what the model knows is what it would know without the test', () => {
    expect(classModelToBytes(model)).toEqual(classModelToBytes(untested));
  });

  it('no more than 3 % of what the passes judge is judged for it', () => {
    expect(3 * (seen + missed)).toBeLessThanOrEqual(0.03 * 900 * entities.length);
  });
});

/** A detector that answers the same whatever it is shown. */
const constant: FittedDetector = {
  lookback: 1,
  score: (_, out) => void out.fill(1),
  shares: (_window, _row, out) => void out.fill(1 / out.length),
  learn: () => undefined,
  toBytes: () => new Uint8Array(),
};

describe('finds blind', () => {
  it('each row of a class whose detectors answer a constant, and says what was tried', () => {
    const { parts } = makeModel();
    const members = parts.members.map(member => ({ ...member, fitted: constant }));
    // The signal that never moved is told by its first move, without any detector.
    parts.baseline.constant.fill(0);
    const test = new SelfTest(context.fpr);
    live(new ClassModel({ ...parts, members }), test, 600);
    expect(test.take().seen).toBe(0);
    expect(test.blind.size).toBe(entities.length);
    expect(test.since).toBeLessThan((trained + 200) * step);
    expect([...test.blind.values()][0]).toMatch(
      /^blind: latency, traffic and restarts moved far out in a test, several times, and p stayed above 0.01$/,
    );
  });

  it('the one row whose scales are beyond measure, and none beside it', () => {
    const model = makeModel();
    model.parts.baseline.scale.fill(Number.POSITIVE_INFINITY, 0, signals.length);
    model.parts.baseline.constant.fill(0, 0, signals.length);
    const test = new SelfTest(context.fpr);
    live(model, test);
    expect([...test.blind.keys()]).toEqual([model.parts.keys[0]]);
  });

  it('one signal of a row that otherwise sees, which is no blind row', () => {
    const model = makeModel();
    model.parts.baseline.scale[0] = Number.POSITIVE_INFINITY;
    const test = new SelfTest(context.fpr);
    live(model, test, 1800);
    expect(test.blind.size).toBe(0);
    const key = model.parts.keys[0]!;
    expect(signals.map((_, k) => test.isBlind(key, k))).toEqual([true, false, false]);
  });

  it('the row that has taken a long outage for normal', () => {
    const model = makeModel();
    const { tail } = model.parts;
    tail.advance(trained * step);
    for (let i = 0; i < 200; i++) tail.learn(3, 1000, 0);
    const test = new SelfTest(context.fpr);
    live(model, test);
    expect([...test.blind.keys()]).toEqual([model.parts.keys[3]]);
  });
});
