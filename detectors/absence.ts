import type { SignalSpec } from '../core/pack.ts';
import { readBytes, writeBytes } from './bytes.ts';

/** What went missing: an entity or a signal without samples, one that stands still, one that fell to nothing. */
export type AbsenceKind = 'gone' | 'vanished' | 'flat' | 'zero';

/** A first-class finding, with its words. */
export interface AbsenceFinding {
  readonly row: number;
  readonly signal: number;
  readonly kind: AbsenceKind;
  /** How many batches it has lasted. */
  readonly steps: number;
  readonly reason: string;
}

const words: Readonly<Record<AbsenceKind, (signal: string, steps: number) => string>> = {
  gone: (_, steps) =>
    `no signal has had a sample for ${steps} steps; its target is down, or others of the class have theirs`,
  vanished: (signal, steps) => `${signal} has had no sample for ${steps} steps, the other signals have`,
  flat: (signal, steps) => `${signal} has stood still for ${steps} steps, which it never did for so long`,
  zero: (signal, steps) => `${signal} has been 0 for ${steps} steps, it never was before`,
};

type Run = 'vanished' | 'flat' | 'zero';
const kinds: readonly Run[] = ['vanished', 'flat', 'zero'];
/** The shortest run that is told. */
const shortest = { vanished: 3, flat: 10, zero: 2 } as const;
/** Nothing moves so evenly that a run of this many mean runs would be odd: what has had longer ones moves at whim. */
const steady = 4;
/** An entity that stays away is told for so many steps; then it is one without data. */
const goneFor = 60;

const columns = (cells: number): Record<Run, Float32Array> => ({
  vanished: new Float32Array(cells),
  flat: new Float32Array(cells),
  zero: new Float32Array(cells),
});

/**
 * Watches runs of missing, equal and zero values of every cell of a class (row-major, `width` signals a row). A run is a
 * finding once it is longer than twice the longest run of its kind in normal life. Only a signal that moves steadily can
 * stand still: one whose runs of equal values vary much (memory, queues) rests now and then when nothing is wrong.
 * A run that was told is not taken for normal when it ends.
 */
export class AbsenceWatch {
  readonly #width: number;
  readonly #last: Float64Array;
  readonly #runs: Record<Run, Float32Array>;
  readonly #longest: Record<Run, Float32Array>;
  readonly #moves: Float32Array;
  readonly #samples: Float32Array;

  constructor(rows: number, width: number) {
    const cells = rows * width;
    this.#width = width;
    this.#last = new Float64Array(cells).fill(Number.NaN);
    this.#runs = columns(cells);
    this.#longest = columns(cells);
    this.#moves = new Float32Array(cells);
    this.#samples = new Float32Array(cells);
  }

  /** Bytes of state a cell. */
  static get bytesPerSeries(): number {
    return 8 + 8 * 4;
  }

  /** The whole normal history of one cell: every run in it is usual, the one at its end included. */
  fit(cell: number, history: Float64Array): void {
    for (const value of history) {
      this.#move(cell, value);
      this.#take(cell);
    }
  }

