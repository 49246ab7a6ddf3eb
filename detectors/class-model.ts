import type { Batch, Entity, Frame } from '../core/batch.ts';
import type { Anomaly, Band } from '../core/detector.ts';
import { fingerprint } from '../core/labels.ts';
import { standardize } from './baseline.ts';
import { type ClassParts, enrollRow, remapParts, renewedParts, rowsIn } from './class-parts.ts';
import { type ClassRows, createRows, remapRows, twinRows } from './class-rows.ts';
import { combineCauchy, meanEvidence } from './ensemble.ts';
import { bandOfCell, explainRow, sharesOfRow, stateOfRow } from './explain-row.ts';
import { findingOf, stillScore } from './findings.ts';
import type { Judgement } from './judgement.ts';
import { learnBatch } from './learn-batch.ts';
import type { Look } from './look.ts';
import type { Scoring } from './scoring.ts';
import type { Standing } from './signal-state.ts';

export type { ClassParts, Member } from './class-parts.ts';

/** A scale of fewer scores tells nothing of a row. */
const fewest = 20;
/** The larger of what is told at all. */
const larger = (a: number, b: number) => (a > b || Number.isNaN(b) ? a : b);

/**
 * Everything foreshock knows of one class. Made by `fitClassModel` or read from bytes; each batch is first judged
 * (`judge` moves the window and the episodes), then asked about (`anomalies`), then learned (`learn` moves scales and bands).
 */
export class ClassModel {
  #parts: ClassParts;
  #rows: ClassRows;
  #entities: readonly Entity[] | undefined;
  #batch: Batch | undefined;
  /** The batch that stands in the window as the newest, and the one whose scores are in place. */
  #begun: Batch | undefined;
  #scored: Batch | undefined;

  constructor(parts: ClassParts, rows: ClassRows = createRows(parts)) {
    this.#parts = parts;
    this.#rows = rows;
  }

  /** Time of the last judged batch, ms; NaN before the first. */
  get t(): number {
    return this.#rows.judgement.t;
  }

  get parts(): ClassParts {
    return this.#parts;
  }

  /** 1 for a row that never moved in its history and has moved since; by row of `parts.keys`. */
  get moved(): Uint8Array {
    return this.#rows.moved;
  }

  /** How many batches the detectors look back; so many are `warm`ed after a start before a judgement is whole. */
  get lookback(): number {
    return this.#rows.window.length;
  }

