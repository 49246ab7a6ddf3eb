import { describe, expect, it } from 'vitest';
import { createRandom } from '../../core/random.ts';
import { News } from '../../detectors/news.ts';

const step = 300_000;
const day = 288;

/** Lives through `rows` values of a course and answers what is said of the ones after it. */
function told(rows: number, course: (i: number) => number, after: readonly number[]): number[] {
  const news = new News(1, step);
  const at = (i: number, value: number) => {
    const p = news.pValue(0, i * step, value, 1);
    news.learn(0, i * step, value);
    news.move(0, i * step, value);
    return p;
  };
  for (let i = 0; i < rows; i++) at(i, course(i));
  return after.map((value, i) => at(rows + i, value));
}

const random = createRandom(11);
const noise = () => random() + random() + random() - 1.5;
const wave = (i: number) => 10 * Math.sin((2 * Math.PI * i) / day);

describe('what is new for a series', () => {
  it('a value that it never had', () => {
    expect(told(2000, noise, [20])[0]).toBeLessThan(1e-6);
  });

  it('a jump to a value that is usual at another time', () => {
    const rows = 10 * day;
    expect(told(rows, i => wave(i) + noise(), [9])[0]).toBeLessThan(1e-3);
  });

  it('a level that is usual at another time of the day, before long', () => {
    const rows = 10 * day + 72;
    const flat = Array.from({ length: 60 }, () => 10 + noise());
    const usual = told(
      rows,
      i => wave(i) + noise(),
      flat.map((_, i) => wave(rows + i) + noise()),
    );
    const unusual = told(rows, i => wave(i) + noise(), flat);
    expect(Math.min(...usual)).toBeGreaterThan(0.003);
    expect(Math.min(...unusual)).toBeLessThan(0.003);
  });

  it('changes that are larger than they were', () => {
    const wild = Array.from({ length: 40 }, (_, i) => 1.2 * (i % 2 === 0 ? 1 : -1));
    expect(Math.min(...told(4000, noise, wild))).toBeLessThan(1e-3);
  });
});

it('says nothing of a value that is usual, is missing, or when it knows little', () => {
  expect(told(2000, noise, [0])[0]).toBeGreaterThan(0.5);
  expect(told(2000, noise, [Number.NaN])[0]).toBeNaN();
  expect(told(50, noise, [20])[0]).toBeGreaterThan(0.5);
});

it('sees small noise on a large count', () => {
  expect(told(2000, () => 2 ** 53 / 8 + 64 * noise(), [2 ** 53 / 8 + 2000])[0]).toBeLessThan(1e-3);
});

it('keeps its series over bytes and memberships', () => {
  const news = new News(1, step);
  for (let i = 0; i < 1000; i++) {
    const value = noise();
    news.learn(0, i * step, value);
    news.move(0, i * step, value);
  }
  const moved = News.fromBytes(news.toBytes(), step).remap(Int32Array.from([-1, 0]), step);
  expect(moved.pValue(1, 1000 * step, 5, 1)).toBe(news.pValue(0, 1000 * step, 5, 1));
  expect(moved.pValue(0, 1000 * step, 5, 1)).toBeGreaterThan(0.5);
  expect(() => News.fromBytes(news.toBytes().subarray(0, 80), step)).toThrow(RangeError);
});
