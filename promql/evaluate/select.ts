import { type Labels, labelOf } from '../../core/labels.ts';
import type { Series } from '../../core/series.ts';
import type { Matcher } from '../ast.ts';
import { matcherTest } from '../regexp.ts';
import { byLabels } from './label-order.ts';
import { type Element, emptyElement, type Grid } from './value.ts';

/** Which end of a window counts: Prometheus 2 reads [t - range, t], Prometheus 3 (t - range, t]. */
export type Dialect = 2 | 3;

/** Series found by metric name first, then by the other matchers. Samples are not touched. */
export class SeriesIndex {
  readonly #all: readonly Series[];
  readonly #byName = new Map<string, Series[]>();

  constructor(series: readonly Series[]) {
    this.#all = series;
    for (const one of series) {
      const name = one.labels.__name__ ?? '';
      const list = this.#byName.get(name);
      if (list === undefined) this.#byName.set(name, [one]);
      else list.push(one);
    }
  }

  /** In the order of their labels. */
  select(matchers: readonly Matcher[]): readonly Series[] {
    const name = matchers.find(matcher => matcher.label === '__name__' && matcher.op === '=');
    const candidates = name === undefined ? this.#all : (this.#byName.get(name.value) ?? []);
    const tests = matchers
      .filter(matcher => matcher !== name)
      .map(matcher => ({ label: matcher.label, passes: matcherTest(matcher) }));
    return byLabels(
      candidates.filter(({ labels }) => tests.every(({ label, passes }) => passes(labelOf(labels, label)))),
    );
  }
}

/** How stored samples are read; times in ms. */
export interface Reading {
  readonly lookback: (labels: Labels) => number;
  readonly dialect: Dialect;
  /** Whether a stored NaN ends a series until its next sample, as a stale marker does, instead of being a value. */
  readonly nanEnds: boolean;
}

/** Where an instant selector reads: the grid's instants, or one fixed time, less the offset. */
export interface InstantRead {
  readonly grid: Grid;
  readonly offset: number;
  readonly pin: number | undefined;
  /** Take the time of the sample (s) in place of its value. */
  readonly times: boolean;
}

/** The newest sample of a series at each instant, no older than the lookback; undefined where there is none at all. */
export function instantElement(series: Series, read: InstantRead, how: Reading): Element | undefined {
  const { grid, offset, pin, times } = read;
  const { labels, t, v } = series;
  const lookback = how.lookback(labels);
  const element = emptyElement(labels, grid.count);
  const first = (pin ?? grid.start) - offset;
  const step = pin === undefined ? grid.step : 0;
  let any = false;
  let next = firstAfter(t, first);
  for (let i = 0; i < grid.count; i++) {
    const at = first + i * step;
    while (next < t.length && t[next]! <= at) next++;
    const age = at - t[next - 1]!;
    if (next === 0 || age > lookback || (age === lookback && how.dialect === 3)) continue;
    const value = v[next - 1]!;
    if (how.nanEnds && Number.isNaN(value)) continue;
    element.v[i] = times ? t[next - 1]! / 1000 : value;
    element.on[i] = 1;
    any = true;
  }
  return any ? element : undefined;
}

/** The index of the first time above `at`. */
export function firstAfter(t: Float64Array, at: number): number {
  let low = 0;
  let high = t.length;
  while (low < high) {
    const mid = (low + high) >>> 1;
    if (t[mid]! <= at) low = mid + 1;
    else high = mid;
  }
  return low;
}