  /** Takes these entities for its rows, each with a history of its own, in place of those that it was fitted on. */
  enroll(frames: readonly Frame[]): void {
    this.adopt([]);
    this.adopt(frames.map(frame => frame.entity));
    frames.forEach((frame, row) => {
      enrollRow(this.#parts, row, frame);
    });
    this.#rows = createRows(this.#parts);
  }

  /** Forgets what it has learned of late, scales of scores and episodes: to live through another time with what it was fitted on. */
  forget(): void {
    const { keys, tail, episodes } = this.#parts;
    const none = new Int32Array(keys.length).fill(-1);
    const { moved } = this.#rows;
    this.#parts = { ...this.#parts, tail: tail.remap(none), episodes: episodes.remap(none) };
    this.#rows = createRows(this.#parts);
    this.#rows.moved.set(moved);
  }

  /** Takes the place of a model in use: goes on with its rows and what they have learned, see `renewedParts`. */
  replace(used: ClassModel): void {
    this.#parts = renewedParts(this.#parts, used.#parts);
    this.#entities = used.#entities;
    const rows = createRows(this.#parts);
    const { withheld, gone, moved, judgement } = used.#rows;
    this.#rows = { ...rows, withheld, gone, judgement };
    this.#rows.moved.set(moved);
    this.#batch = used.#batch;
  }

  /**
   * A model of its own for the rows in `from`, of which one may stand several times; `entities` name them in its batches. It
   * knows what they know, and what it judges touches nothing of this one.
   */
  twin(from: readonly number[], entities: readonly Entity[]): ClassModel {
    const rows = Int32Array.from(from);
    const keys = from.map(row => this.#parts.keys[row]!);
    const parts = remapParts(this.#parts, keys, rows);
    const twin = new ClassModel(parts, twinRows(this.#rows, parts, rows));
    twin.#entities = entities;
    return twin;
  }

  /** Shows the detectors a batch that was judged before the model was stored, so that they can look back. */
  warm(batch: Batch): void {
    const own = this.#standardized(batch);
    this.#rows.window.look(own);
  }

  /** Shows the detectors a batch that is not judged: what is usual of late moves on with it. */
  skip(batch: Batch): void {
    const own = this.#standardized(batch);
    this.#rows.window.push(own);
  }

  /** Takes the rows of the batch for its own, which may make another window of them. */
  #standardized(batch: Batch): Batch {
    if (batch.entities !== this.#entities) this.adopt(batch.entities);
    const values = new Float64Array(batch.values.length);
    standardize(batch.values, this.#parts.baseline, values);
    return { ...batch, values };
  }

  /** Takes all runs of missing, equal and zero values up to now for usual: while normal life is learned. */
  acceptRuns(): void {
    for (let row = 0; row < this.#parts.keys.length; row++) this.#parts.absence.settle(row);
  }

  /** Rows of `batch` that lose signals, or of whom it is not sure that they are still gone: whether they left is asked. */
  inDoubt(batch: Batch): readonly number[] {
    if (batch.entities !== this.#entities) this.adopt(batch.entities);
    const { gone } = this.#rows;
    const rows = batch.entities.map((_, row) => row);
    return rows.filter(row =>
      gone.has(row) ? !Number.isNaN(stillScore(batch, row)) : this.#parts.absence.isLosing(row, batch.values),
    );
  }

  /** A row is gone for a reason, or (undefined) still there: what is gone is not judged, and its absence is no finding. */
  depart(row: number, reason: string | undefined): 'changed' | 'as before' {
    const { gone } = this.#rows;
    const before = gone.has(row);
    if (reason === undefined) gone.delete(row);
    else gone.set(row, reason);
    return before === gone.has(row) ? 'as before' : 'changed';
  }

  /**
   * Takes a batch into the window and hands out what is left to score, to be done elsewhere before it is judged: `scored` says
   * that it was. Nothing else may happen to the model in between; where something does, `judge` scores by itself.
   */
  begin(batch: Batch): Scoring {
    this.skip(batch);
    this.#begun = batch;
    this.#scored = undefined;
    return { members: this.#parts.members, window: this.#rows.window.state(), out: this.#rows.parts };
  }

  /** The scores of the batch that was begun last are in place. */
  scored(scoring: Scoring): void {
    if (scoring.out === this.#rows.parts) this.#scored = this.#begun;
  }

  /**
   * Scores all rows of one batch; batches come in order of time. Rows that are new start as `learning`. `cause`: why signals
   * are dark for all rows, where that is known.
   */
  judge(batch: Batch, cause: 'targets down' | 'unknown' = 'unknown'): Judgement {
    if (batch.entities !== this.#entities) this.adopt(batch.entities);
    this.#batch = batch;
    if (this.#begun !== batch) this.begin(batch);
    const { members, lasting, tail, pooled, episodes, seen, needed } = this.#parts;
    const { window, judgement, parts, still, findings, gone } = this.#rows;
    if (this.#scored !== batch)
      members.forEach((member, i) => {
        member.fitted.score(window, parts[i]!);
      });
    const weights = members.map(m => m.weight);
    const ranks = members.map(m => m.rank);
    const p = new Float64Array(members.length);
    judgement.t = batch.t;
    this.#find(batch, cause);
    for (let row = 0; row < window.rows; row++) {
      for (let i = 0; i < p.length; i++) p[i] = members[i]!.tail.pValue(parts[i]![row]!);
      const finding = findings.get(row)?.score ?? Number.NaN;
      const lasted = lasting.step(row, meanEvidence(p, ranks));
      const isStill = still[row] === 1;
      const own = isStill ? stillScore(batch, row) : -Math.log10(combineCauchy(p, weights));
      const evidence = gone.has(row) ? Number.NaN : larger(own, finding);
      judgement.evidence[row] = evidence;
      const isRanked = !(isStill || Number.isNaN(evidence) || Number.isNaN(lasted));
      judgement.score[row] = isRanked ? larger(lasted, finding) : evidence;
      // A row that was away for days, or whose clock has jumped, has forgotten its scale.
      const learning = seen[row]! < needed || tail.samples(row) < fewest;
      judgement.p[row] = learning ? pooled.pValue(evidence) : tail.pValue(row, evidence);
      episodes.step(row, batch.t, learning ? Number.NaN : judgement.p[row]!);
    }
    this.#decide(batch);
    return judgement;
  }

  #decide(batch: Batch): void {
    const { decisions, seen, needed } = this.#parts;
    const { judgement } = this.#rows;
    const look = this.#look(batch);
    for (let row = 0; row < judgement.p.length; row++) {
      const told = !Number.isNaN(judgement.evidence[row]!);
      const flagged = told ? decisions.judge(row, look) : 0;
      judgement.news[row] = told ? decisions.p[row]! : Number.NaN;
      judgement.flagged[row] = seen[row]! < needed ? 0 : flagged;
    }
  }

  #look(batch: Batch): Look {
    const { window, judgement, findings } = this.#rows;
    const { evidence, p } = judgement;
    const absent = { has: (row: number) => (findings.get(row)?.kind ?? 'moved') !== 'moved' };
    return { t: batch.t, window, values: batch.values, baseline: this.#parts.baseline, evidence, p, absent };
  }

  #find(batch: Batch, cause: 'targets down' | 'unknown'): void {
    const { absence, seen, needed } = this.#parts;
    const { findings, moved, gone } = this.#rows;
    absence.push(batch.values, cause);
    findings.clear();
    const seenAny = cause === 'targets down' || batch.values.some(v => !Number.isNaN(v));
    const others = seenAny ? 'present' : 'absent';
    for (let row = 0; row < batch.entities.length; row++) {
      if (seen[row]! < needed) absence.settle(row);
      const quiet = seen[row]! < needed || gone.has(row);
      const finding = quiet ? undefined : findingOf(batch, row, { ...this.#parts, others });
      if (finding === undefined) continue;
      findings.set(row, finding);
      if (finding.kind === 'moved') moved[row] = 1;
    }
  }

  /** The rows of the last judged batch that are in an episode, or have p <= `below`, explained. */
  anomalies(below = 0): readonly Anomaly[] {
    const batch = this.#batch;
    if (batch === undefined) return [];
    const { p, flagged } = this.#rows.judgement;
    const out: Anomaly[] = [];
    for (let row = 0; row < p.length; row++)
      if (flagged[row] === 1 || p[row]! <= below)
        out.push(explainRow({ parts: this.#parts, rows: this.#rows, batch }, row));
    return out;
  }

  /** One row of the last judged batch, explained whether it is abnormal or not; undefined before the first batch. */
  explain(row: number): Anomaly | undefined {
    const batch = this.#batch;
    return batch && explainRow({ parts: this.#parts, rows: this.#rows, batch }, row);
  }

  /** Each signal's share of the row's last evidence: the detectors' shares by the evidence of each. */
  shares(row: number): Float64Array {
    return sharesOfRow(this.#parts, this.#rows, row);
  }

  /** Whether a row is watched, and if not, why, in words. */
  stateOf(row: number): Standing {
    return stateOfRow({ parts: this.#parts, rows: this.#rows, batch: this.#batch }, row);
  }

  /** The expected range of signal number `signal` of `row` at `t` (ms); undefined while nothing is known. */
  bandOf(row: number, signal: number, t: number): Band | undefined {
    return bandOfCell(this.#parts, { row, signal, t });
  }

  /** Learns from the last judged batch. Partial batches are not learned, rows in a young episode later. */
  learn(): void {
    const batch = this.#batch;
    if (batch === undefined || batch.partial) return;
    learnBatch(batch, { parts: this.#parts, rows: this.#rows, look: this.#look(batch) });
  }

  /** The rows follow another membership: those that stay keep what they have, new ones start empty. */
  adopt(entities: readonly Entity[]): void {
    const keys = entities.map(fingerprint);
    this.#entities = entities;
    const old = this.#parts;
    if (keys.length === old.keys.length && keys.every((key, i) => key === old.keys[i])) return;
    const from = rowsIn(old, keys);
    this.#parts = remapParts(old, keys, from);
    this.#rows = remapRows(this.#rows, this.#parts, from);
    this.#batch = undefined;
    this.#begun = undefined;
  }
}
