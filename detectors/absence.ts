/** What went missing: a signal without samples, one that stands still, one that fell to nothing. */
export type AbsenceKind = 'vanished' | 'flat' | 'zero';

/** A first-class finding, with its words: it needs no score to be worth telling. */
export interface AbsenceFinding {
  readonly row: number;
  readonly signal: number;
  readonly kind: AbsenceKind;
  /** How many batches it has lasted. */
  readonly steps: number;
  readonly reason: string;
}

const words: Readonly<Record<AbsenceKind, (signal: string, steps: number) => string>> = {
  vanished: (signal, steps) => `${signal} has had no sample for ${steps} steps, the others still do`,
  flat: (signal, steps) => `${signal} has stood still for ${steps} steps, which it never did for so long`,
  zero: (signal, steps) => `${signal} has been 0 for ${steps} steps, it never was before`,
};

/** The shortest run that is told. */
const shortest = { vanished: 3, flat: 10, zero: 2 } as const;

/**
 * Watches runs of missing, equal and zero values of every cell of a class (row-major, `width` signals a row). A run is a
 * finding once it is longer than twice the longest run of its kind in normal life; a signal that never moved is never flat.
 */
export class AbsenceWatch {
  readonly #width: number;
  readonly #last: Float64Array;
  readonly #runs: Record<AbsenceKind, Float32Array>;
  readonly #longest: Record<AbsenceKind, Float32Array>;
  readonly #moves: Float32Array;

  constructor(rows: number, width: number) {
    const cells = rows * width;
    this.#width = width;
    this.#last = new Float64Array(cells).fill(Number.NaN);
    const make = () => ({
      vanished: new Float32Array(cells),
      flat: new Float32Array(cells),
      zero: new Float32Array(cells),
    });
    this.#runs = make();
    this.#longest = make();
    this.#moves = new Float32Array(cells);
  }

  /** One batch of normal history or of the stream: moves the runs on, and with `normal` also what is usual. */
  push(values: Float64Array, normal: 'normal' | 'unknown'): void {
    for (let cell = 0; cell < values.length; cell++) {
      const value = values[cell]!;
      const missing = Number.isNaN(value);
      this.#step('vanished', cell, missing);
      if (missing) continue;
      const same = value === this.#last[cell]!;
      this.#step('flat', cell, same);
      this.#step('zero', cell, value === 0);
      if (!same && !Number.isNaN(this.#last[cell]!)) this.#moves[cell] = this.#moves[cell]! + 1;
      this.#last[cell] = value;
      if (normal === 'normal') this.#remember(cell);
    }
  }

  #step(kind: AbsenceKind, cell: number, goes: boolean): void {
    this.#runs[kind][cell] = goes ? this.#runs[kind][cell]! + 1 : 0;
  }

  #remember(cell: number): void {
    for (const kind of ['vanished', 'flat', 'zero'] as const)
      this.#longest[kind][cell] = Math.max(this.#longest[kind][cell]!, this.#runs[kind][cell]!);
  }

  /** All findings now, in order of row and signal; `signals` names the columns. */
  findings(signals: readonly string[]): readonly AbsenceFinding[] {
    const out: AbsenceFinding[] = [];
    for (let cell = 0; cell < this.#last.length; cell++) {
      const kind = this.#kindOf(cell);
      if (kind === undefined) continue;
      const signal = cell % this.#width;
      const steps = this.#runs[kind][cell]!;
      const reason = words[kind](signals[signal] ?? `signal ${signal}`, steps);
      out.push({ row: Math.floor(cell / this.#width), signal, kind, steps, reason });
    }
    return out;
  }

  #kindOf(cell: number): AbsenceKind | undefined {
    const long = (kind: AbsenceKind) =>
      this.#runs[kind][cell]! >= Math.max(shortest[kind], 2 * this.#longest[kind][cell]! + 1);
    if (long('vanished')) return this.#peersStay(cell) ? 'vanished' : undefined;
    if (this.#moves[cell]! < 1) return undefined;
    if (long('zero') && this.#longest.zero[cell] === 0) return 'zero';
    return this.#moves[cell]! >= 10 && long('flat') ? 'flat' : undefined;
  }

  /** Whether another signal of the row has a sample; a signal that was never there has not vanished. */
  #peersStay(cell: number): boolean {
    if (Number.isNaN(this.#last[cell]!)) return false;
    const from = cell - (cell % this.#width);
    for (let k = from; k < from + this.#width; k++)
      if (this.#runs.vanished[k] === 0 && !Number.isNaN(this.#last[k]!)) return true;
    return false;
  }
}
