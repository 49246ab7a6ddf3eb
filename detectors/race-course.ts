import type { FittedDetector } from '../core/detector.ts';
import { createWindow } from '../core/window.ts';
import { type Baseline, standardize } from './baseline.ts';
import type { Member } from './class-parts.ts';
import { combineCauchy } from './ensemble.ts';
import { faultKinds, type RaceHistory, type RacePiece, racePieces, scoredRows } from './faults.ts';

/** Injected faults with what each is ranked against, ready to be scored by any model of the class. */
export interface RaceCourse {
  readonly history: RaceHistory;
  readonly pieces: readonly RacePiece[];
  readonly lead: number;
  readonly step: number;
}

/** Scores of the last rows of each piece, piece by piece. */
export type PieceScores = Float64Array;

/** The faults for histories, with as many rows before those that are scored as any of the detectors looks back. */
export function raceCourse(history: RaceHistory, fitted: readonly FittedDetector[]): RaceCourse {
  const lead = Math.max(2, ...fitted.map(each => each.lookback)) - 1;
  const step = history.frames[0]?.step ?? 1;
  return { history, pieces: racePieces(history, lead), lead, step };
}

/** What a model sees of all pieces: one array a step, row-major pieces x signals, standardized by its own baseline. */
export function standardizedSteps(
  { pieces, lead, history }: RaceCourse,
  baseline: Baseline,
  rowOf: (frame: number) => number = frame => frame,
): Float64Array[] {
  const width = history.signals.length;
  return Array.from({ length: lead + scoredRows }, (_, i) => {
    const out = new Float64Array(pieces.length * width);
    pieces.forEach(({ columns, frame }, n) => {
      const cells = [rowOf(frame) * width, (rowOf(frame) + 1) * width] as const;
      const own = {
        centre: baseline.centre.subarray(...cells),
        scale: baseline.scale.subarray(...cells),
        constant: baseline.constant.subarray(...cells),
      };
      const values = Float64Array.from(columns, column => column[i]!);
      standardize(values, own, out.subarray(n * width, (n + 1) * width));
    });
    return out;
  });
}

/** Scores of every detector on every piece. */
export function scorePieces(
  course: RaceCourse,
  fitted: readonly FittedDetector[],
  steps: readonly Float64Array[],
): PieceScores[] {
  const { pieces, lead, step, history } = course;
  const length = Math.max(1, ...fitted.map(each => each.lookback));
  const window = createWindow(pieces.length, history.signals.length, length);
  const out = fitted.map(() => new Float64Array(pieces.length * scoredRows));
  const now = new Float64Array(pieces.length);
  const batch = { class: { name: '', signals: history.signals, step }, entities: [], partial: false };
  steps.forEach((values, i) => {
    window.push({ ...batch, t: i * step, values });
    if (i < lead) return;
    fitted.forEach((each, d) => {
      each.score(window, now);
      for (let n = 0; n < pieces.length; n++) out[d]![n * scoredRows + i - lead] = now[n]!;
    });
  });
  return out;
}

/** Combined scores of members, -log10 p. */
export function combine(
  members: readonly Pick<Member, 'tail'>[],
  scores: readonly PieceScores[],
  weights: readonly number[],
): PieceScores {
  const p = new Float64Array(members.length);
  return scores[0]!.map((_, i) => {
    members.forEach((m, d) => {
      p[d] = m.tail.pValue(scores[d]![i]!);
    });
    return -Math.log10(combineCauchy(p, weights));
  });
}

/**
 * Average precision of faulty rows among normal ones (Davis and Goadrich 2006, without interpolation): the mean over the
 * faulty ones of the share of faulty among all that score at least as high. What has no score ranks last.
 */
export function averagePrecision(faulty: Float64Array, normal: Float64Array): number {
  const rank = (v: number) => (Number.isNaN(v) ? Number.NEGATIVE_INFINITY : v);
  const good = faulty.map(rank).sort();
  const bad = normal.map(rank).sort();
  let sum = 0;
  let above = 0;
  let below = bad.length;
  for (let i = good.length - 1; i >= 0; ) {
    const v = good[i]!;
    let ties = 0;
    while (i >= 0 && good[i] === v) {
      ties++;
      i--;
    }
    above += ties;
    while (below > 0 && bad[below - 1]! >= v) below--;
    sum += (ties * above) / (above + bad.length - below);
  }
  return good.length === 0 ? Number.NaN : sum / good.length;
}

/** Average precision of each faulty piece against the normal pieces of its entity. */
export function precisions({ pieces }: RaceCourse, scores: PieceScores): Float64Array {
  const rowsOf = (n: number, count: number) =>
    scores.subarray((n + 1) * scoredRows - count, (n + 1) * scoredRows);
  const normal = new Map<number, number[]>();
  pieces.forEach(({ frame, kind }, n) => {
    if (kind !== undefined) return;
    const rows = normal.get(frame) ?? [];
    rows.push(...rowsOf(n, scoredRows));
    normal.set(frame, rows);
  });
  const sorted = new Map([...normal].map(([frame, rows]) => [frame, Float64Array.from(rows)]));
  const out: number[] = [];
  pieces.forEach(({ frame, kind, faulty }, n) => {
    if (kind !== undefined) out.push(averagePrecision(rowsOf(n, faulty), sorted.get(frame)!));
  });
  return Float64Array.from(out);
}

/** The kind of each faulty piece, an index into `faultKinds`. */
export function caseKinds({ pieces }: RaceCourse): Int32Array {
  return Int32Array.from(
    pieces.flatMap(({ kind }) => (kind === undefined ? [] : [faultKinds.indexOf(kind)])),
  );
}

/** Share of faulty rows among those ranked, mean over the cases. */
export function randomPrecision({ pieces }: RaceCourse): number {
  const shares = pieces.flatMap(({ frame, kind, faulty }) => {
    const normal =
      pieces.filter(other => other.frame === frame && other.kind === undefined).length * scoredRows;
    return kind === undefined ? [] : [faulty / (faulty + normal)];
  });
  return shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length);
}
