import { describe, expect, it } from 'vitest';
import { createRandom } from '../../core/random.ts';
import { blockLength, RollingTail } from '../../detectors/calibrate.ts';
import { combineCauchy } from '../../detectors/ensemble.ts';

const minute = 60_000;

/** Feeds `n` scores of one row at one a minute; answers the p-values before each was learned. */
function run(tail: RollingTail, scores: readonly number[], from = 0): number[] {
  return scores.map((score, i) => {
    const p = tail.pValue(0, score);
    tail.advance((from + i) * minute);
    tail.learn(0, score, 0);
    return p;
  });
}

describe('the rolling tail', () => {
  it('keeps P(p <= a) <= a on exchangeable scores', () => {
    const random = createRandom(5);
    const p = run(
      new RollingTail(1, blockLength(minute)),
      Array.from({ length: 20_000 }, () => -Math.log(random())),
    );
    for (const a of [0.001, 0.01, 0.1])
      expect(p.slice(2000).filter(v => v <= a).length / 18_000).toBeLessThan(a * 1.3);
  });

  it('falls with the score, also beyond the largest one it knows', () => {
    const tail = new RollingTail(1, blockLength(minute));
    run(
      tail,
      Array.from({ length: 3000 }, (_, i) => (i * 7919) % 100),
    );
    const p = [10, 50, 90, 99, 120, 300, 1000].map(score => tail.pValue(0, score));
    expect([...p].sort((a, b) => b - a)).toEqual(p);
    expect(p.at(-1)).toBeLessThan(1e-4);
  });

  it('forgets what is older than 72 blocks: a lasting level becomes normal', () => {
    const tail = new RollingTail(1, blockLength(minute));
    run(
      tail,
      Array.from({ length: 72 * 60 }, (_, i) => i % 10),
    );
    expect(tail.pValue(0, 50)).toBeLessThan(0.001);
    run(
      tail,
      Array.from({ length: 73 * 60 }, (_, i) => 45 + (i % 10)),
      72 * 60,
    );
    expect(tail.pValue(0, 50)).toBeGreaterThan(0.2);
  });

  it('learns nothing from held rows and missing scores', () => {
    const tail = new RollingTail(1, blockLength(minute));
    tail.advance(0);
    tail.learn(0, 5, 1);
    tail.learn(0, Number.NaN, 0);
    expect(tail.samples(0)).toBe(0);
    expect(tail.pValue(0, 5)).toBeNaN();
  });

  it('reads back what it wrote, and moves rows to another membership', () => {
    const tail = new RollingTail(1, blockLength(minute));
    run(tail, [1, 5, 3, 9, 2]);
    const again = RollingTail.fromBytes(tail.toBytes());
    expect(again.pValue(0, 4)).toBe(tail.pValue(0, 4));
    const moved = tail.remap(Int32Array.of(-1, 0));
    expect(moved.pValue(1, 4)).toBe(tail.pValue(0, 4));
    expect(moved.samples(0)).toBe(0);
    expect(() => RollingTail.fromBytes(new Uint8Array(3))).toThrow(RangeError);
  });
});

describe('the Cauchy combination', () => {
  it('gives one p back as it is, leaves out what cannot tell, and follows the smallest', () => {
    expect(combineCauchy([0.03])).toBeCloseTo(0.03, 9);
    expect(combineCauchy([0.03, Number.NaN])).toBeCloseTo(0.03, 9);
    expect(combineCauchy([Number.NaN])).toBeNaN();
    expect(combineCauchy([1e-6, 0.5])).toBeCloseTo(2e-6, 8);
  });

  it('stays uniform enough under full dependence', () => {
    const random = createRandom(1);
    const small = Array.from({ length: 10_000 }, () => random()).filter(
      p => combineCauchy([p, p, p]) <= 0.01,
    );
    expect(small.length / 10_000).toBeLessThan(0.013);
  });
});
