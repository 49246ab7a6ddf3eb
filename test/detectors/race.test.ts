import { describe, expect, it } from 'vitest';
import { redService, redSignals } from '../../bench/red-series.ts';
import { classModelFromBytes, classModelToBytes } from '../../detectors/class-bytes.ts';
import type { ClassModel } from '../../detectors/class-model.ts';
import { type FaultKind, faultKinds, type RaceHistory, racePieces } from '../../detectors/faults.ts';
import { fitClassModel } from '../../detectors/fit.ts';
import { compare, overall, race } from '../../detectors/race.ts';
import { averagePrecision, raceCourse } from '../../detectors/race-course.ts';

const frames = [0, 1, 2].map(i => redService(1500, { size: 0.05, correlation: 0.3 }, 90 + i));
const context = { signals: redSignals, step: 60_000, seed: 3, fpr: 0.01 };
const cheap = { ...context, detectors: ['robust-z', 'isolation-forest', 'drift'] };
const model = fitClassModel(frames, cheap);

function historyOf(of: ClassModel, seed = 1): RaceHistory {
  return { frames, cuts: frames.map(() => 900), baseline: of.parts.baseline, signals: redSignals, seed };
}

const fittedOf = ({ parts }: ClassModel) => parts.members.map(m => m.fitted);

describe('injected faults', () => {
  const history = historyOf(model);
  const pieces = racePieces(history, 29);

  it('are of every kind, equally many, beside normal stretches of the same entities', () => {
    for (const kind of faultKinds) expect(pieces.filter(piece => piece.kind === kind)).toHaveLength(32);
    expect(new Set(pieces.map(({ frame }) => frame))).toEqual(new Set([0, 1, 2]));
    expect(pieces.some(({ kind }) => kind === undefined)).toBe(true);
  });

  it('are cut from what was held out, and leave the history as it is', () => {
    const copies = frames.map(frame => ({ ...frame, columns: frame.columns.map(c => c.slice()) }));
    racePieces(history, 29);
    expect(frames.map(f => f.columns)).toEqual(copies.map(f => f.columns));
    for (const { frame, columns, onset } of pieces) {
      const at = frames[frame]!.columns[0]!.indexOf(columns[0]![0]!);
      expect(at).toBeGreaterThanOrEqual(900);
      expect(columns[0]!.slice(0, onset)).toEqual(frames[frame]!.columns[0]!.slice(at, at + onset));
    }
  });

  it('are the same under the same seed, others under another', () => {
    expect(racePieces(history, 29)).toEqual(pieces);
    expect(racePieces(historyOf(model, 2), 29)).not.toEqual(pieces);
  });

  it('do not go into signals that never move, nor into histories that are too short', () => {
    const still = { ...model.parts.baseline, constant: model.parts.baseline.constant.map(() => 1) };
    expect(racePieces({ ...history, baseline: still }, 29).every(p => p.kind === undefined)).toBe(true);
    expect(racePieces({ ...history, cuts: frames.map(() => 1400) }, 29)).toEqual([]);
  });
});

describe('average precision', () => {
  it.each([
    ['all faulty rows ahead', [3, 4], [1, 2], 1],
    ['all behind, tied', [0, 0], [1, 2], 0.5],
    ['one behind', [0, 3], [1, 2], (1 + 2 / 4) / 2],
    ['all tied', [1, 1], [1, 1], 0.5],
    ['one without a score', [Number.NaN, 5], [1, 2], (1 + 2 / 4) / 2],
  ])('%s', (_, faulty, normal, expected) => {
    expect(averagePrecision(Float64Array.from(faulty), Float64Array.from(normal))).toBeCloseTo(expected, 9);
  });
});

describe('the race', () => {
  const report = model.parts.race;

  it('shows every detector, losers too, with a score for each kind of fault', () => {
    expect(report?.entries.map(({ name }) => name)).toEqual(cheap.detectors);
    for (const { scores } of report?.entries ?? []) expect(scores).toHaveLength(faultKinds.length);
    const of = (name: string, kind: FaultKind) =>
      report?.entries.find(each => each.name === name)?.scores[faultKinds.indexOf(kind)] ?? 0;
    expect(of('drift', 'drift')).toBeGreaterThan(of('robust-z', 'drift'));
    expect(of('isolation-forest', 'drop to zero')).toBeGreaterThan(of('drift', 'drop to zero'));
    expect(overall(report?.entries[0]?.scores ?? [])).toBeGreaterThan(3 * (report?.random ?? 1));
  });

  it('gives weights that find more than those of the register, and no less than any detector alone', () => {
    expect(overall(report?.together ?? [])).toBeGreaterThanOrEqual(overall(report?.standing ?? []) - 0.01);
    const alone = Math.max(...(report?.entries.map(({ scores }) => overall(scores)) ?? [1]));
    expect(overall(report?.together ?? [])).toBeGreaterThan(alone - 0.02);
  });

  it('chooses the subsample of the forest among those that the history is long enough for', () => {
    const long = [
      ...frames,
      ...[3, 4, 5].map(i => redService(1500, { size: 0.05, correlation: 0.3 }, 90 + i)),
    ];
    const { race: found } = fitClassModel(long, { ...context, detectors: ['isolation-forest'] }).parts;
    expect(found?.variants.map(({ options }) => options)).toEqual(['default', '{"subsample":512}']);
    expect(found?.variants.filter(({ taken }) => taken)).toHaveLength(1);
    expect(report?.variants).toEqual([]);
  });

  it('is stored with the model', () => {
    const again = classModelFromBytes(classModelToBytes(model), context);
    expect(again.parts.race).toEqual(report);
    expect(again.parts.members.map(m => m.weight)).toEqual(model.parts.members.map(m => m.weight));
  });

  it('leaves the weights as they are where the history is too short for one', () => {
    const short = fitClassModel([redService(200, { size: 0.05, correlation: 0 }, 4)], cheap);
    expect(short.parts.race).toBeUndefined();
    expect(short.parts.members.map(m => m.weight)).toEqual([20, 1, 5]);
  });
});

describe('two models on the same faults', () => {
  const course = raceCourse(historyOf(model), fittedOf(model));
  const runner = ({ parts }: ClassModel) => ({ ...parts, rowOf: (frame: number) => frame });

  it('tells a model that was learned from noise from one that was learned from the class', () => {
    const shuffled = frames.map(frame => {
      const [first = new Float64Array(), ...rest] = frame.columns;
      return { ...frame, columns: [...rest, first] };
    });
    const wrong = fitClassModel(shuffled, cheap);
    expect(compare(course, runner(wrong), runner(model))?.isWorse).toBe(true);
    expect(compare(course, runner(model), runner(wrong))?.isWorse).toBe(false);
  });

  it('does not refuse a model that differs by the seed only', () => {
    const other = fitClassModel(frames, { ...cheap, seed: 8 });
    expect(compare(course, runner(other), runner(model))?.isWorse).toBe(false);
  });

  it('says nothing where the models share no entity', () => {
    expect(compare(course, { ...runner(model), rowOf: () => -1 }, runner(model))).toBeUndefined();
  });
});

it('is run on the same faults again with the same outcome', () => {
  const course = raceCourse(historyOf(model, context.seed), fittedOf(model));
  expect(race(course, model.parts.members).report?.entries).toEqual(model.parts.race?.entries);
});
