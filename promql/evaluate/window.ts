import type { Labels } from '../../core/labels.ts';
import type { Dialect } from './select.ts';
import { firstAfter } from './select.ts';
import type { Steps } from './steps.ts';
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

/** The samples of one series, NaN being a value. */
export interface Column {
  readonly labels: Labels;
  readonly t: Float64Array;
  readonly v: Float64Array;
}

/** What a range reads: `range`, `offset` and the fixed time in ms. */
export interface RangeRead {
  readonly grid: Grid;
  readonly range: number;
  readonly offset: number;
  readonly pin: number | undefined;
  readonly dialect: Dialect;
}

/** Samples that may be looked at before others get their turn. */
const visitsOfATurn = 200_000;

/** `fn` of one series over every window of the grid, by two pointers; undefined when no window has enough samples. */
export function* overWindows(
  { labels, t, v }: Column,
  read: RangeRead,
  { fn, params }: { readonly fn: RangeFunction; readonly params: readonly Float64Array[] },
): Steps<Element | undefined> {
  const { grid, range, offset, dialect, pin } = read;
  const element = emptyElement(labels, grid.count);
  const open = dialect === 3;
  const w = { t, v, from: 0, to: 0, start: 0, end: 0, at: 0, step: 0, dialect };
  w.from = firstAfter(t, (pin ?? grid.start) - offset - range - (open ? 0 : 0.5));
  w.to = w.from;
  // Every window at a fixed time holds the same.
  const isOnce = pin !== undefined && params.length === 0;
  let any = false;
  let visits = 0;
  for (let i = 0; i < grid.count; i++) {
    w.step = i;
    w.at = grid.start + i * grid.step;
    w.end = (pin ?? w.at) - offset;
    w.start = w.end - range;
    while (w.from < t.length && (t[w.from]! < w.start || (open && t[w.from] === w.start))) w.from++;
    if (w.to < w.from) w.to = w.from;
    while (w.to < t.length && t[w.to]! <= w.end) w.to++;
    if (w.to - w.from < fn.least) continue;
    element.v[i] = fn.apply(w, params);
    element.on[i] = 1;
    any = true;
    if (isOnce) break;
    visits += w.to - w.from + 1;
    if (visits < visitsOfATurn) continue;
    visits = 0;
    yield;
  }
  if (any && isOnce) {
    element.v.fill(element.v[0]!);
    element.on.fill(1);
  }
  return any ? element : undefined;
}

/** The columns without their NaN. */
export function withoutNaN(column: Column): Column {
  const { labels, t, v } = column;
  if (!v.includes(Number.NaN)) return column;
  return { labels, t: t.filter((_, i) => !Number.isNaN(v[i]!)), v: v.filter(value => !Number.isNaN(value)) };
}
