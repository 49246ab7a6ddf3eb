import { decidedRows, type HourlyPast, hour, outcomes } from './incident-odds-past.ts';
import type { UsedRows } from './incident-odds-profile.ts';

/** Rows to learn from: columns of equal length, whether an incident came, and the weight of each row. */
export interface OddsRows {
  readonly columns: readonly Float64Array[];
  readonly y: Float64Array;
  readonly weight: Float64Array;
}

/** Rows that are learned from, about: of those without an incident every n-th, with n times the weight. */
const mostRows = 12_000;

/** The weight of a row halves with each of these days: what is usual changes. */
const halfLife = 21;

export function recency(until: number, t: number): number {
  return 0.5 ** ((until - t) / (24 * hour) / halfLife);
}

/** The used rows of all places under each other, thinned where there are too many. */
export function gatherRows(
  pasts: readonly HourlyPast[],
  columns: readonly (readonly Float64Array[])[],
  { used, ahead, until }: { readonly used: UsedRows; readonly ahead: number; readonly until: number },
): OddsRows {
  const count = used.reduce((sum, rows) => sum + rows.reduce((n, row) => n + row, 0), 0);
  const every = Math.max(1, Math.ceil(count / mostRows));
  const places: number[] = [];
  const rows: number[] = [];
  const y: number[] = [];
  const times: number[] = [];
  for (const [k, past] of pasts.entries()) {
    const outcome = outcomes(past, ahead);
    for (let i = 0; i < past.rows; i++) {
      if (used[k]![i] === 0 || (outcome[i] === 0 && (i + k) % every !== 0)) continue;
      places.push(k);
      rows.push(i);
      y.push(outcome[i]!);
      times.push(past.from + i * hour);
    }
  }
  const width = columns[0]?.length ?? 0;
  return {
    columns: Array.from({ length: width }, (_, c) =>
      Float64Array.from(rows, (row, n) => columns[places[n]!]![c]![row]!),
    ),
    y: Float64Array.from(y),
    weight: Float64Array.from(y, (each, n) => (each === 0 ? every : 1) * recency(until, times[n]!)),
  };
}

/** Rows outside [from, to) and at least `ahead` hours away from it, so that no outcome is shared. */
export function apart(
  past: HourlyPast,
  block: { readonly from: number; readonly to: number },
  { until, ahead }: { readonly until: number; readonly ahead: number },
): Uint8Array {
  const rows = new Uint8Array(past.rows);
  for (let i = 0; i < decidedRows(past, until, ahead); i++) {
    const t = past.from + i * hour;
    rows[i] = t < block.from - ahead * hour || t >= block.to + ahead * hour ? 1 : 0;
  }
  return rows;
}
