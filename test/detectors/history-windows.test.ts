import { describe, expect, it } from 'vitest';
import type { Frame } from '../../core/batch.ts';
import { createRandom } from '../../core/random.ts';
import { drawWindows } from '../../detectors/history-windows.ts';

function frameOf(first: number, rows: number): Frame {
  const t = Float64Array.from({ length: rows }, (_, i) => i);
  return {
    entity: {},
    signals: ['a', 'b'],
    step: 1,
    t,
    columns: [t.map(i => first + i), t.map(i => -first - i)],
  };
}

const draw = (
  frames: readonly Frame[],
  limit: number,
  span: { from: number; to: number } = { from: 0, to: 1 },
) => drawWindows(frames, { steps: 3, width: 2, limit, ...span, random: createRandom(5) });

/** First value of each window. */
const starts = ({ values, count }: ReturnType<typeof draw>) =>
  Array.from({ length: count }, (_, i) => values[6 * i]);

describe('windows drawn from history', () => {
  it('are rows after each other, signal beside signal', () => {
    const { values, count } = draw([frameOf(10, 3)], 5);
    expect(count).toBe(1);
    expect([...values]).toEqual([10, -10, 11, -11, 12, -12]);
  });

  it('are all there are when the limit allows, each once, and never span two frames', () => {
    expect(starts(draw([frameOf(0, 6), frameOf(100, 4), frameOf(200, 2)], 100))).toEqual([
      0, 1, 2, 3, 100, 101,
    ]);
  });

  it('are as many as the limit, spread over all frames, the same under one seed', () => {
    const frames = [frameOf(0, 500), frameOf(1000, 500)];
    const some = starts(draw(frames, 100));
    expect(some.length).toBe(100);
    expect(new Set(some).size).toBe(100);
    const second = some.filter(start => start! >= 1000).length;
    expect(second).toBeGreaterThan(30);
    expect(second).toBeLessThan(70);
    expect(starts(draw(frames, 100))).toEqual(some);
  });

  it('of two spans have no row in common', () => {
    const frames = [frameOf(0, 50)];
    const before = starts(draw(frames, 100, { from: 0, to: 0.8 }));
    const after = starts(draw(frames, 100, { from: 0.8, to: 1 }));
    expect(Math.max(...before.map(Number)) + 2).toBeLessThan(Math.min(...after.map(Number)));
  });

  it('are left out when their newest row has no sample, and keep holes elsewhere', () => {
    const frame = frameOf(0, 6);
    for (const column of frame.columns) column[3] = Number.NaN;
    const windows = draw([frame], 10);
    expect(starts(windows)).toEqual([0, 2, 3].map(start => (start === 3 ? Number.NaN : start)));
    expect(windows.values[6 + 2]).toBeNaN();
  });

  it('are none without frames, or where frames are too short', () => {
    expect(draw([], 10).count).toBe(0);
    expect(draw([frameOf(0, 2)], 10).count).toBe(0);
  });
});
