import { readBytes, writeBytes } from './bytes.ts';
import { combineCauchy } from './ensemble.ts';
import { UpperTails } from './upper-tail.ts';

/** Slots of the day, each with the mean of its values on earlier days. */
const slots = 24;
const day = 86_400_000;
/** Values averaged, their slow mean, residuals and changes averaged. */
const short = 4;
const slow = 2 / (40 + 1);
const residuals = 12;
const changes = 24;
/** A member's tail is never narrower than this share of the signal's scale. */
const leastScale = 0.02;
/** What a member that is silent brings to the combination. */
const silent = 0.999;
const members = 5;
const sides = 2;
/** Numbers of one cell in float32: previous values, slow mean, residuals, changes, slots. */
const width = short + 1 + residuals + changes + slots;
const atSlow = short;
const atResidual = short + 1;
const atChange = atResidual + residuals;
const atSlot = atChange + changes;

/** So long a time of the day remembers its values, ms. */
const slotMemory = 10 * day;

/**
 * How new a value is for its own series. Five members read it: the value; its change; the mean of 4 values minus their
 * slow mean; the mean of 12 residuals from what is usual at the time of the day; the mean size of 24 changes. Each has an
 * upper tail on either side; what they say is combined by Cauchy (Liu and Xie 2020), silent ones as .999.
 * Values are held relative to the first one of their series. For each value `pValue`, then `learn` where it is
 * normal, then `move`.
 */
export class News {
  readonly cells: number;
  readonly #slotLimit: number;
  readonly #tails: UpperTails;
  readonly #memory: Float32Array;
  readonly #origin: Float64Array;
  /** How many values, and how many residuals, each cell has seen. */
  readonly #seen: Float64Array;
  readonly #slotSeen: Uint16Array;
  readonly #x = new Float64Array(members);
  readonly #p = new Float64Array(members);

  /** `step`: ms from one value to the next. */
  constructor(cells: number, step: number, tails = new UpperTails(cells * members * sides)) {
    this.cells = cells;
    this.#slotLimit = Math.min(65_535, Math.max(1, Math.round(slotMemory / slots / step)));
    this.#tails = tails;
    this.#memory = new Float32Array(cells * width).fill(Number.NaN);
    this.#origin = new Float64Array(cells);
    this.#seen = new Float64Array(cells * 2);
    this.#slotSeen = new Uint16Array(cells * slots);
  }

  /** Bytes of state a series. */
  static get bytesPerSeries(): number {
    return members * sides * UpperTails.bytesPerCell + 4 * width + 8 * 3 + 2 * slots;
  }

