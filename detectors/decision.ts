import type { SignalSpec } from '../core/pack.ts';
import type { Baseline } from './baseline.ts';
import { readBytes, writeBytes } from './bytes.ts';
import { type DecisionPolicy, decisionPolicy } from './decision-policy.ts';
import { Declustering } from './decluster.ts';
import { Departures } from './departure.ts';
import { LogHistograms } from './log-histogram.ts';
import type { Look } from './look.ts';
import { News } from './news.ts';

/** What a decision is made for. */
export interface DecisionContext {
  readonly signals: readonly Pick<SignalSpec, 'bad'>[];
  /** ms. */
  readonly step: number;
  /** Share of normal rows that may be flagged. */
  readonly fpr: number;
}

/** A series by itself goes on with its episode while its p is this share of `fpr`. */
const goOn = 0.01;
const hour = 3_600_000;
const day = 24 * hour;
/** Memories: of the recent level (half-life), of what departures and scores are usual. */
const levelHalfLife = 1.5 * hour;
const scaleMemory = 10 * day;
const scoreMemory = 3 * day;
/** A row decides once it has learned so many rows of normal life. */
const leastSamples = 300;
/** News is what exceeds all of so many last rows. */
const cluster = 100;
/** Arrays of numbers that are stored: five of its own, two of the declustering, four of the departures. */
const stateArrays = 11;
/** A row whose episode is over, and that departs from its level before it by more than this, has settled elsewhere. */
const settledElsewhere = 4;

/** What a row says in one look. */
interface Voice {
  /** p of what it says, whatever was said before; 1 when it is silent. */
  raw: number;
  news: boolean;
  /** Whether it would keep an episode open. */
  on: boolean;
  /** Beyond doubt: flagged without a budget. */
  sure: boolean;
}

/**
 * Decides which rows are flagged, keeping the stated share: opens on news, then holds still until the row is back, has settled
 * elsewhere, or a day has passed. A class of one signal reads its series' own news; a class of several the departure of a row
 * from its recent level, and its score. While an episode is open nothing of its row is learned as normal, and rows that
 * are not beyond doubt are paid from what the row has not used of its share (a token bucket).
 * For each row of a batch `judge`, then `learn`.
 */
export class Decisions {
  readonly rows: number;
  readonly #context: DecisionContext;
  readonly #policy: DecisionPolicy;
  readonly #news: News | undefined;
  readonly #departures: Departures;
  /** What is usual of a row of several signals: its departures, its scores. */
  readonly #departed: LogHistograms;
  readonly #scored: LogHistograms;
  readonly #cluster: Declustering;
  /** When the open episode began, NaN = none; when the level before it was kept; when a lasting change was taken as normal. */
  readonly #since: Float64Array;
  readonly #keptAt: Float64Array;
  readonly #acceptedAt: Float64Array;
  readonly #calm: Float32Array;
  readonly #tokens: Float32Array;
  readonly #departure: Float64Array;
  readonly #voice: Voice = { raw: 1, news: false, on: false, sure: false };
  readonly #p: Float64Array;

  constructor(rows: number, context: DecisionContext, parts?: DecisionParts) {
    const { signals, step } = context;
    const memory = Math.max(1000, Math.round(scaleMemory / step));
    const level = Math.max(20, levelHalfLife / step);
    const one = signals.length === 1;
    this.rows = rows;
    this.#context = context;
    this.#policy = parts?.policy ?? decisionPolicy;
    this.#news = one ? (parts?.news ?? new News(rows, step)) : undefined;
    this.#departures = new Departures(rows, signals, { level, scale: memory });
    this.#departed = parts?.departed ?? new LogHistograms(one ? 0 : rows, memory);
    this.#scored = parts?.scored ?? new LogHistograms(one ? 0 : rows, Math.max(1000, scoreMemory / step));
    this.#cluster = new Declustering(rows, cluster);
    this.#since = new Float64Array(rows).fill(Number.NaN);
    this.#keptAt = new Float64Array(rows).fill(Number.NaN);
    this.#acceptedAt = new Float64Array(rows).fill(Number.NaN);
    this.#calm = new Float32Array(rows);
    this.#tokens = new Float32Array(rows).fill(this.#savings);
    this.#departure = new Float64Array(rows).fill(Number.NaN);
    this.#p = new Float64Array(rows).fill(Number.NaN);
  }

