import type { Series } from '../../core/series.ts';
import type { Matcher, SelectorExpr } from '../ast.ts';
import { PromqlError } from '../parse.ts';
import { type Element, emptyElement, type Grid } from './value.ts';

/** Which end of a window counts: Prometheus 2 reads [t - range, t], Prometheus 3 (t - range, t]. */
export type Dialect = 2 | 3;

/** Series found by metric name first, then by the other matchers. */
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

  select(matchers: readonly Matcher[]): readonly Series[] {
    const name = matchers.find(matcher => matcher.label === '__name__' && matcher.op === '=');
    const candidates = name === undefined ? this.#all : (this.#byName.get(name.value) ?? []);
    const tests = matchers.filter(matcher => matcher !== name).map(toTest);
    return candidates.filter(({ labels }) => tests.every(({ label, passes }) => passes(labels[label] ?? '')));
  }
}

function toTest({ label, op, value, at }: Matcher): { label: string; passes: (text: string) => boolean } {
  if (op === '=') return { label, passes: text => text === value };
  if (op === '!=') return { label, passes: text => text !== value };
  const pattern = anchored(value, at);
  return { label, passes: op === '=~' ? text => pattern.test(text) : text => !pattern.test(text) };
}

/** A regular expression as PromQL reads it: anchored at both ends, `.` matches line ends too. */
export function anchored(source: string, at: number): RegExp {
  const insensitive = source.startsWith('(?i)');
  try {
    return new RegExp(`^(?:${insensitive ? source.slice(4) : source})$`, insensitive ? 'isu' : 'su');
  } catch {
    throw new PromqlError(`"${source}" is not supported as a regular expression`, at);
  }
}

/** The newest sample of each series at each instant, no older than `lookback` ms. */
export function instantVector(
  series: readonly Series[],
  { offset }: SelectorExpr,
  read: { readonly grid: Grid; readonly lookback: number; readonly dialect: Dialect },
): Element[] {
  const { grid, lookback, dialect } = read;
  const out: Element[] = [];
  for (const { labels, t, v } of series) {
    const element = emptyElement(labels, grid.count);
    let any = false;
    let next = firstAfter(t, grid.start - offset);
    for (let i = 0; i < grid.count; i++) {
      const at = grid.start + i * grid.step - offset;
      while (next < t.length && t[next]! <= at) next++;
      const age = at - t[next - 1]!;
      if (next === 0 || age > lookback || (age === lookback && dialect === 3)) continue;
      element.v[i] = v[next - 1]!;
      element.on[i] = 1;
      any = true;
    }
    if (any) out.push(element);
  }
  return out;
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
