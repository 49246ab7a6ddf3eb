import type { Series } from '../../core/series.ts';
import type { Dialect } from './select.ts';
import { firstAfter } from './select.ts';
import { type Element, emptyElement, type Grid } from './value.ts';

/** Samples `from` (included) to `to` (excluded) of a series, and the window (ms) in which they lie. */
export interface SampleWindow {
  readonly t: Float64Array;
  readonly v: Float64Array;
  from: number;
  to: number;
  start: number;
  end: number;
  /** The instant of evaluation in ms: `end` before the offset. */
  at: number;
  step: number;
  readonly dialect: Dialect;
}

/** A function over a range: `least` samples are needed, else it gives none. */
export interface RangeFunction {
  readonly least: number;
  readonly keepsName?: boolean;
  readonly apply: (window: SampleWindow, params: readonly Float64Array[]) => number;
}

/** What a range reads: `range` and `offset` in ms. */
export interface RangeRead {
  readonly grid: Grid;
  readonly range: number;
  readonly offset: number;
  readonly dialect: Dialect;
}

/** `fn` of one series over every window of the grid, by two pointers; undefined when no window has enough samples. */
export function overWindows(
  series: Series,
  read: RangeRead,
  fn: { readonly fn: RangeFunction; readonly params: readonly Float64Array[] },
): Element | undefined {
  const { grid, range, offset, dialect } = read;
  const { t, v, labels } = series;
  const element = emptyElement(labels, grid.count);
  const open = dialect === 3;
  const w = { t, v, from: 0, to: 0, start: 0, end: 0, at: 0, step: 0, dialect };
  w.from = open
    ? firstAfter(t, grid.start - offset - range)
    : firstAfter(t, grid.start - offset - range - 0.5);
  w.to = w.from;
  let any = false;
  for (let i = 0; i < grid.count; i++) {
    w.step = i;
    w.at = grid.start + i * grid.step;
    w.end = w.at - offset;
    w.start = w.end - range;
    while (w.from < t.length && (t[w.from]! < w.start || (open && t[w.from] === w.start))) w.from++;
    if (w.to < w.from) w.to = w.from;
    while (w.to < t.length && t[w.to]! <= w.end) w.to++;
    if (w.to - w.from < fn.fn.least) continue;
    element.v[i] = fn.fn.apply(w, fn.params);
    element.on[i] = 1;
    any = true;
  }
  return any ? element : undefined;
}