  /** Bytes of state of a row and of each of its series. */
  static bytes(width: number): { readonly row: number; readonly series: number } {
    return width === 1
      ? { row: 76, series: Departures.bytesPerSeries + News.bytesPerSeries }
      : { row: 76 + 2 * LogHistograms.bytesPerCell, series: Departures.bytesPerSeries };
  }

  /** p of the row's news in the last look, NaN where nothing could be told: 1 for what was said shortly before, unless an episode is open. */
  get p(): Float64Array {
    return this.#p;
  }

  get #savings(): number {
    return Math.max(1, (this.#context.fpr * this.#policy.savings) / this.#context.step);
  }

  /** Judges one row of a batch: whether it is flagged. Moves its episode, nothing that it has learned. */
  judge(row: number, look: Look): 0 | 1 {
    const { fpr } = this.#context;
    this.#tokens[row] = Math.min(this.#savings, this.#tokens[row]! + fpr);
    this.#departure[row] = this.#departures.score(look.window, row, this.#within(row, look.t));
    const known = look.absent.has(row) ? look.p[row]! : 1;
    if (this.#news === undefined) this.#hearMany(row, look, known);
    else this.#hearOne(row, Math.min(known, this.#newsOf(row, look, this.#news)));
    const flagged = this.#move(row, look);
    if (flagged === 1) this.#p[row] = Math.min(this.#p[row]!, this.#voice.raw);
    return flagged;
  }

  /** While an episode is open, and for as long as one may last after it began, a return to the level before it is normal. */
  #within(row: number, t: number): 'normal life' | 'an episode' {
    const kept = Math.abs(t - this.#keptAt[row]!) < this.#policy.limit;
    return kept || this.isOpen(row) ? 'an episode' : 'normal life';
  }

  isOpen(row: number): boolean {
    return !Number.isNaN(this.#since[row]!);
  }

  #newsOf(row: number, { t, values, baseline }: Look, news: News): number {
    const p = news.pValue(row, t, values[row]!, baseline.scale[row]!);
    return Number.isNaN(p) ? 1 : p;
  }

  #hearOne(row: number, p: number): void {
    const { fpr } = this.#context;
    this.#p[row] = this.#cluster.step(row, p);
    this.#voice.raw = p;
    this.#voice.news = this.#p[row]! <= fpr;
    this.#voice.on = p <= goOn * fpr;
    this.#voice.sure = p <= this.#policy.free * fpr;
  }

  #hearMany(row: number, { evidence }: Look, finding: number): void {
    const { fpr } = this.#context;
    const { open, close, far, unsettled, free, freeScore } = this.#policy;
    const p = Math.min(finding, this.#known(this.#departed, row, this.#departure[row]!));
    const pScore = this.#known(this.#scored, row, evidence[row]!);
    const isFar = pScore <= far * fpr;
    const said = this.#cluster.step(row, p);
    this.#p[row] = Math.min(1, said / open);
    this.#voice.raw = Math.min(1, p / open);
    this.#voice.news = said <= open * fpr;
    this.#voice.on = p <= close * fpr || (isFar && p <= unsettled);
    this.#voice.sure = p <= free * fpr || (isFar && evidence[row]! > freeScore - Math.log10(fpr));
  }

  /** p on a scale of normal life, 1 where there is no score or too little is known. */
  #known(usual: LogHistograms, row: number, score: number): number {
    const p = usual.samples(row) < leastSamples ? 1 : usual.pValue(row, score);
    return Number.isNaN(p) ? 1 : p;
  }

