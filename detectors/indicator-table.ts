import { type IndicatorType, type IndicatorUpdate, indicatorTypes } from '../core/indicator.ts';
import { type NormalValue, normalValue } from '../core/indicator-value.ts';
import { hash64 } from './indicator-hash.ts';

/** Numbers of a row: hash of the id, hash of the value, modified, from, until, and what else is known in one. */
const width = 8;
const [idHigh, idLow, high, low, modifiedAt, fromAt, untilAt, rest] = [0, 1, 2, 3, 4, 5, 6, 7] as const;
/** The type of a row that says only that its id was withdrawn. */
const withdrawn = indicatorTypes.length;
/** Clocks of feeds and of logs may differ by so much, ms. */
const skew = 300_000;
const none = -1;

/** How an indicator that a log line names is known. */
export interface KnownIndicator {
  readonly type: IndicatorType;
  /** 0 to 100. */
  readonly confidence: number;
}

/** What became of an update. */
export type Applied = 'new' | 'known' | 'revoked' | 'expired' | 'invalid';

/** What became of an update, the rows that came of it, and the types of the values that are new. */
export interface AppliedUpdate {
  readonly applied: Applied;
  readonly rows: Float64Array;
  readonly types: readonly IndicatorType[];
}

/** Options of a table; times in ms. */
export interface IndicatorTableOptions {
  /** Most values that are kept; of more the oldest leave. */
  readonly most: number;
  /** How long an indicator without an end is fresh after it was last modified. */
  readonly maxAge: number;
  /** The confidence of those that say none. */
  readonly confidence: number;
}

/**
 * The indicators of one feed by the hashes of what they name: 64 bytes a value, and no text. Looking a value up costs one step for
 * any number of them. `apply` takes what a feed says in any order and any number of times; `rows` are what came of it, to be
 * stored, and put back with `restore` in the same order.
 */
export class IndicatorTable {
  readonly #options: IndicatorTableOptions;
  #rows = new Float64Array(width * 1024);
  #nextOfValue = new Int32Array(1024);
  #nextOfId = new Int32Array(1024);
  #byValue = new Int32Array(2048).fill(none);
  #byId = new Int32Array(2048).fill(none);
  #end = 0;
  #alive = 0;
  #evicted = 0;
  /** Lengths of the prefixes of networks that were ever put in. */
  readonly #bits = { ipv4: new Set<number>(), ipv6: new Set<number>() };
  readonly #types = new Uint32Array(indicatorTypes.length + 1);

  constructor(options: IndicatorTableOptions) {
    this.#options = options;
  }

  /** Values that may be found, by type. */
  count(type: IndicatorType): number {
    return this.#types[indicatorTypes.indexOf(type)]!;
  }

  /** Values that left since there were too many. */
  get evicted(): number {
    return this.#evicted;
  }

  /** How many rows a store of this table holds at least. */
  get size(): number {
    return this.#alive;
  }