  /** p of the next value of a cell at `t` (ms) under "nothing is new"; NaN for a NaN. `scale`: that of the signal. */
  pValue(cell: number, t: number, value: number, scale: number): number {
    if (!Number.isFinite(value)) return Number.NaN;
    this.#read(cell, t, value);
    const least = Number.isFinite(scale) ? leastScale * scale : 0;
    for (let i = 0; i < members; i++) {
      const x = this.#x[i]!;
      const tail = (cell * members + i) * sides;
      const p = Math.min(this.#tails.pValue(tail, x, least), this.#tails.pValue(tail + 1, -x, least));
      this.#p[i] = Number.isNaN(x) ? x : Math.min(silent, sides * p);
    }
    return combineCauchy(this.#p);
  }

  /** What the members see in value `v`, NaN where they have no past yet. */
  #read(cell: number, t: number, value: number): void {
    const memory = this.#memory;
    const from = cell * width;
    const n = this.#seen[2 * cell]!;
    const v = value - (n === 0 ? value : this.#origin[cell]!);
    this.#x[0] = v;
    this.#x[1] = n === 0 ? Number.NaN : v - memory[from + ((n - 1) % short)]!;
    this.#x[2] = meanWith(v, n, { memory, from, length: short }) - memory[from + atSlow]!;
    const residual = v - this.#expected(cell, t);
    const known = this.#seen[2 * cell + 1]!;
    this.#x[3] =
      known + 1 < residuals
        ? Number.NaN
        : meanWith(residual, known, { memory, from: from + atResidual, length: residuals });
    this.#x[4] =
      n < changes
        ? Number.NaN
        : meanWith(Math.abs(this.#x[1]!), n - 1, { memory, from: from + atChange, length: changes });
  }

  /** What is usual at the time of the day, along a line between two slots; NaN while one of them is not known. */
  #expected(cell: number, t: number): number {
    const place = ((t % day) / day) * slots - 0.5;
    const left = Math.floor(place);
    const from = cell * width + atSlot;
    const a = this.#memory[from + ((left + slots) % slots)]!;
    const b = this.#memory[from + ((left + 1) % slots)]!;
    return a + (b - a) * (place - left);
  }

  /** Takes the next value of a cell as usual, before `move`; NaN is ignored. */
  learn(cell: number, t: number, value: number): void {
    if (!Number.isFinite(value)) return;
    this.#read(cell, t, value);
    for (let i = 0; i < members; i++) {
      const tail = (cell * members + i) * sides;
      this.#tails.learn(tail, this.#x[i]!);
      this.#tails.learn(tail + 1, -this.#x[i]!);
    }
  }

  /** Takes the value into what the members remember of the last values, usual or not; NaN is ignored. */
  move(cell: number, t: number, value: number): void {
    if (!Number.isFinite(value)) return;
    const n = this.#seen[2 * cell]!;
    if (n === 0) this.#origin[cell] = value;
    this.#remember(cell, t, value - this.#origin[cell]!);
    this.#seen[2 * cell] = n + 1;
  }

  #remember(cell: number, t: number, v: number): void {
    const memory = this.#memory;
    const from = cell * width;
    const n = this.#seen[2 * cell]!;
    if (n > 0) {
      const change = Math.abs(v - memory[from + ((n - 1) % short)]!);
      memory[from + atChange + ((n - 1) % changes)] = change;
    }
    memory[from + (n % short)] = v;
    const level = memory[from + atSlow]!;
    memory[from + atSlow] = Number.isNaN(level) ? v : level + (v - level) * slow;
    const residual = v - this.#expected(cell, t);
    if (!Number.isNaN(residual)) {
      const known = this.#seen[2 * cell + 1]!;
      memory[from + atResidual + (known % residuals)] = residual;
      this.#seen[2 * cell + 1] = known + 1;
    }
    const slot = Math.floor(((t % day) / day) * slots);
    const days = Math.min(this.#slotLimit, this.#slotSeen[cell * slots + slot]! + 1);
    this.#slotSeen[cell * slots + slot] = days;
    const usual = memory[from + atSlot + slot]!;
    memory[from + atSlot + slot] = days === 1 ? v : usual + (v - usual) / days;
  }

  /** The same state for other rows: row i takes over row `from[i]`, -1 starts empty. */
  remap(from: Int32Array, step: number): News {
    const next = new News(from.length, step, this.#tails.remap(from, members * sides));
    from.forEach((old, cell) => {
      if (old < 0) return;
      next.#memory.set(this.#memory.subarray(old * width, (old + 1) * width), cell * width);
      next.#origin[cell] = this.#origin[old]!;
      next.#seen.set(this.#seen.subarray(2 * old, 2 * old + 2), 2 * cell);
      next.#slotSeen.set(this.#slotSeen.subarray(old * slots, (old + 1) * slots), cell * slots);
    });
    return next;
  }

  toBytes(): Uint8Array {
    const { cells } = this;
    return writeBytes(
      { cells },
      [this.#memory, this.#origin, this.#seen, this.#slotSeen],
      [this.#tails.toBytes()],
    );
  }

  /** Reads what `toBytes` wrote; throws a RangeError for anything else. */
  static fromBytes(bytes: Uint8Array, step: number): News {
    const { head, arrays, blobs } = readBytes(bytes);
    const [memory, origin, seen, slotSeen] = arrays;
    const [tails] = blobs;
    if (!memory || !origin || !seen || !slotSeen || !tails)
      throw new RangeError('the bytes are not those of the news of series');
    const news = new News(head.cells ?? 0, step, UpperTails.fromBytes(tails));
    if (memory.length !== news.#memory.length || slotSeen.length !== news.#slotSeen.length)
      throw new RangeError('the bytes are not those of the news of series');
    news.#memory.set(memory);
    news.#origin.set(origin);
    news.#seen.set(seen);
    news.#slotSeen.set(slotSeen);
    return news;
  }
}

interface Ring {
  readonly memory: Float32Array;
  readonly from: number;
  readonly length: number;
}

/** Mean of a ring that has taken `n` numbers once `v` has taken the place of its oldest. */
function meanWith(v: number, n: number, { memory, from, length }: Ring): number {
  const count = Math.min(length, n + 1);
  let sum = v;
  for (let i = 0; i < count; i++) if (i !== n % length) sum += memory[from + i]!;
  return sum / count;
}
