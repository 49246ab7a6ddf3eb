import { describe, expect, it } from 'vitest';
import { createWindow } from '../../core/window.ts';

const spec = { name: 'c', signals: [], step: 1 };

/** A window of 2 rows x 2 signals and 4 steps after `looks`: row r, signal k holds 100 r + 10 k + t. */
function windowAfter(looks: number) {
  const window = createWindow(2, 2, 4);
  for (let t = 0; t < looks; t++) {
    const values = Float64Array.of(t, 10 + t, 100 + t, 110 + t);
    window.push({ class: spec, t, entities: [], values, partial: false });
  }
  return window;
}

describe.each([Float32Array, Float64Array])('the tail of a window in a %o', Numbers => {
  const tail = (looks: number, steps: number) => {
    const values = new Numbers(2 * steps);
    windowAfter(looks).tail(1, steps, { values, at: 0, stride: 2 });
    return [...values];
  };
  const none = Number.NaN;

  it.each([
    ['of an empty window is missing', 0, 2, [none, none, none, none]],
    ['begins with what is missing', 1, 3, [none, none, none, none, 100, 110]],
    ['is oldest first', 3, 2, [101, 111, 102, 112]],
    ['goes on over the end of the ring', 6, 4, [102, 112, 103, 113, 104, 114, 105, 115]],
    ['may be longer than the window', 9, 5, [none, none, 105, 115, 106, 116, 107, 117, 108, 118]],
  ])('%s', (_what, looks, steps, expected) => {
    expect(tail(looks, steps)).toEqual(expected);
  });

  it('is what `at` answers, and leaves what lies between its strides', () => {
    const window = windowAfter(7);
    const values = new Numbers(20).fill(-1);
    window.tail(0, 3, { values, at: 1, stride: 5 });
    for (let t = 0; t < 3; t++)
      for (let k = 0; k < 2; k++) expect(values[1 + 5 * t + k]).toBe(window.at(0, 2 - t, k));
    expect(values.filter(v => v === -1).length).toBe(14);
  });
});