  /** Takes an update at `now` (ms), and answers what came of it. */
  apply(update: IndicatorUpdate, now: number): AppliedUpdate {
    const nothing = (applied: Applied) => ({ applied, rows: new Float64Array(), types: [] });
    const until = update.until ?? Math.max(update.modified, update.from) + this.#options.maxAge;
    const values = update.values.map(normalValue).filter(value => value !== undefined);
    if (!update.revoked && values.length === 0) return nothing('invalid');
    const gone = update.revoked || until <= now;
    const row = new Float64Array(width);
    [row[idHigh], row[idLow]] = hash64(update.id);
    row[modifiedAt] = update.modified;
    row[fromAt] = update.from;
    row[untilAt] = gone ? now + this.#options.maxAge : until;
    // What was never here need not be remembered as gone, however much of a past a feed tells.
    if (gone && !this.#knows(row)) return nothing(update.revoked ? 'known' : 'expired');
    const all = gone ? [this.#withdraw(row)] : values.map(value => this.#rowOf(row, value, update));
    const taken = all.filter(each => this.#put(each));
    if (taken.length === 0) return nothing('known');
    const rows = Float64Array.from(taken.flatMap(each => [...each]));
    const types = taken.flatMap(each => indicatorTypes[each[rest]! % 8] ?? []);
    return { applied: update.revoked ? 'revoked' : gone ? 'expired' : 'new', rows, types };
  }

  #withdraw(row: Float64Array): Float64Array {
    const one = row.slice();
    one[rest] = withdrawn;
    return one;
  }

  #rowOf(row: Float64Array, value: NormalValue, { confidence }: IndicatorUpdate): Float64Array {
    const one = row.slice();
    [one[high], one[low]] = hash64(`${value.type} ${value.value}`);
    const sure = Math.round(Math.max(0, Math.min(100, confidence ?? this.#options.confidence)));
    one[rest] = indicatorTypes.indexOf(value.type) + 8 * sure + 1024 * (value.bits ?? 0);
    return one;
  }

  /** Puts stored rows back, in the order in which they came. Throws a RangeError for what are no rows. */
  restore(rows: Float64Array): void {
    if (rows.length % width !== 0) throw new RangeError('the stored indicators cannot be read');
    for (let at = 0; at < rows.length; at += width) this.#put(rows.subarray(at, at + width));
  }

  /** All rows that still say something, in order: what a store may hold instead of all that was put. */
  toRows(): Float64Array {
    const kept: number[] = [];
    for (let k = 0; k < this.#end; k++) if (this.#isAlive(k)) kept.push(k);
    const out = new Float64Array(kept.length * width);
    for (const [i, k] of kept.entries()) out.set(this.#rows.subarray(k * width, (k + 1) * width), i * width);
    return out;
  }

  /** The best known fresh indicator that names this value at `t` (ms), or a network or a domain that it is in where `value` is one. */
  find(type: IndicatorType, value: string, t: number): KnownIndicator | undefined {
    if (this.#alive === 0 || this.count(type) === 0) return undefined;
    const [a, b] = hash64(`${type} ${value}`);
    let best: KnownIndicator | undefined;
    for (let k = this.#byValue[b & (this.#byValue.length - 1)]!; k !== none; k = this.#nextOfValue[k]!) {
      const at = k * width;
      if (this.#rows[at + low] !== b || this.#rows[at + high] !== a || !this.#isFresh(k, t)) continue;
      const confidence = Math.floor(this.#rows[at + rest]! / 8) % 128;
      if (best === undefined || confidence > best.confidence) best = { type, confidence };
    }
    return best;
  }

  /** Lengths of the prefixes of the networks that are known. */
  prefixes(type: 'ipv4' | 'ipv6'): ReadonlySet<number> {
    return this.#bits[type];
  }

  /** Ages (ms since they were modified) of the values at `now`, by type. */
  ages(now: number, put: (type: IndicatorType, age: number) => void): void {
    for (let k = 0; k < this.#end; k++) {
      const type = indicatorTypes[this.#typeOf(k)];
      if (type !== undefined && this.#isFresh(k, now))
        put(type, Math.max(0, now - this.#rows[k * width + modifiedAt]!));
    }
  }

  /** Forgets what is no longer valid at `now` (ms); answers how many values of each type that were. */
  expire(now: number): ReadonlyMap<IndicatorType, number> {
    const gone = new Map<IndicatorType, number>();
    for (let k = 0; k < this.#end; k++) {
      if (!this.#isAlive(k) || this.#rows[k * width + untilAt]! > now) continue;
      const type = indicatorTypes[this.#typeOf(k)];
      if (type !== undefined) gone.set(type, (gone.get(type) ?? 0) + 1);
      this.#kill(k);
    }
    return gone;
  }

  #typeOf(k: number): number {
    return this.#rows[k * width + rest]! % 8;
  }

  #isAlive(k: number): boolean {
    return this.#rows[k * width + untilAt]! > Number.NEGATIVE_INFINITY;
  }

  #isFresh(k: number, t: number): boolean {
    const at = k * width;
    return this.#rows[at + fromAt]! <= t + skew && this.#rows[at + untilAt]! > t;
  }

  #kill(k: number): void {
    this.#types[this.#typeOf(k)]!--;
    this.#alive--;
    this.#rows[k * width + untilAt] = Number.NEGATIVE_INFINITY;
  }

  #knows(row: Float64Array): boolean {
    for (let k = this.#byId[this.#slotOf(row, idLow)]!; k !== none; k = this.#nextOfId[k]!)
      if (this.#isOf(k, row)) return true;
    return false;
  }

  #slotOf(row: Float64Array, column: typeof idLow | typeof low): number {
    return row[column]! & (this.#byId.length - 1);
  }

  #isOf(k: number, row: Float64Array): boolean {
    const at = k * width;
    return (
      this.#isAlive(k) && this.#rows[at + idLow] === row[idLow] && this.#rows[at + idHigh] === row[idHigh]
    );
  }

  /** False when the id is known newer, or the same. Older rows of the id go. */
  #put(row: Float64Array): boolean {
    for (let k = this.#byId[this.#slotOf(row, idLow)]!; k !== none; k = this.#nextOfId[k]!) {
      if (!this.#isOf(k, row)) continue;
      const known = this.#rows.subarray(k * width, (k + 1) * width);
      if (known[modifiedAt]! > row[modifiedAt]!) return false;
      const isSame = known[low] === row[low] && known[high] === row[high];
      const isLast = this.#typeOf(k) === withdrawn;
      if (known[modifiedAt] === row[modifiedAt]) {
        if (isSame || isLast) return false;
        if (row[rest] !== withdrawn) continue;
      }
      this.#kill(k);
    }
    this.#append(row);
    return true;
  }

  #append(row: Float64Array): void {
    if (this.#end === this.#nextOfId.length) this.#makeRoom();
    const k = this.#end++;
    this.#rows.set(row, k * width);
    this.#types[this.#typeOf(k)]!++;
    this.#alive++;
    const bits = Math.floor(row[rest]! / 1024);
    if (bits > 0) this.#bits[this.#typeOf(k) === 0 ? 'ipv4' : 'ipv6'].add(bits);
    this.#link(k);
    if (this.#alive > this.#options.most) this.#evict();
  }

  #link(k: number): void {
    const row = this.#rows.subarray(k * width, (k + 1) * width);
    const [value, id] = [this.#slotOf(row, low), this.#slotOf(row, idLow)];
    this.#nextOfValue[k] = this.#byValue[value]!;
    this.#byValue[value] = k;
    this.#nextOfId[k] = this.#byId[id]!;
    this.#byId[id] = k;
  }

  /** The oldest go, a few more than must, so that the next ones find room. */
  #evict(): void {
    let surplus = Math.ceil(this.#options.most / 100);
    for (let k = 0; k < this.#end && surplus > 0; k++) {
      if (!this.#isAlive(k)) continue;
      this.#kill(k);
      this.#evicted++;
      surplus--;
    }
  }

  /** Without the rows that are gone; twice as large where most are there. */
  #makeRoom(): void {
    const kept = this.toRows();
    const rows = kept.length / width;
    const room = rows > this.#nextOfId.length / 2 ? this.#nextOfId.length * 2 : this.#nextOfId.length;
    this.#rows = new Float64Array(room * width);
    this.#rows.set(kept);
    this.#nextOfValue = new Int32Array(room);
    this.#nextOfId = new Int32Array(room);
    this.#byValue = new Int32Array(room * 2).fill(none);
    this.#byId = new Int32Array(room * 2).fill(none);
    this.#end = rows;
    for (let k = 0; k < rows; k++) this.#link(k);
  }
}
