import { describe, expect, it } from 'vitest';
import { createRandom } from '../../core/random.ts';
import { SeasonalBands } from '../../detectors/seasonal-band.ts';

const hour = 3_600_000;
const step = 300_000;

/** `days` of history at 5-minute steps, drawn by `make(hour of the week)` with noise of +-1. */
function fitted(days: number, make: (hourOfWeek: number) => number): SeasonalBands {
  const random = createRandom(5);
  const t = Float64Array.from({ length: (days * 24 * hour) / step }, (_, i) => i * step);
  const values = t.map(at => make(Math.floor(at / hour) % 168) + 2 * random() - 1);
  const bands = new SeasonalBands(1, 1);
  bands.fit(0, t, values);
  return bands;
}

/** Middle of the band at an hour of the week, some weeks later. */
const midAt = (bands: SeasonalBands, hourOfWeek: number) =>
  bands.band(0, (168 * 10 + hourOfWeek) * hour, 'traffic')?.mid ?? Number.NaN;

describe('seasonal bands', () => {
  const weekly = (h: number) => (h < 48 ? 100 : 10);
  const daily = (h: number) => (h % 24 < 12 ? 100 : 10);

  it('tell the hours of the week apart after two weeks', () => {
    const bands = fitted(15, weekly);
    expect(midAt(bands, 12)).toBeCloseTo(100, -0.5);
    expect(midAt(bands, 60)).toBeCloseTo(10, -0.5);
  });

  it('fall back to the hour of the day after two days', () => {
    const bands = fitted(4, daily);
    expect(midAt(bands, 24 * 6 + 3)).toBeCloseTo(100, -0.5);
    expect(midAt(bands, 24 * 6 + 20)).toBeCloseTo(10, -0.5);
  });

  it('fall back to one band for all hours before', () => {
    const bands = fitted(1, daily);
    expect(bands.band(0, 3 * hour, 'traffic')).toEqual(bands.band(0, 20 * hour, 'traffic'));
    expect(bands.band(0, 0, 'traffic')?.high).toBeGreaterThan(99);
    expect(bands.band(0, 0, 'traffic')?.low).toBeLessThan(11);
  });

  it('know nothing before the first value', () => {
    const bands = new SeasonalBands(1, 1);
    expect(bands.band(0, 0, 'traffic')).toBeUndefined();
    expect(bands.outside(0, 0, 1)).toBeNaN();
    bands.learn(0, 0, Number.NaN);
    expect(bands.band(0, 0, 'traffic')).toBeUndefined();
    bands.learn(0, 0, 7);
    expect(bands.band(0, 5 * hour, 'traffic')).toEqual({ signal: 'traffic', low: 7, mid: 7, high: 7 });
  });

  it('tell the side and the distance outside of the band', () => {
    const bands = fitted(4, () => 50);
    expect(bands.outside(0, 0, 50)).toBe(0);
    expect(bands.outside(0, 0, 60)).toBeGreaterThan(5);
    expect(bands.outside(0, 0, 40)).toBeLessThan(-5);
  });

  it('follow a lasting change, hour by hour', () => {
    const bands = fitted(4, () => 50);
    for (let i = 0; i < 20_000; i++) bands.learn(0, (i % 12) * step, 60);
    expect(midAt(bands, 0)).toBeGreaterThan(55);
    expect(midAt(bands, 1)).toBeCloseTo(50, -0.5);
  });

  it('keep an entity by its old row, and start a new one empty', () => {
    const moved = fitted(4, () => 50).remap(Int32Array.of(-1, 0));
    expect(moved.band(0, 0, 'traffic')).toBeUndefined();
    expect(moved.band(1, 0, 'traffic')?.mid).toBeCloseTo(50, -0.5);
  });

  it('take 168 hours x 3 quantiles in single precision, beside 8 bytes', () => {
    expect(SeasonalBands.bytesPerSeries).toBe(168 * 3 * 4 + 8);
  });

  it('are the same after a trip through bytes, and refuse others', () => {
    const bands = fitted(4, daily);
    const again = SeasonalBands.fromBytes(bands.toBytes());
    expect(again.band(0, 5 * hour, 'traffic')).toEqual(bands.band(0, 5 * hour, 'traffic'));
    expect(() => SeasonalBands.fromBytes(bands.toBytes().subarray(0, 100))).toThrow(RangeError);
  });
});
