import type { ClassHistory } from '../collectors/class-reader.ts';
import type { Batch, Entity } from '../core/batch.ts';
import type { Anomaly, Band, WatchState } from '../core/detector.ts';
import { parseDuration } from '../core/duration.ts';
import { framesOf } from '../core/frames.ts';
import { fingerprint, type Labels } from '../core/labels.ts';
import type { WatchedClass } from '../core/watched-class.ts';
import type { ClassModel } from '../detectors/class-model.ts';
import { fitClassModel } from '../detectors/fit.ts';
import type { ClassOverview } from '../server/model.ts';
import type { Result } from './results.ts';

/** After its last abnormal step a row is reported for so many steps more, so that the rule sees it recover. */
const reportedFor = 20;

export interface ClassWatchOptions {
  readonly fpr: number;
  readonly seed: number;
  readonly detectors?: readonly string[];
}

/** The longest window of a class's queries, ms: for so long after a gap its rates are made of less than they should be. */
function longestWindow({ queries }: WatchedClass): number {
  const windows = queries.flatMap(query =>
    [...query.matchAll(/\[((?:\d+(?:ms|[smhdwy]))+)[\]:]/g)].map(found => found[1]!),
  );
  return Math.max(0, ...windows.map(parseDuration));
}

/** One mark a signal: `1` when any entity has a value of it. */
function presentSignals({ values, class: { signals } }: Batch): string {
  const width = signals.length;
  return signals
    .map((_, k) => (values.some((value, i) => i % width === k && Number.isFinite(value)) ? '1' : '0'))
    .join('');
}

/** One class as the daemon watches it: made from its history, fed one batch a pass, read by the page. */
export class ClassWatch {
  readonly watch: WatchedClass;
  readonly #options: ClassWatchOptions;
  #model: ClassModel | undefined;
  #entities: readonly Entity[] = [];
  #reported = new Map<number, number>();
  #leftOut: string | undefined;
  #judged = 0;
  #flagged = 0;
  #t = Number.NaN;
  #score: ArrayLike<number> = [];
  #p: ArrayLike<number> = [];
  #present: string | undefined;
  readonly #doubtful = new Set<number>();
  #heldUntil = Number.NEGATIVE_INFINITY;

