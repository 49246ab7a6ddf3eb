import type { Entity } from '../core/batch.ts';
import { fingerprint } from '../core/labels.ts';
import type { Judgement } from '../detectors/judgement.ts';

/** After its last abnormal step a row is reported for so many steps more, so that the rule sees it recover. */
const reportedFor = 20;

/** What a class remembers of its rows between two passes: who is reported, and who was there when. */
export class RowMemory {
  #reported = new Map<number, number>();
  #lastAt: Float64Array;

  /** Of `rows` rows nothing is known yet but that they were there at `t` (ms). */
  constructor(rows = 0, t = Number.NaN) {
    this.#lastAt = new Float64Array(rows).fill(t);
  }

  /** The row was judged at `t` (ms). */
  see(row: number, t: number): void {
    this.#lastAt[row] = t;
  }

  /** When the row was last there, ms; NaN when that is not known. */
  lastAt(row: number): number {
    return this.#lastAt[row]!;
  }

  /** The row is reported at this step and those that follow. */
  report(row: number): void {
    this.#reported.set(row, reportedFor);
  }

  /** Reports the rows of a judgement that are abnormal; answers how many were judged, and which are flagged. */
  judged(
    { t, p, flagged }: Judgement,
    fpr: number,
  ): { readonly count: number; readonly flagged: readonly number[] } {
    let count = 0;
    const found: number[] = [];
    for (let row = 0; row < p.length; row++) {
      if (Number.isNaN(p[row]!)) continue;
      count++;
      this.see(row, t);
      if (flagged[row] === 1) found.push(row);
      if (p[row]! <= fpr || flagged[row] === 1) this.report(row);
    }
    return { count, flagged: found };
  }

  /** The rows that are reported at this step; moves on to the next. */
  take(): readonly number[] {
    const rows = [...this.#reported.keys()];
    for (const [row, left] of this.#reported)
      if (left <= 1) this.#reported.delete(row);
      else this.#reported.set(row, left - 1);
    return rows;
  }

  /** The same memory for another membership; entities that are new in it start empty. */
  remap(from: readonly Entity[], to: readonly Entity[]): RowMemory {
    const next = new RowMemory(to.length);
    const at = new Map(to.map((entity, row) => [fingerprint(entity), row]));
    from.forEach((entity, row) => {
      const place = at.get(fingerprint(entity));
      if (place === undefined) return;
      next.#lastAt[place] = this.#lastAt[row]!;
      const left = this.#reported.get(row);
      if (left !== undefined) next.#reported.set(place, left);
    });
    return next;
  }
}
