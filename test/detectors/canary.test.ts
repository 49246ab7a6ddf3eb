import { describe, expect, it } from 'vitest';
import { createRandom } from '../../core/random.ts';
import { normalQuantile } from '../../core/stats.ts';
import { compareVersions } from '../../detectors/canary.ts';

const length = 240;
const alpha = 0.05;

/** Noise whose neighbours are alike by `r`, of deviation 1. */
function noise(seed: number, r: number): Float64Array {
  const random = createRandom(seed);
  let last = 0;
  return Float64Array.from({ length }, () => {
    last = r * last + Math.sqrt(1 - r * r) * normalQuantile(Math.max(1e-9, random()));
    return last;
  });
}

/** A daily rhythm that both versions share, each with noise of its own. */
function pair(seed: number, { r, shift }: { r: number; shift: number }) {
  const rhythm = Float64Array.from({ length }, (_, i) => 100 + 40 * Math.sin(i / 20));
  const [a, b] = [noise(2 * seed, r), noise(2 * seed + 1, r)];
  return [rhythm.map((v, i) => v + a[i]!), rhythm.map((v, i) => v + shift + b[i]!)] as const;
}

function share(count: number, of: (seed: number) => boolean): number {
  return Array.from({ length: count }, (_, seed) => of(seed + 1)).filter(Boolean).length / count;
}

describe('two versions at the same moments', () => {
  it.each([0, 0.5, 0.8])(
    'are called different by chance no more often than stated, with correlation %d',
    r => {
      const wrong = share(400, seed => {
        const { lower, upper } = compareVersions(...pair(seed, { r, shift: 0 }), {
          bad: 'both',
          margin: 0,
          alpha,
        });
        return lower > 0 || upper < 0;
      });
      // Three standard errors of 400 draws above the stated 5 %.
      expect(wrong).toBeLessThanOrEqual(0.083);
    },
  );

  it('are found to differ by what the rhythm of the day hides', () => {
    const found = share(200, seed => {
      const { verdict } = compareVersions(...pair(seed, { r: 0.5, shift: 1.5 }), {
        bad: 'high',
        margin: 1,
        alpha,
      });
      return verdict === 'worse';
    });
    expect(found).toBeGreaterThan(0.9);
  });

  it('are the same only where the interval leaves no room for the margin', () => {
    const [baseline, canary] = pair(1, { r: 0, shift: 0 });
    expect(compareVersions(baseline, canary, { bad: 'high', margin: 2, alpha }).verdict).toBe('same');
    expect(compareVersions(baseline, canary, { bad: 'high', margin: 1e-6, alpha }).verdict).not.toBe('same');
  });

  it('may differ for the better', () => {
    const [baseline, canary] = pair(2, { r: 0, shift: -5 });
    expect(compareVersions(baseline, canary, { bad: 'high', margin: 1, alpha }).verdict).toBe('same');
    expect(compareVersions(baseline, canary, { bad: 'low', margin: 1, alpha }).verdict).toBe('worse');
    expect(compareVersions(baseline, canary, { bad: 'both', margin: 1, alpha }).verdict).toBe('worse');
  });

  it('are not told apart where one has no samples, or too few', () => {
    const [baseline, canary] = pair(3, { r: 0, shift: 9 });
    const question = { bad: 'high', margin: 1, alpha } as const;
    const none = new Float64Array(length).fill(Number.NaN);
    expect(compareVersions(baseline, none, question)).toMatchObject({
      verdict: 'unsure',
      reason: 'the canary has no samples',
    });
    expect(compareVersions(none, canary, question).reason).toBe('the baseline has no samples');
    const short = compareVersions(baseline.subarray(0, 6), canary.subarray(0, 6), question);
    expect(short).toMatchObject({ verdict: 'unsure', shift: Number.NaN });
    expect(short.reason).toMatch(/^\d independent moments/);
  });

  it('are not told apart by fewer moments than the confidence needs', () => {
    const baseline = Float64Array.from({ length: 32 }, (_, i) => i % 3);
    const canary = baseline.map(value => value + 5);
    const asked = { bad: 'high', margin: 1 } as const;
    expect(compareVersions(baseline, canary, { ...asked, alpha: 0.01 }).verdict).toBe('worse');
    expect(compareVersions(baseline, canary, { ...asked, alpha: 0.0025 })).toMatchObject({
      verdict: 'unsure',
      reason: '8 independent moments at which both have samples, 10 are needed',
    });
  });

  it('are the same when nothing ever happens on either', () => {
    const zero = new Float64Array(length);
    expect(compareVersions(zero, zero, { bad: 'high', margin: 0, alpha }).verdict).toBe('same');
  });
});
