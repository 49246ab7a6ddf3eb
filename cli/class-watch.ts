import type { ClassHistory } from '../collectors/class-reader.ts';
import type { Batch, Entity } from '../core/batch.ts';
import type { Anomaly } from '../core/detector.ts';
import { framesOf } from '../core/frames.ts';
import { parseFingerprint } from '../core/labels.ts';
import type { WatchedClass } from '../core/watched-class.ts';
import { classModelFromBytes } from '../detectors/class-bytes.ts';
import type { ClassModel } from '../detectors/class-model.ts';
import { type FitContext, fitClassModel } from '../detectors/fit.ts';
import type { Scoring } from '../detectors/scoring.ts';
import { CardinalityWatch } from './cardinality-watch.ts';
import { type ClassSnapshot, snapshotOf } from './class-snapshot.ts';
import type { ClassWatchOptions } from './class-watch-options.ts';
import type { LeftOut } from './left-out.ts';
import { RealisedRate } from './realised-rate.ts';
import { RowMemory } from './row-memory.ts';
import { SeriesStates } from './series-states.ts';
import { SourceHoles } from './source-holes.ts';

/** An entity without data for so long (ms) is given up at the next refresh. */
const awayFor = 86_400_000;

/** Rows x batches that are looked back at from which on scoring is worth other threads: some tens of milliseconds. */
const spreadFrom = 16_384;

/** One class as the daemon watches it: made from its history or a snapshot, fed one batch a pass, read by the page. */
export class ClassWatch {
  readonly watch: WatchedClass;
  readonly #options: ClassWatchOptions;
  #model: ClassModel | undefined;
  #entities: readonly Entity[] = [];
  #memory = new RowMemory();
  #leftOut: LeftOut | undefined;
  /** What is not right with its samples, in words, as far as it is known; undefined = nothing. */
  doubt: string | undefined;
  /** How often rows are marked in normal life; told of each pass here, settled by whoever knows the incidents. */
  readonly realised = new RealisedRate();
  #isJudged = false;
  #t = Number.NaN;
  /** Batches of the history that the model was fitted on, and the time of the last of them. */
  #history = { rows: 0, until: Number.NaN };
  /** True while the detectors have not seen as many batches as they look back. */
  #cold = false;
  /** Where the source has holes: told of the batches that are passed next, and of those that are dark for a reason. */
  readonly holes: SourceHoles;
  /** How its rows and series are watched. */
  readonly states: SeriesStates;
  /** How many entities it has. */
  readonly cardinality: CardinalityWatch;

  constructor(watch: WatchedClass, options: ClassWatchOptions) {
    this.watch = watch;
    this.#options = options;
    this.holes = new SourceHoles(watch);
    this.states = new SeriesStates(options.fpr);
    this.cardinality = new CardinalityWatch(watch);
  }

  get options(): ClassWatchOptions {
    return this.#options;
  }

  /** The rows that are known; handed to the next read, so that membership keeps its identity. */
  get entities(): readonly Entity[] {
    return this.#entities;
  }

  /** Time of the last batch that was judged, ms; NaN before the first. */
  get t(): number {
    return this.#t;
  }

  /** What it has learned; undefined while unfitted. Read only. */
  get model(): ClassModel | undefined {
    return this.#model;
  }

  /** Whether the last batch was judged: not while the model warms up, nor where the source is not to be trusted. */
  get judged(): boolean {
    return this.#isJudged;
  }

  get fitted(): boolean {
    return this.#model !== undefined;
  }

  /** Entities x signals; 0 for a class that is left out. */
  get series(): number {
    return this.#leftOut === undefined ? this.#entities.length * this.watch.class.signals.length : 0;
  }

  /** Why it is not watched at all; undefined = it is. Such a class is not asked for any more. */
  get leftOut(): LeftOut | undefined {
    return this.#leftOut;
  }

  leaveOut(why: LeftOut): void {
    this.#leftOut = why;
    this.#model = undefined;
  }

  /** Gives up what it has learned, which cannot be gone on with: it is to be learned anew. */
  giveUp(): void {
    this.#model = undefined;
    this.#isJudged = false;
  }

  /** From when on batches are wanted (ms): after the last one, and before it those that the detectors look back. */
  get wantedFrom(): number {
    const back = this.#cold ? (this.#model?.lookback ?? 1) - 1 : -1;
    return this.#t - back * this.watch.class.step;
  }

  /** Learns the history; a model that was there before is replaced. A history without entities leaves it unfitted. */
  fit(history: ClassHistory): void {
    const clean = history.batches.filter(batch => !batch.partial);
    const frames = framesOf({ batches: clean });
    if (frames.length === 0 || clean.length < 2) return;
    this.#entities = history.entities;
    this.#model = fitClassModel(frames, this.#context);
    this.#history = { rows: clean.length, until: clean.at(-1)!.t };
    this.#memory = new RowMemory(this.#entities.length);
  }