  #move(row: number, { t, window }: Look): 0 | 1 {
    const { news, on, sure } = this.#voice;
    const { limit, calm } = this.#policy;
    if (!this.isOpen(row)) {
      if (!news) return 0;
      this.#since[row] = t;
      this.#calm[row] = 0;
      if (Math.abs(t - this.#keptAt[row]!) < limit) return 1;
      this.#departures.freeze(row);
      this.#keptAt[row] = t;
      return 1;
    }
    // A clock that was set back must not make an episode longer.
    this.#since[row] = Math.min(t, this.#since[row]!);
    const isOn = on || news;
    this.#calm[row] = isOn ? 0 : this.#calm[row]! + 1;
    if (this.#calm[row]! >= calm || t - this.#since[row]! >= limit) {
      this.#since[row] = Number.NaN;
      if (this.#departures.before(window, row) > settledElsewhere) this.#acceptedAt[row] = t;
    }
    return isOn && this.#pays(row, sure) ? 1 : 0;
  }

  #pays(row: number, sure: boolean): boolean {
    if (sure) return true;
    if (this.#tokens[row]! < 1) return false;
    this.#tokens[row] = this.#tokens[row]! - 1;
    return true;
  }

  /** Takes the row of the batch that was judged last as usual, as far as no episode is open. */
  learn(row: number, look: Look): void {
    const within = this.isOpen(row) ? 'an episode' : 'normal life';
    if (this.#news !== undefined) {
      this.#news.learn(row, look.t, look.values[row]!);
      this.#news.move(row, look.t, look.values[row]!);
    }
    if (this.#news === undefined && within === 'normal life') {
      this.#departed.learn(row, this.#departure[row]!);
      this.#scored.learn(row, look.evidence[row]!);
    }
    this.#departures.learn(look.window, row, within);
  }

  /** Puts the levels of a row, held on the scale of one baseline, on that of another. */
  rescale(row: number, old: Baseline, next: Baseline): void {
    this.#departures.rescale(row, old, next);
  }

  /** The same state for another membership: row i takes over row `from[i]`, -1 starts empty. */
  remap(from: Int32Array): Decisions {
    const { step } = this.#context;
    const news = this.#news?.remap(from, step);
    const next = new Decisions(from.length, this.#context, {
      ...(news === undefined
        ? { departed: this.#departed.remap(from), scored: this.#scored.remap(from) }
        : { news }),
      policy: this.#policy,
    });
    next.#restore(this.#state, from);
    return next;
  }

  get #state(): readonly ArrayLike<number>[] {
    const own = [this.#since, this.#keptAt, this.#acceptedAt, this.#calm, this.#tokens];
    return [...own, ...this.#cluster.state, ...this.#departures.state];
  }

  #restore(state: readonly ArrayLike<number>[], from: Int32Array): void {
    const own = [this.#since, this.#keptAt, this.#acceptedAt, this.#calm, this.#tokens];
    own.forEach((column, i) => {
      from.forEach((old, row) => {
        if (old >= 0) column[row] = state[i]![old]!;
      });
    });
    this.#cluster.restore(state.slice(own.length, own.length + 2), from);
    this.#departures.restore(state.slice(own.length + 2), from);
  }

  toBytes(): Uint8Array {
    const many = [this.#departed, this.#scored];
    const blobs = this.#news === undefined ? many : [this.#news];
    return writeBytes(
      { rows: this.rows },
      this.#state,
      blobs.map(part => part.toBytes()),
    );
  }

  /** Reads what `toBytes` wrote for a class of the same signals; throws a RangeError for anything else. */
  static fromBytes(bytes: Uint8Array, context: DecisionContext): Decisions {
    const { head, arrays, blobs } = readBytes(bytes);
    const { rows = 0 } = head;
    const [first, scored] = blobs;
    if (first === undefined || arrays.length !== stateArrays || arrays[0]!.length !== rows)
      throw new RangeError('the bytes are not those of decisions');
    const next = new Decisions(rows, context, {
      ...(scored === undefined
        ? { news: News.fromBytes(first, context.step) }
        : { departed: LogHistograms.fromBytes(first), scored: LogHistograms.fromBytes(scored) }),
    });
    next.#restore(
      arrays,
      Int32Array.from({ length: rows }, (_, row) => row),
    );
    return next;
  }

  /** When a lasting change of the row was last taken as the new normal, ms; NaN = never. */
  acceptedAt(row: number): number {
    return this.#acceptedAt[row]!;
  }
}

interface DecisionParts {
  readonly news?: News;
  readonly departed?: LogHistograms;
  readonly scored?: LogHistograms;
  readonly policy?: DecisionPolicy;
}
