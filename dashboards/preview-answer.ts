import type { Series } from '../core/series.ts';

/** What was answered to one query; `error` in words where it was not answered. */
export interface TargetAnswer {
  readonly series: readonly Series[];
  readonly error?: string;
}

/** What was answered to the queries of a panel, in their order. */
export interface PanelAnswer {
  readonly targets: readonly TargetAnswer[];
}

/** The series with a missing sample where steps (ms) were left out, so that no line is drawn over a gap. */
export function withGaps({ labels, t, v }: Series, step: number): Series {
  const times: number[] = [];
  const values: number[] = [];
  for (let i = 0; i < t.length; i++) {
    const before = times.at(-1);
    if (before !== undefined && t[i]! - before > 1.5 * step) {
      times.push(before + step);
      values.push(Number.NaN);
    }
    times.push(t[i]!);
    values.push(v[i]!);
  }
  return { labels, t: Float64Array.from(times), v: Float64Array.from(values) };
}

/** Beginnings of the stretches in which a series has samples, a step (ms) apart at most. */
export function beginnings({ t, v }: Series, step: number): number[] {
  const out: number[] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < t.length; i++) {
    if (Number.isNaN(v[i]!)) continue;
    if (t[i]! - last > 1.5 * step) out.push(t[i]!);
    last = t[i]!;
  }
  return out;
}