  /** Watches all entities of a history with a model that was fitted on some; nothing happens while unfitted. */
  enroll(history: ClassHistory): void {
    if (this.#model === undefined) return;
    this.#entities = history.entities;
    this.#model.enroll(framesOf(history));
    this.#memory = new RowMemory(this.#entities.length);
  }

  /** Takes all runs of missing, equal and zero values up to now for usual: while history is learned. */
  acceptRuns(): void {
    this.#model?.acceptRuns();
  }

  /** The class as it stands, for the store or another thread; undefined while unfitted. */
  snapshot(): ClassSnapshot | undefined {
    const model = this.#model;
    if (model === undefined) return undefined;
    const { rows, until } = this.#history;
    return snapshotOf(model, { t: Number.isNaN(this.#t) ? until : this.#t, rows });
  }

  /**
   * Watches on from a snapshot. All rows are reported for a while, so that the rule, whose alerts were stored, sees those
   * that have recovered. Throws a RangeError, and stays as it was, for bytes that are not those of such a class.
   */
  restore({ t, rows, bytes }: ClassSnapshot): void {
    const model = classModelFromBytes(bytes, this.#context);
    this.#model = model;
    this.#entities = model.parts.keys.map(parseFingerprint);
    this.#history = { rows, until: t };
    this.#t = Math.max(t, Number.isNaN(this.#t) ? t : this.#t);
    this.#cold = true;
    this.#memory = new RowMemory(this.#entities.length, this.#t);
    for (let row = 0; row < this.#entities.length; row++) this.#memory.report(row);
  }

  /**
   * As `restore`, but of some of its entities, without what it has learned of late, and at an earlier time `t` (ms): to live
   * through what came then.
   */
  revive(
    snapshot: ClassSnapshot,
    of: { readonly t: number; readonly keep: (entity: Entity) => boolean },
  ): void {
    this.restore(snapshot);
    this.#follow(this.#entities.filter(of.keep));
    this.#model?.adopt(this.#entities);
    this.#model?.forget();
    this.#t = of.t;
    this.#cold = false;
  }

  /**
   * Swaps a model in that was fitted anew: rows go on with the scales, runs and episodes they have; entities that have been
   * away for a day are given up. As `restore` while unfitted, and throws as it does.
   */
  renew(snapshot: ClassSnapshot): void {
    const used = this.#model;
    if (used === undefined) {
      this.restore(snapshot);
      return;
    }
    const model = classModelFromBytes(snapshot.bytes, this.#context);
    model.replace(used);
    this.#model = model;
    this.#history = { rows: snapshot.rows, until: snapshot.t };
    this.#cold = true;
    const stays = (_: Entity, row: number) => !(this.#memory.lastAt(row) < this.#t - awayFor);
    const staying = this.#entities.filter(stays);
    if (staying.length === this.#entities.length) return;
    this.#follow(staying);
    model.adopt(staying);
  }

  get #context(): FitContext {
    const { signals, step } = this.watch.class;
    return { signals, step, ...this.#options };
  }

  /**
   * Begins with the batch that is passed next: what is left to score, which may be done in other threads. Undefined where
   * nothing is scored, or so little that it is done in the pass.
   */
  begin(batch: Batch): Scoring | undefined {
    const model = this.#model;
    if (model === undefined || (this.#cold && batch.t <= this.#t)) return undefined;
    if (batch.entities.length * model.lookback < spreadFrom || this.holes.holds(batch)) return undefined;
    if (batch.entities !== this.#entities) this.#follow(batch.entities);
    return model.begin(batch);
  }

  /** What was begun is scored. */
  scored(scoring: Scoring): void {
    this.#model?.scored(scoring);
  }

  /** A batch that is not judged, as another still is: the detectors see it when they look back. */
  skip(batch: Batch): void {
    if (this.#model === undefined || batch.t <= this.#t) return;
    if (batch.entities !== this.#entities) this.#follow(batch.entities);
    this.#model.skip(batch);
    this.#t = batch.t;
  }

  /** Judges one batch, learns it, and answers every row that is abnormal or was so shortly before. */
  pass(batch: Batch): readonly Anomaly[] {
    const model = this.#model;
    this.#isJudged = false;
    if (model === undefined) return [];
    if (this.#cold && batch.t <= this.#t) {
      if (batch.entities !== this.#entities) this.#follow(batch.entities);
      model.warm(batch);
      return [];
    }
    this.#cold = false;
    if (this.holes.holds(batch)) {
      this.#t = batch.t;
      return [];
    }
    if (batch.entities !== this.#entities) this.#follow(batch.entities);
    const judgement = model.judge(batch, this.holes.trusts(batch) ? 'targets down' : 'unknown');
    this.#t = batch.t;
    this.#isJudged = true;
    const out: Anomaly[] = [];
    const seen = this.#memory.judged(judgement, this.#options.fpr);
    this.realised.saw(
      seen.count,
      seen.flagged.map(row => batch.entities[row]!),
    );
    for (const row of this.#memory.take()) {
      const anomaly = model.explain(row);
      if (anomaly !== undefined) out.push(anomaly);
    }
    const accounted = (row: number) => judgement.flagged[row] === 1 || model.stateOf(row).state === 'gone';
    out.push(...this.cardinality.step(batch, accounted));
    model.learn();
    this.states.see({ model, batch, judgement });
    return out;
  }

  /** Entities of a batch, not yet passed, that lose signals or may be back: whether they left is to be asked. */
  inDoubt(batch: Batch): readonly Entity[] {
    const model = this.#model;
    if (model === undefined || batch.t <= this.#t) return [];
    return model.inDoubt(batch).map(row => batch.entities[row]!);
  }

  /** An entity is gone for a reason, or (undefined) it is not: see `ClassModel.depart`. */
  depart(entity: Entity, reason: string | undefined): void {
    const row = this.#entities.indexOf(entity);
    if (row < 0 || this.#model?.depart(row, reason) !== 'changed') return;
    this.#memory.report(row);
  }

  /** The last judgement of a row, abnormal or not; undefined before the first. */
  explainRow(row: number): Anomaly | undefined {
    return this.#model?.explain(row);
  }

  #follow(entities: readonly Entity[]): void {
    this.#memory = this.#memory.remap(this.#entities, entities);
    this.#entities = entities;
  }
}