  #take(cell: number): void {
    for (const kind of kinds)
      this.#longest[kind][cell] = Math.max(this.#longest[kind][cell]!, this.#runs[kind][cell]!);
  }

  /** Takes the runs of a row that is still learning for usual. */
  settle(row: number): void {
    for (let cell = row * this.#width; cell < (row + 1) * this.#width; cell++) this.#take(cell);
  }

  /** The value of a cell that has had only this one; undefined when it moved or never had a sample. */
  stoodStill(cell: number): number | undefined {
    const last = this.#last[cell]!;
    return this.#moves[cell] === 0 && !Number.isNaN(last) ? last : undefined;
  }

  /**
   * One batch of the stream: moves the runs on. A signal that no row of several has is dark at its source (a gap of the
   * scrape, an exporter that changed): that is no finding about any row, and its runs stand still, unless the `cause` is known
   * to be that the targets are down.
   */
  push(values: Float64Array, cause: 'targets down' | 'unknown' = 'unknown'): void {
    const dark = cause === 'unknown' ? this.#darkSignals(values) : new Uint8Array(this.#width);
    for (let cell = 0; cell < values.length; cell++)
      if (dark[cell % this.#width] === 0) this.#move(cell, values[cell]!);
  }

  #darkSignals(values: Float64Array): Uint8Array {
    const dark = new Uint8Array(this.#width).fill(values.length > this.#width ? 1 : 0);
    for (let cell = 0; cell < values.length; cell++)
      if (!Number.isNaN(values[cell]!)) dark[cell % this.#width] = 0;
    return dark;
  }

  #move(cell: number, value: number): void {
    const missing = Number.isNaN(value);
    // What was never there has not vanished.
    if (missing && Number.isNaN(this.#last[cell]!)) return;
    this.#step('vanished', cell, missing);
    if (missing) return;
    const last = this.#last[cell]!;
    this.#step('flat', cell, value === last);
    this.#step('zero', cell, value === 0);
    if (value !== last && !Number.isNaN(last)) this.#moves[cell] = this.#moves[cell]! + 1;
    this.#last[cell] = value;
    this.#samples[cell] = this.#samples[cell]! + 1;
  }

  #isSteady(cell: number): boolean {
    const meanRun = this.#samples[cell]! / (this.#moves[cell]! + 1);
    return this.#longest.flat[cell]! <= steady * meanRun;
  }

  #step(kind: Run, cell: number, goes: boolean): void {
    const runs = this.#runs[kind];
    const run = runs[cell]!;
    if (goes) {
      runs[cell] = run + 1;
      return;
    }
    if (run > this.#longest[kind][cell]! && !this.#isLong(kind, cell)) this.#longest[kind][cell] = run;
    runs[cell] = 0;
  }

  #isLong(kind: Run, cell: number): boolean {
    return this.#runs[kind][cell]! >= Math.max(shortest[kind], 2 * this.#longest[kind][cell]! + 1);
  }

  /** The finding of one row now, the gravest first; undefined when nothing is missing. `others`: rows with a sample exist. */
  finding(
    row: number,
    signals: readonly SignalSpec[],
    others: 'present' | 'absent',
  ): AbsenceFinding | undefined {
    const from = row * this.#width;
    let best: { kind: AbsenceKind; signal: number } | undefined;
    for (let k = 0; k < this.#width; k++) {
      const kind = this.#kindOf(from + k, signals[k]!);
      if (kind === undefined || (best !== undefined && best.kind !== 'flat')) continue;
      if (best === undefined || kind !== 'flat') best = { kind, signal: k };
    }
    if (best === undefined) return undefined;
    const { signal } = best;
    const kind = best.kind === 'vanished' && this.#isEmpty(from) ? 'gone' : best.kind;
    const steps = this.#runs[kind === 'gone' ? 'vanished' : kind][from + signal]!;
    if (kind === 'gone' && (others === 'absent' || steps > goneFor)) return undefined;
    return { row, signal, kind, steps, reason: words[kind](signals[signal]!.name, steps) };
  }

  /** True when a signal of the row is missing in `values` and has been for almost as long as is told. */
  isLosing(row: number, values: Float64Array): boolean {
    for (let cell = row * this.#width; cell < (row + 1) * this.#width; cell++) {
      const known = !Number.isNaN(this.#last[cell]!);
      const run = this.#runs.vanished[cell]! + 2;
      const told = Math.max(shortest.vanished, 2 * this.#longest.vanished[cell]! + 1);
      if (known && Number.isNaN(values[cell]!) && run >= told && run <= told + goneFor) return true;
    }
    return false;
  }

  #kindOf(cell: number, spec: SignalSpec): Run | undefined {
    if (Number.isNaN(this.#last[cell]!)) return undefined;
    if (this.#isLong('vanished', cell)) return 'vanished';
    if (this.#moves[cell]! < 1 || this.#runs.vanished[cell]! > 0) return undefined;
    const harmless = this.#last[cell] === 0 && spec.bad === 'high';
    if (harmless) return undefined;
    if (this.#longest.zero[cell] === 0 && this.#isLong('zero', cell)) return 'zero';
    return this.#moves[cell]! >= 10 && this.#isSteady(cell) && this.#isLong('flat', cell)
      ? 'flat'
      : undefined;
  }

  #isEmpty(from: number): boolean {
    for (let k = from; k < from + this.#width; k++)
      if (this.#runs.vanished[k] === 0 && !Number.isNaN(this.#last[k]!)) return false;
    return true;
  }

  /** The same state for another membership: row i takes over row `from[i]`, -1 starts empty. */
  remap(from: Int32Array): AbsenceWatch {
    const next = new AbsenceWatch(from.length, this.#width);
    const own = this.#arrays();
    next.#arrays().forEach((array, i) => {
      from.forEach((old, row) => {
        const cells = own[i]!.subarray(old * this.#width, (old + 1) * this.#width);
        if (old >= 0) array.set(cells, row * this.#width);
      });
    });
    return next;
  }

  #arrays(): (Float32Array | Float64Array)[] {
    return [
      this.#last,
      this.#moves,
      this.#samples,
      ...kinds.map(k => this.#longest[k]),
      ...kinds.map(k => this.#runs[k]),
    ];
  }

  toBytes(): Uint8Array {
    return writeBytes({ width: this.#width }, this.#arrays());
  }

  /** Reads what `toBytes` wrote; throws a RangeError for anything else. */
  static fromBytes(bytes: Uint8Array): AbsenceWatch {
    const { head, arrays } = readBytes(bytes);
    const width = head.width ?? 0;
    const watch = new AbsenceWatch((arrays[0]?.length ?? 0) / width, width);
    watch.#arrays().forEach((array, i) => {
      const stored = arrays[i];
      if (stored?.length !== array.length)
        throw new RangeError('the bytes are not those of an absence watch');
      array.set(stored);
    });
    return watch;
  }
}
