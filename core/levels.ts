/** Over how long a running level looks back: 20 minutes, 4 hours, a day. */
export type Span = 'short' | 'long' | 'day';

const minute = 60_000;
/** Time constants; where a step is long, the first is four steps and the others keep their proportion to it. */
const constants = { short: 20 * minute, long: 240 * minute, day: 1440 * minute } as const;
const leastSteps = 4;
/** Values are cut off here, those of the day nearer: one spike must not move what a day is measured against. */
const limit = 200;
const dayLimit = 10;

/** Share of a new value in the level of `span` at a step of `step` ms. */
function gainOf(span: Span, step: number): number {
  const stretch = Math.max(1, (leastSteps * step) / constants.short);
  return 1 - Math.exp(-step / (constants[span] * stretch));
}

/** The levels of all cells, by span. */
export type LevelNumbers = Readonly<Record<Span, Float32Array>>;

const shared = (length: number) => new Float32Array(new SharedArrayBuffer(4 * length));

/**
 * Running levels of standardized values, one of each span a cell (row x signal): l <- l + g (z - l), g = 1 - exp(-step / tau)
 * (Roberts 1959). They begin at 0, the centre of the history, in memory that
 * threads share, or go on over `numbers`. Missing values move nothing.
 */
export class Levels implements LevelNumbers {
  readonly short: Float32Array;
  readonly long: Float32Array;
  readonly day: Float32Array;

  constructor(cells: number, numbers?: LevelNumbers) {
    this.short = numbers?.short ?? shared(cells);
    this.long = numbers?.long ?? shared(cells);
    this.day = numbers?.day ?? shared(cells);
  }

  /** Bytes of state a cell. */
  static get bytesPerSeries(): number {
    return 12;
  }

  /** One more value of each cell, `step` ms after the last. */
  push(values: Float64Array, step: number): void {
    const { short, long, day } = this;
    const gain = { short: gainOf('short', step), long: gainOf('long', step), day: gainOf('day', step) };
    for (let cell = 0; cell < short.length; cell++) {
      const value = values[cell]!;
      if (Number.isNaN(value)) continue;
      const z = value > limit ? limit : Math.max(value, -limit);
      short[cell] = short[cell]! + gain.short * (z - short[cell]!);
      long[cell] = long[cell]! + gain.long * (z - long[cell]!);
      const near = z > dayLimit ? dayLimit : Math.max(z, -dayLimit);
      day[cell] = day[cell]! + gain.day * (near - day[cell]!);
    }
  }

  /** The same state for another membership: row i takes over row `from[i]`, -1 starts at the centre. */
  remap(from: Int32Array, width: number): Levels {
    const next = new Levels(from.length * width);
    from.forEach((was, row) => {
      if (was >= 0) next.copy(row, this, was, width);
    });
    return next;
  }

  /** Takes `row` over from another's row `theirs`. */
  copy(row: number, other: Levels, theirs: number, width: number): void {
    for (const span of ['short', 'long', 'day'] as const)
      this[span].set(other[span].subarray(theirs * width, (theirs + 1) * width), row * width);
  }
}

/** The levels of one row over its history, from where `levels` stand on: after each value, `visit` is told its number and sees them. */
export function runLevels(
  history: { readonly columns: readonly ArrayLike<number>[]; readonly step: number },
  visit: (i: number, levels: Levels, values: Float64Array) => void = () => undefined,
  levels = new Levels(history.columns.length),
): Levels {
  const { columns, step } = history;
  const values = new Float64Array(columns.length);
  for (let i = 0; i < (columns[0]?.length ?? 0); i++) {
    for (let k = 0; k < values.length; k++) values[k] = columns[k]![i]!;
    levels.push(values, step);
    visit(i, levels, values);
  }
  return levels;
}