  constructor(watch: WatchedClass, options: ClassWatchOptions) {
    this.watch = watch;
    this.#options = options;
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

  get fitted(): boolean {
    return this.#model !== undefined;
  }

  /** Watched series: entities x signals; 0 for a class that is left out. */
  get series(): number {
    return this.#leftOut === undefined ? this.#entities.length * this.watch.class.signals.length : 0;
  }

  /** Why it is not watched at all; undefined = it is. Such a class is not asked for any more. */
  get leftOut(): string | undefined {
    return this.#leftOut;
  }

  leaveOut(reason: string): void {
    this.#leftOut = reason;
    this.#model = undefined;
  }

  /** Learns the history; a model that was there before is replaced. A history without entities leaves it unfitted. */
  fit(history: ClassHistory): void {
    const clean = history.batches.filter(batch => !batch.partial);
    const frames = framesOf({ batches: clean });
    if (frames.length === 0 || clean.length < 2) return;
    this.#entities = history.entities;
    this.#model = fitClassModel(frames, {
      signals: this.watch.class.signals,
      step: this.watch.class.step,
      ...this.#options,
    });
  }

  /** Judges one batch, learns it, and answers every row that is abnormal or was so shortly before. */
  pass(batch: Batch): readonly Anomaly[] {
    const model = this.#model;
    if (model === undefined) return [];
    if (this.#holds(batch)) {
      this.#t = batch.t;
      return [];
    }
    if (batch.entities !== this.#entities) this.#follow(batch.entities);
    const { p, flagged, score } = model.judge(batch);
    this.#t = batch.t;
    this.#score = score;
    this.#p = p;
    const out: Anomaly[] = [];
    for (let row = 0; row < p.length; row++) {
      if (Number.isNaN(p[row]!)) continue;
      this.#judged++;
      this.#flagged += flagged[row]!;
      if (p[row]! <= this.#options.fpr || flagged[row] === 1) this.#reported.set(row, reportedFor);
    }
    for (const [row, left] of this.#reported) {
      const anomaly = model.explain(row);
      if (anomaly !== undefined) out.push(anomaly);
      if (left <= 1) this.#reported.delete(row);
      else this.#reported.set(row, left - 1);
    }
    model.learn();
    return out;
  }

  /**
   * Told of the batches that are passed next. Several at once are read after an outage: where signals of the whole class
   * come or go among them the source has a hole, and rates up to a window before and after it are not to be trusted.
   */
  expect(batches: readonly Batch[]): void {
    this.#doubtful.clear();
    if (batches.length < 2) return;
    const reach = longestWindow(this.watch);
    let before = this.#present;
    for (const batch of batches) {
      const present = presentSignals(batch);
      if (before !== undefined && present !== before)
        for (const { t } of batches) if (Math.abs(t - batch.t) < reach) this.#doubtful.add(t);
      before = present;
    }
  }

  /** True without any data, and until the rate windows of signals that came back are full: not judged, not learned. */
  #holds(batch: Batch): boolean {
    const { t } = batch;
    const before = this.#present;
    const present = presentSignals(batch);
    this.#present = present;
    const came = before !== undefined && [...present].some((mark, k) => mark === '1' && before[k] === '0');
    if (came) this.#heldUntil = t + longestWindow(this.watch);
    return !present.includes('1') || t < this.#heldUntil || this.#doubtful.has(t);
  }

  /** What is expected of one signal of an entity at `t` (ms); undefined while nothing is known. */
  band(entity: Labels, signal: string, t: number): Band | undefined {
    const key = fingerprint(entity);
    const row = this.#entities.findIndex(each => fingerprint(each) === key);
    const k = this.watch.class.signals.findIndex(each => each.name === signal);
    return row < 0 || k < 0 ? undefined : this.#model?.bandOf(row, k, t);
  }

  /** State and reason of one entity. */
  stateOf(entity: Labels): { readonly state: WatchState; readonly reason: string } | undefined {
    const key = fingerprint(entity);
    const row = this.#entities.findIndex(each => fingerprint(each) === key);
    return row < 0 ? undefined : this.#model?.stateOf(row);
  }

  /** The last judgement of one entity, abnormal or not. */
  explain(entity: Labels): Anomaly | undefined {
    const key = fingerprint(entity);
    const row = this.#entities.findIndex(each => fingerprint(each) === key);
    return row < 0 ? undefined : this.#model?.explain(row);
  }

  /** Score and p-value of every row of the last pass that could be judged. */
  *results(): Iterable<Result> {
    const t = this.#t;
    for (let row = 0; row < this.#entities.length; row++) {
      const labels = { ...this.#entities[row]!, class: this.watch.class.name };
      const score = this.#score[row] ?? Number.NaN;
      const p = this.#p[row] ?? Number.NaN;
      if (Number.isFinite(score))
        yield { labels: { ...labels, __name__: 'foreshock_anomaly_score' }, t, v: score };
      if (Number.isFinite(p)) yield { labels: { ...labels, __name__: 'foreshock_anomaly_p_value' }, t, v: p };
    }
  }

  overview(): ClassOverview {
    const counts: Partial<Record<WatchState, number>> = {};
    const reasons = new Map<string, number>();
    this.#entities.forEach((_, row) => {
      const { state, reason } = this.#model?.stateOf(row) ?? {
        state: 'learning' as const,
        reason: this.#leftOut ?? 'has no model yet',
      };
      counts[state] = (counts[state] ?? 0) + 1;
      if (reason !== '') reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    });
    return {
      name: this.watch.class.name,
      counts,
      statedRate: this.#options.fpr,
      realisedRate: this.#judged === 0 ? undefined : this.#flagged / this.#judged,
      reasons: [...reasons].sort((a, b) => b[1] - a[1]).map(([reason]) => reason),
    };
  }

  #follow(entities: readonly Entity[]): void {
    const before = this.#entities.map(fingerprint);
    const at = new Map(entities.map((entity, row) => [fingerprint(entity), row]));
    const moved = new Map<number, number>();
    for (const [row, left] of this.#reported) {
      const to = at.get(before[row] ?? '');
      if (to !== undefined) moved.set(to, left);
    }
    this.#reported = moved;
    this.#entities = entities;
  }
}
