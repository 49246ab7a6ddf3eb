import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../core/random.ts';
import { CountDensity, countVector } from '../../detectors/log-session-counts.ts';
import { StepRarity } from '../../detectors/log-session-order.ts';
import { SessionModel } from '../../detectors/log-sessions.ts';

const [open, read, close, retry, failed] = [0, 1, 2, 3, 4] as const;

/** A job that opens once, reads one to four times, now and then with a retry, and closes. */
function normalJob(random: () => number): Int32Array {
  const steps: number[] = [open];
  for (let i = Math.floor(4 * random()); i >= 0; i--)
    steps.push(...(random() < 0.2 ? [retry, read] : [read]));
  return Int32Array.from([...steps, close]);
}

function jobs(n: number, seed: number): Int32Array[] {
  const random = createRandom(seed);
  return Array.from({ length: n }, () => normalJob(random));
}

const model = new SessionModel(jobs(3000, 1));
const limit = model.limit(0.005);
const isMarked = (...templates: number[]) => model.score(Int32Array.from(templates)).p <= limit;

describe('a session is anomalous', () => {
  it('when it has a line that was never seen', () => {
    expect(isMarked(open, read, read, failed, close)).toBe(true);
  });

  it('when a line is missing that all others have', () => {
    expect(isMarked(open, read, read)).toBe(true);
  });

  it('when a line comes twice that always comes once', () => {
    expect(isMarked(open, open, read, close)).toBe(true);
  });

  it('when its lines come in an order that was never seen, though their counts are usual', () => {
    expect(isMarked(close, read, read, open)).toBe(true);
    expect(isMarked(open, read, read, close)).toBe(false);
  });

  it('when a line that varies comes far more often than ever', () => {
    expect(isMarked(open, ...new Array<number>(400).fill(read), close)).toBe(true);
  });

  it('when it is empty and the others are not', () => {
    expect(isMarked()).toBe(true);
  });
});

describe('the share of normal sessions that is marked', () => {
  for (const rate of [0.005, 0.02])
    it(`stays at or below ${rate} in fresh sessions, and p-values hold what they say`, () => {
      const fresh = jobs(20_000, 2).map(job => model.score(job).p);
      const share = (most: number) => fresh.filter(p => p <= most).length / fresh.length;
      expect(share(model.limit(rate))).toBeLessThanOrEqual(rate);
      for (const most of [0.01, 0.05, 0.2]) expect(share(most)).toBeLessThanOrEqual(1.3 * most);
    });

  it('holds when few were learned: the limit falls', () => {
    const limits = [10, 100, 1000, 10_000].map(n => new SessionModel(jobs(n, 3)).limit(0.005) / 0.005);
    expect(limits).toEqual([...limits].sort((a, b) => a - b));
    expect(limits[0]).toBeGreaterThan(0);
    expect(limits[3]).toBeGreaterThan(0.7);
  });
});

describe('judging', () => {
  it('ranks a session with more that is new above one with less', () => {
    const [one, two] = [
      [open, read, failed, close],
      [open, failed, failed, failed, 77, 78],
    ].map(steps => model.score(Int32Array.from(steps)).score);
    expect(two).toBeGreaterThan(one!);
  });

  it('changes nothing, and gives finite numbers for any sequence of templates', () => {
    const steps = fc.array(fc.nat({ max: 9 }), { maxLength: 60 });
    fc.assert(
      fc.property(steps, steps, (a, b) => {
        const before = model.score(Int32Array.from(a));
        model.score(Int32Array.from(b));
        expect(model.score(Int32Array.from(a))).toEqual(before);
        expect(Number.isFinite(before.score)).toBe(true);
        expect(before.p).toBeGreaterThan(0);
        expect(before.p).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('says so when there is nothing to learn from', () => {
    expect(() => new SessionModel([Int32Array.of(1)])).toThrow(/at least 2/);
  });

  it('takes identical sessions as normal and anything else as not', () => {
    const same = new SessionModel(Array.from({ length: 500 }, () => Int32Array.of(1, 2, 3)));
    expect(same.score(Int32Array.of(1, 2, 3)).p).toBe(1);
    expect(same.score(Int32Array.of(1, 2)).p).toBeLessThanOrEqual(same.limit(0.005));
  });
});

describe('the density of count vectors', () => {
  it('is that of the others when a learned session is left out of itself', () => {
    const vectors = [[0], [0], [0, 1], [2]].map(steps => countVector(Int32Array.from(steps)));
    const of = (counted: readonly (readonly [number, number])[]) =>
      new CountDensity(counted.map(([k, sessions]) => ({ vector: vectors[k]!, sessions })));
    const all = of([
      [0, 2],
      [2, 1],
      [3, 1],
    ]);
    expect(all.surprise(vectors[0]!, 1)).toBeGreaterThan(all.surprise(vectors[0]!, 0));
    expect(all.surprise(vectors[3]!, 1)).toBeGreaterThan(Math.log(3));
    expect(of([[0, 1]]).surprise(vectors[0]!, 1)).toBe(Number.POSITIVE_INFINITY);
  });

  it('does not care for the order of templates', () => {
    expect(countVector(Int32Array.of(3, 1, 3)).key).toBe(countVector(Int32Array.of(1, 3, 3)).key);
  });
});

describe('the rarity of steps', () => {
  it('counts a session once for a step, however often it stands there', () => {
    const steps = new StepRarity();
    for (let i = 0; i < 999; i++) steps.learn(Int32Array.of(1, 2, 1, 2));
    steps.learn(Int32Array.of(1, 1, 1, 1, 1, 1, 2));
    expect(steps.rarity(Int32Array.of(1, 2, 1, 2), 0)).toBe(0);
    expect(steps.rarity(Int32Array.of(1, 1, 2), 0)).toBeCloseTo(Math.log(1001 / 1.5) - Math.log(100), 10);
  });
});
