import { describe, expect, it } from 'vitest';
import { exhaustion, fillQuantile } from '../../forecasters/exhaustion.ts';
import { belowEnvelope, sawTooth } from '../../forecasters/saw-tooth.ts';
import { daily, day, made } from './series.ts';

const horizon = 60 * day;
const constant = (limit: number) => new Float64Array(60).fill(limit);

/** When the values, one a day, reach the limit; days count from the last one. */
function fullOf(values: ArrayLike<number>, limit: Float64Array, bad: 'above' | 'below' = 'above') {
  const history = daily(values);
  const answer = exhaustion(history, { limit, bad, horizon });
  const days = (t: number) => (t - history.t.at(-1)!) / day;
  return answer.state === 'fills'
    ? {
        ...answer,
        median: days(answer.date.median),
        earliest: days(answer.date.earliest),
        latest: days(answer.date.latest),
      }
    : answer;
}

/** The answer as a date, or a failure that tells what came instead. */
function dateOf(values: ArrayLike<number>, limit: Float64Array, bad: 'above' | 'below' = 'above') {
  const answer = fullOf(values, limit, bad);
  if (!('median' in answer)) throw new Error(`${answer.state}: ${answer.reason}`);
  return answer;
}

const disk = made(60, (i, noise) => 100 + 2 * i + noise);

describe('a disk that fills', () => {
  it('is full when its line reaches the limit, give or take what its noise makes of it', () => {
    const { median, earliest, latest } = dateOf(disk, constant(258));
    expect(median).toBeGreaterThan(18);
    expect(median).toBeLessThan(22);
    expect(earliest).toBeLessThan(median);
    expect(latest).toBeGreaterThan(median);
  });

  it('is full later under a limit that was raised', () => {
    const raised = constant(258).map((limit, h) => (h < 10 ? limit : limit + 20));
    expect(dateOf(disk, raised).median - dateOf(disk, constant(258)).median).toBeCloseTo(10, 0);
  });

  it('is full earlier the faster it grows', () => {
    const faster = made(60, (i, noise) => 100 + 2 * i + 0.03 * i * i + noise);
    const limit = constant(faster.at(-1)! + 60);
    expect(dateOf(faster, limit).median).toBeLessThan(dateOf(disk, constant(disk.at(-1)! + 60)).median);
  });

  it('is over when its last value is at the limit, whatever comes', () => {
    expect(fullOf(disk, constant(200))).toMatchObject({ state: 'over' });
  });
});

describe('a line without noise', () => {
  it.each([6.2, 14, 22.7, 28.4])('is full on the day on which it meets the limit, %d days ahead', left => {
    const v = made(60, i => 3 * i);
    const answer = dateOf(v, new Float64Array(30).fill(3 * (59 + left)));
    expect(Math.abs(answer.median - left)).toBeLessThan(1);
    expect(answer.latest - answer.earliest).toBeLessThan(2);
  });
});

describe('what runs down', () => {
  it('is out on the day that its line touches the limit: a certificate', () => {
    const left = made(40, i => 50 - i);
    const { median } = dateOf(left, constant(0), 'below');
    expect(median).toBeGreaterThan(10);
    expect(median).toBeLessThanOrEqual(11);
  });
});

describe('what may never fill', () => {
  it('is clear while it keeps to its level', () => {
    const calm = made(60, (_, noise) => 40 + noise);
    expect(fullOf(calm, constant(90))).toMatchObject({ state: 'clear' });
  });

  it('is clear when it never moved', () => {
    expect(fullOf(new Float64Array(30).fill(5), constant(10))).toMatchObject({
      state: 'clear',
      reason: 'it has not moved in all of its history',
    });
  });
});

describe('what cannot be told', () => {
  it('says so without a limit', () => {
    expect(fullOf(disk, constant(Number.NaN))).toMatchObject({
      state: 'unknown',
      reason: 'no limit is known',
    });
  });

  it('says so with too few values', () => {
    expect(fullOf(disk.subarray(0, 5), constant(258))).toMatchObject({ state: 'unknown' });
  });
});

describe('a saw-tooth', () => {
  /** Grows by 2 a day, and every sixth day loses 10: its peaks climb by 2 in six days. */
  const teeth = made(60, i => 100 + 2 * (i % 6) + 2 * Math.floor(i / 6) + 0.001 * i);

  it('is found by its cleanings, with its edge through the peaks', () => {
    const saw = sawTooth(teeth)!;
    expect(saw.period).toBe(6);
    expect(saw.since).toBe(6);
    expect(saw.envelope.at(-1)).toBe(teeth[53]);
    expect(saw.envelope[50]!).toBeGreaterThan(teeth[50]!);
  });

  it('lies below its edge by what it must still grow until the next cleaning', () => {
    expect([...belowEnvelope({ envelope: teeth, period: 3, since: 1, added: 5 }, 6)]).toEqual([
      5, 0, 10, 5, 0, 10,
    ]);
  });

  it('is not seen in a line, in noise or in a single cleaning', () => {
    expect(sawTooth(disk)).toBeUndefined();
    expect(sawTooth(made(60, (_, noise) => noise))).toBeUndefined();
    expect(sawTooth(made(60, i => 2 * i - (i > 30 ? 40 : 0)))).toBeUndefined();
  });

  it('is full when its peaks are', () => {
    const { median } = dateOf(teeth, constant(133));
    expect(median).toBeGreaterThan(10);
    expect(median).toBeLessThan(20);
  });
});

describe('quantiles of a date', () => {
  it('take what was full once for full, and are NaN beyond what was looked at', () => {
    const chances = { t: Float64Array.of(1, 2, 3), chance: Float64Array.of(0, 0.6, 0.2) };
    expect(fillQuantile(chances, 0.3)).toBeCloseTo(1.5);
    expect(fillQuantile(chances, 0.7)).toBeNaN();
  });
});

describe('hours', () => {
  it('are read by the highs of their days', () => {
    const hours = made(40 * 24, i => 50 + i / 24 + 10 * Math.sin((2 * Math.PI * i) / 24));
    const t = hours.map((_, i) => (i * day) / 24);
    const answer = exhaustion(
      { t, v: hours, step: day / 24 },
      { limit: new Float64Array(30 * 24).fill(110), bad: 'above', horizon: 30 * day },
    );
    if (answer.state !== 'fills') throw new Error(answer.reason);
    expect((answer.date.median - t.at(-1)!) / day).toBeGreaterThan(8);
    expect((answer.date.median - t.at(-1)!) / day).toBeLessThan(12);
  });
});
