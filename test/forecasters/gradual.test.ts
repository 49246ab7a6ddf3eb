import { describe, expect, it } from 'vitest';
import { createRandom } from '../../core/random.ts';
import { gradualOutlook } from '../../forecasters/gradual.ts';
import { afterLook, quietState } from '../../forecasters/gradual-watch.ts';

const step = 300_000;
const anHour = 12;
const days = 5;

/** Five days of looks; `share` of the hours before now (negative). */
function history(share: (hours: number) => number) {
  const size = days * 24 * anHour;
  return {
    at: 0,
    step,
    share: Float64Array.from({ length: size }, (_, i) => share((i - size + 1) / anHour)),
  };
}

const random = createRandom(2);
const noise = () => 0.006 * (random() + random() - 1);
const byDay = (hours: number) => 0.5 + 0.4 * Math.sin((2 * Math.PI * hours) / 24);

describe('the outlook on the next four hours', () => {
  it('sees a leak that meets its limit in two hours, and when', () => {
    const { chance, crossing, reason } = gradualOutlook(
      history(hours => 0.4 + Math.max(0, (hours + 4) / 10) + noise()),
    );
    expect(chance).toBeGreaterThan(0.9);
    expect(crossing!.median / 3_600_000).toBeCloseTo(2, 0);
    expect(crossing!.earliest).toBeLessThan(crossing!.median);
    expect(crossing!.latest).toBeGreaterThan(crossing!.median);
    expect(reason).toMatch(/^use at 80 % of the limit, rising (9\.\d|1\d) % an hour$/);
  });

  it('is quiet about a leak that takes a day', () => {
    expect(
      gradualOutlook(history(hours => 0.4 + Math.max(0, (hours + 4) / 50) + noise())).chance,
    ).toBeLessThan(0.05);
  });

  it('is quiet about a daily peak that it has seen before, however steep', () => {
    const rise = history(hours => byDay(hours + 2.6) + noise());
    const { chance, reason } = gradualOutlook(rise);
    expect(chance).toBe(0);
    expect(reason).toContain('it has been here before');
  });

  it('sees a rise beyond all earlier peaks', () => {
    const beyond = history(hours => byDay(hours - 6) + Math.max(0, (hours + 4) / 4.8) + noise());
    expect(gradualOutlook(beyond).chance).toBeGreaterThan(0.8);
  });

  it('is quiet about teeth of a saw, though each of them points at the limit', () => {
    const tooth = history(hours => 0.6 + 0.3 * (((hours % 1) + 1) % 1) + noise());
    for (let look = 0; look < anHour; look++) {
      const share = tooth.share.subarray(0, tooth.share.length - look);
      expect(gradualOutlook({ ...tooth, share }).chance, `${look} looks ago`).toBeLessThan(0.3);
    }
  });

  it('sees peaks of a saw that rise towards the limit', () => {
    const leak = history(
      hours => 0.5 + 0.2 * (((hours % 1) + 1) % 1) + Math.max(0, (hours + 4) / 20) + noise(),
    );
    const { chance, reason } = gradualOutlook(leak);
    expect(chance).toBeGreaterThan(0.8);
    expect(reason).toMatch(/^peaks at (8|9)\d % of the limit/);
  });

  it('is quiet about a step up by a deploy', () => {
    for (const ago of [0.2, 0.5, 1, 2]) {
      const stepped = history(hours => (hours > -ago ? 0.85 : 0.5) + noise());
      expect(gradualOutlook(stepped).chance, `${ago} h ago`).toBeLessThan(0.7);
    }
  });

  it('sees a certificate that is not renewed, to the hour', () => {
    const life = 90 * 24;
    const { chance, crossing } = gradualOutlook(history(hours => 1 + (hours - 2) / life));
    expect(chance).toBeGreaterThan(0.9);
    expect(crossing!.median / 3_600_000).toBeCloseTo(2, 1);
  });

  it('says why it cannot tell', () => {
    const short = { ...history(() => 0.5), share: new Float64Array(30).fill(0.5) };
    expect(gradualOutlook(short)).toMatchObject({ chance: 0, reason: 'less than 6 h of history' });
    const gone = history(hours => (hours > -1 ? Number.NaN : 0.5));
    expect(gradualOutlook(gone)).toMatchObject({ chance: 0, reason: 'no recent samples' });
    expect(gradualOutlook(history(() => 0.5))).toMatchObject({ chance: 0, reason: 'no steady rise' });
    expect(gradualOutlook(history(() => 1.2))).toMatchObject({ chance: 1, reason: 'at its limit' });
  });

  it('stands gaps and values that are no numbers', () => {
    const holes = history(hours =>
      Math.round(hours * anHour) % 4 === 0 ? Number.NaN : 0.4 + Math.max(0, (hours + 4) / 10),
    );
    expect(gradualOutlook(holes).chance).toBeGreaterThan(0.9);
  });
});

describe('a warning', () => {
  const told = (...chances: number[]) =>
    chances.reduce(
      (state, chance) => afterLook(state, { chance, crossing: undefined, reason: '' }),
      quietState,
    );

  it('begins at once where the trend is sure, else after two looks', () => {
    expect(told(0.99).warning).toBe(true);
    expect(told(0.8).warning).toBe(false);
    expect(told(0.8, 0.8).warning).toBe(true);
    expect(told(0.8, 0.1, 0.8).warning).toBe(false);
  });

  it('ends when half an hour speaks against it, not before', () => {
    expect(told(0.99, 0.1, 0.1, 0.1, 0.1, 0.1).warning).toBe(true);
    expect(told(0.99, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1).warning).toBe(false);
    expect(told(0.99, 0.1, 0.1, 0.1, 0.1, 0.1, 0.5, 0.1).warning).toBe(true);
  });
});
