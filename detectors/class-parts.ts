import type { Frame } from '../core/batch.ts';
import type { DetectorContext, FittedDetector } from '../core/detector.ts';
import { type Levels, runLevels } from '../core/levels.ts';
import type { AbsenceWatch } from './absence.ts';
import { type Baseline, fitBaseline, remapBaseline, standardizedFrame } from './baseline.ts';
import type { RollingTail } from './calibrate.ts';
import type { Decisions } from './decision.ts';
import { LastingEvidence } from './ensemble.ts';
import type { Episodes } from './episode.ts';
import type { PooledTail } from './pooled-tail.ts';
import type { RaceReport } from './race.ts';
import type { SeasonalBands } from './seasonal-band.ts';

/** One fitted detector of a class with the scale that held-out normal history gave it. */
export interface Member {
  readonly name: string;
  /** In the p-value of a row. */
  readonly weight: number;
  /** In the score, which only ranks. */
  readonly rank: number;
  readonly fitted: FittedDetector;
  readonly tail: PooledTail;
}

/** What a class model stands on: shared parts once, per-row parts by row of `keys`. */
export interface ClassParts {
  readonly context: DetectorContext;
  readonly members: readonly Member[];
  /** What the race of the members found, which gave the weights; undefined where the history was too short for one. */
  readonly race?: RaceReport | undefined;
  /** Scale of the combined score over the whole class: the prior of rows that are still learning. */
  readonly pooled: PooledTail;
  readonly keys: readonly string[];
  readonly baseline: Baseline;
  /** Running levels of each row's signals: what is normal now. */
  readonly levels: Levels;
  /** The evidence of late of each row. */
  readonly lasting: LastingEvidence;
  /** How many batches each row has learned from; a row watches from `needed` on. */
  readonly seen: Float32Array;
  readonly needed: number;
  readonly bands: SeasonalBands;
  readonly absence: AbsenceWatch;
  readonly tail: RollingTail;
  /** What keeps samples of an open episode from the tail. */
  readonly episodes: Episodes;
  /** Which rows are flagged. */
  readonly decisions: Decisions;
}

/** For each of `keys` its row among those of `parts`, -1 = a row that is not known. */
export function rowsIn(parts: Pick<ClassParts, 'keys'>, keys: readonly string[]): Int32Array {
  const at = new Map(parts.keys.map((key, row) => [key, row]));
  return Int32Array.from(keys, key => at.get(key) ?? -1);
}

/** The same parts for another membership: row i takes over row `from[i]`, -1 starts empty. */
export function remapParts(parts: ClassParts, keys: readonly string[], from: Int32Array): ClassParts {
  const { context } = parts;
  return {
    ...parts,
    keys,
    baseline: remapBaseline(parts.baseline, from, context.signals.length),
    levels: parts.levels.remap(from, context.signals.length),
    lasting: new LastingEvidence(keys.length, context.step).adopt(parts.lasting, from),
    seen: Float32Array.from(from, was => (was < 0 ? 0 : parts.seen[was]!)),
    bands: parts.bands.remap(from),
    absence: parts.absence.remap(from),
    tail: parts.tail.remap(from),
    episodes: parts.episodes.remap(from),
    decisions: parts.decisions.remap(from),
  };
}

/** Gives a row that the detectors were not fitted on its own baseline, bands and runs from its history. */
export function enrollRow(parts: ClassParts, row: number, frame: Frame): void {
  const { baseline, levels, bands, absence, seen, context } = parts;
  fitBaseline(baseline, row, frame, context.signals);
  frame.columns.forEach((column, k) => {
    const cell = row * frame.columns.length + k;
    bands.fit(cell, frame.t, column);
    absence.fit(cell, column);
  });
  levels.copy(row, runLevels(standardizedFrame(frame, baseline, row)), 0, frame.columns.length);
  seen[row] = samplesOf(frame);
}

/** How many rows of a history have a sample. */
export function samplesOf({ t, columns }: Frame): number {
  return t.filter((_, i) => columns.some(column => Number.isFinite(column[i]!))).length;
}

/**
 * Parts that were fitted anew, standing where those in use stand: the rows, their scales, runs, episodes and decisions go on as they
 * are, the detectors, baselines and bands are the new ones. A row that the new fit does not know keeps all it had.
 */
export function renewedParts(fresh: ClassParts, used: ClassParts): ClassParts {
  const from = rowsIn(fresh, used.keys);
  const next = remapParts(fresh, used.keys, from);
  const width = fresh.context.signals.length;
  from.forEach((was, row) => {
    if (was >= 0) return;
    const cells = [row * width, (row + 1) * width] as const;
    next.baseline.centre.set(used.baseline.centre.subarray(...cells), cells[0]);
    next.baseline.scale.set(used.baseline.scale.subarray(...cells), cells[0]);
    next.baseline.constant.set(used.baseline.constant.subarray(...cells), cells[0]);
    next.levels.copy(row, used.levels, row, width);
    next.bands.copy(row, used.bands, row);
  });
  const { lasting, absence, tail, episodes, decisions } = used;
  from.forEach((was, row) => {
    if (was >= 0) decisions.rescale(row, used.baseline, next.baseline);
  });
  const seen = next.seen.map((n, row) => Math.max(n, used.seen[row]!));
  return { ...next, seen, lasting, absence, tail, episodes, decisions };
}
