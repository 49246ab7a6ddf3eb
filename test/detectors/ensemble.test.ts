import { describe, expect, it } from 'vitest';
import { LastingEvidence, meanEvidence } from '../../detectors/ensemble.ts';

const minute = 60_000;

describe('the evidence of several detectors', () => {
  it('is the mean of -log10 p above what chance gives', () => {
    expect(meanEvidence([1e-3, 1e-5], [1, 1])).toBeCloseTo(4 - Math.LOG10E, 9);
    expect(meanEvidence([1e-3, 1e-5], [3, 1])).toBeCloseTo(3.5 - Math.LOG10E, 9);
  });

  it('is nothing when all see nothing, and leaves out who cannot tell', () => {
    expect(meanEvidence([0.5, 0.9], [1, 1])).toBe(0);
    expect(meanEvidence([1e-4, Number.NaN], [1, 1])).toBeCloseTo(4 - Math.LOG10E, 9);
    expect(meanEvidence([Number.NaN], [1])).toBeNaN();
  });
});

describe('evidence that lasts', () => {
  const run = (evidence: readonly number[], step = minute) => {
    const lasting = new LastingEvidence(1, step);
    return evidence.map(e => lasting.step(0, e));
  };
  const of = (value: number, n: number) => Array.from({ length: n }, () => value);

  it('shows a fault at once and ranks a long one above a moment', () => {
    const [first = 0] = run([4]);
    expect(first).toBeGreaterThan(2);
    expect(Math.max(...run([...of(0, 50), 4, ...of(0, 50)]))).toBeLessThan(
      Math.min(...run(of(4, 30)).slice(10)),
    );
  });

  it('comes to rest at the evidence itself, so that a lasting change can become the new normal', () => {
    const scores = run(of(3, 200));
    expect(scores.slice(100)).toEqual(of(3, 100));
    expect(scores.slice(0, 60)).toEqual([...scores.slice(0, 60)].sort((a, b) => a - b));
  });

  it('fades after the end: a moment within the hour, a day within a night', () => {
    expect(run([4, ...of(0, 60)]).at(-1)).toBeLessThan(0.4);
    expect(run([...of(4, 1440), ...of(0, 480)]).at(-1)).toBeLessThan(0.4);
  });

  it('runs on time, not on steps', () => {
    const coarse = run(of(2, 10)).at(-1);
    expect(run(of(2, 40), minute / 4).at(-1)).toBeCloseTo(coarse ?? 0, 1);
  });

  it('is not moved by a row without evidence', () => {
    const [a, gap, b] = run([4, Number.NaN, 4]);
    expect(gap).toBeNaN();
    expect(b).toBeGreaterThan(a!);
  });
});
