import type { Frame } from '../core/batch.ts';
import type { SignalSpec } from '../core/pack.ts';
import { createRandom } from '../core/random.ts';
import type { Baseline } from './baseline.ts';

/** What can go wrong with a signal, as it is injected into normal life. */
export const faultKinds = [
  'spike',
  'level shift',
  'drift',
  'drop to zero',
  'variance change',
  'broken correlation',
  'stuck value',
] as const;

export type FaultKind = (typeof faultKinds)[number];

/** A stretch of one entity's held-out history, with a fault in its last rows or (`kind` undefined) as it was. */
export interface RacePiece {
  /** Frame that it is cut from. */
  readonly frame: number;
  readonly kind: FaultKind | undefined;
  /** How many of its newest rows are faulty and scored. */
  readonly faulty: number;
  /** The first faulty row. */
  readonly onset: number;
  /** Values as they were observed, with the fault in them: one column a signal. */
  readonly columns: readonly Float64Array[];
}

/** Histories with the row from which each is held out, and what their signals are like. */
export interface RaceHistory {
  readonly frames: readonly Frame[];
  readonly cuts: readonly number[];
  readonly baseline: Baseline;
  readonly signals: readonly SignalSpec[];
  readonly seed: number;
}

/** Entities that take part at most, and cases of each kind of fault. */
const mostEntities = 16;
export const casesOfKind = 32;
/** Rows of a fault, and of a spike. */
const faultRows = 12;
const spikeRows = 2;
/** Stretches of an entity that stay as they were; their rows are what the faulty ones are told from. */
const cleanPieces = 16;
/** Sizes of a fault in units of the signal's own scale, by turns. */
const sizes: Readonly<Partial<Record<FaultKind, readonly number[]>>> = {
  spike: [3, 6],
  'level shift': [1, 2, 4],
  drift: [1, 2, 4],
  'variance change': [2, 4],
};

/** One fault about to be put into columns from row `from` on. */
interface Injection {
  readonly kind: FaultKind;
  readonly from: number;
  /** In the signal's unit. */
  readonly size: number;
  /** The signal's own history elsewhere, as long as the fault. */
  readonly elsewhere: Float64Array;
  readonly random: () => number;
}

/** Writes one fault into a column. */
function inject(column: Float64Array, { kind, from, size, elsewhere, random }: Injection): void {
  const rows = column.length - from;
  const before = column[from - 1]!;
  for (let i = 0; i < rows; i++) {
    const at = from + i;
    if (kind === 'spike' || kind === 'level shift') column[at] = column[at]! + size;
    if (kind === 'drift') column[at] = column[at]! + (size * (i + 1)) / rows;
    if (kind === 'drop to zero') column[at] = 0;
    if (kind === 'variance change') column[at] = column[at]! + 2 * size * (random() - 0.5) * Math.sqrt(3);
    if (kind === 'broken correlation') column[at] = elsewhere[i]!;
    if (kind === 'stuck value') column[at] = before;
  }
}

/** Signals of a frame in which a fault can be seen: they move, and where they drop to zero they were not near it. */
function eligible({ baseline, signals }: RaceHistory, frame: number, kind: FaultKind): number[] {
  const width = signals.length;
  return signals
    .map((_, k) => k)
    .filter(k => {
      const scale = baseline.scale[frame * width + k]!;
      const moves = baseline.constant[frame * width + k] === 0 && Number.isFinite(scale);
      const far = Math.abs(baseline.centre[frame * width + k]!) > 2 * scale;
      return moves && (kind !== 'drop to zero' || far);
    });
}

/** Frames that take part, evenly drawn: those with enough held-out rows for pieces of `length`. */
function drawn({ frames, cuts }: RaceHistory, length: number): number[] {
  const enough = frames
    .map((_, i) => i)
    .filter(i => frames[i]!.t.length - cuts[i]! >= Math.max(4 * length, length + 60));
  const count = Math.min(mostEntities, enough.length);
  return Array.from({ length: count }, (_, i) => enough[Math.floor((i * enough.length) / count)]!);
}

/** A stretch of the held-out part, its first row drawn evenly. */
function cut(history: RaceHistory, index: number, length: number, random: () => number): Float64Array[] {
  const frame = history.frames[index]!;
  const first = history.cuts[index]!;
  const start = first + Math.floor(random() * (frame.t.length - first - length + 1));
  return frame.columns.map(column => column.slice(start, start + length));
}

function shuffled(from: readonly number[], random: () => number): number[] {
  const order = from.map(k => ({ k, at: random() }));
  return order.sort((a, b) => a.at - b.at).map(({ k }) => k);
}

/**
 * Where a fault begins: in half of the cases with the rows that are scored, in half with the piece, so that it has lasted for as
 * long as any detector looks back. A spike is over at once.
 */
function onsetOf(kind: FaultKind, n: number, length: number): number {
  if (kind === 'spike') return length - spikeRows;
  return ((n >> 3) & 1) === 0 ? length - faultRows : 1;
}

function faultyPiece(
  history: RaceHistory,
  at: { readonly frame: number; readonly kind: FaultKind; readonly n: number; readonly length: number },
  random: () => number,
): RacePiece | undefined {
  const { frame, kind, n, length } = at;
  const { signals, baseline } = history;
  const candidates = shuffled(eligible(history, frame, kind), random);
  if (candidates.length === 0) return undefined;
  const columns = cut(history, frame, length, random);
  const faulty = kind === 'spike' ? spikeRows : faultRows;
  const from = onsetOf(kind, n, length);
  const step = sizes[kind];
  const elsewhere = cut(history, frame, length, random);
  const count = n % 2 === 0 ? 1 : Math.ceil(signals.length / 3);
  for (const k of candidates.slice(0, count)) {
    const { bad } = signals[k]!;
    const sign = bad === 'high' || (bad === 'both' && random() < 0.5) ? 1 : -1;
    const scale = baseline.scale[frame * signals.length + k]!;
    const size = sign * (step?.[(n >> 1) % step.length] ?? 0) * scale;
    inject(columns[k]!, { kind, from, size, elsewhere: elsewhere[k]!, random });
  }
  return { frame, kind, faulty, onset: from, columns };
}

/**
 * Stretches of held-out history, `lead` rows and then the rows that are scored: of each entity some as they were, and for
 * each kind of fault `casesOfKind` with it, in one signal or a third of them, sizes and entities by turns. Seeded; none when
 * no history is long enough.
 */
export function racePieces(history: RaceHistory, lead: number): readonly RacePiece[] {
  const random = createRandom(history.seed);
  const length = lead + faultRows;
  const frames = drawn(history, length);
  const clean = frames.flatMap(frame =>
    Array.from({ length: cleanPieces }, () => ({
      frame,
      kind: undefined,
      faulty: 0,
      onset: length,
      columns: cut(history, frame, length, random),
    })),
  );
  const faulty = faultKinds.flatMap(kind =>
    Array.from({ length: frames.length === 0 ? 0 : casesOfKind }, (_, n) =>
      faultyPiece(history, { frame: frames[n % frames.length]!, kind, n, length }, random),
    ),
  );
  return [...clean, ...faulty.filter(piece => piece !== undefined)];
}

/** Rows of a piece that are scored. */
export const scoredRows = faultRows;
