import type { Batch } from '../core/batch.ts';
import type { SignalSpec } from '../core/pack.ts';
import { sayList, saySignal } from '../core/say-name.ts';
import type { ClassModel } from './class-model.ts';
import type { Judgement } from './judgement.ts';

/** How far a signal is moved: 20 of its own scales, but no more than 1000 times the range it usually keeps within a week. */
const far = { scales: 20, ranges: 1000 } as const;
/** So many steps the move lasts before the answer is read: what a rule asks of a fault before it pages. */
const lasts = 3;
/** Between two turns of the test, ms. */
const every = 300_000;
/** Most moves of a turn, and how many rows may be judged for it of those that passes judge; copying them comes on top. */
const most = 32;
const costShare = 0.03;
/** So many more moves unseen than seen make a signal, or a row, blind: now and then one is "seen" by chance. */
const enough = 3;
/** What is counted of it, so that what was long blind is not doubted for ever. */
const counted = 5;

/** Moves that were tried: those of which the row's p fell to the rate at which rows are flagged, and those of which it did not. */
export interface SelfTestCounts {
  readonly seen: number;
  readonly missed: number;
}

/** One look at the class: its last batch, and the model that has judged it. */
interface Look {
  readonly model: ClassModel;
  readonly batch: Batch;
  readonly judgement: Judgement;
  readonly fpr: number;
}

interface Move {
  readonly row: number;
  readonly signal: number;
}

/** A row in doubt: by signal, how many more moves were not seen than seen. */
interface Misses {
  readonly signals: Uint8Array;
  /** How many moves of the row were tried since the first of them: its signals take turns. */
  tries: number;
  /** Why the row is blind; undefined while it is not. */
  reason: string | undefined;
}

/**
 * Self-test for blindness: now and then one signal of a row is moved far out, its bad way, in a copy of the row and of all
 * that the class model knows of it, and the row's p must fall to the stated rate. Made once a class, shown each batch after its
 * judgement; writes nothing but its own books. A row none of whose signals is seen, several times, is blind; doubtful
 * rows are tried again first. Judges at most 3 % as many rows as the passes do; the copies cost a small class as much again.
 */
export class SelfTest {
  readonly #fpr: number;
  readonly #misses = new Map<string, Misses>();
  #next = 0;
  #turn = 0;
  #turnAt = Number.NaN;
  /** Rows that may be judged for the test, from what the passes judged. */
  #credit = 0;
  #counts = { seen: 0, missed: 0 };
  #since: number | undefined;

  constructor(fpr: number) {
    this.#fpr = fpr;
  }

  /** Rows that are blind, by fingerprint of their entity, with the reason. */
  get blind(): ReadonlyMap<string, string> {
    const blind = [...this.#misses].flatMap(([key, { reason }]) =>
      reason === undefined ? [] : [[key, reason] as const],
    );
    return new Map(blind);
  }

  /** Since when any row has been blind, ms; undefined while none is. */
  get since(): number | undefined {
    return this.#since;
  }

  /** Why the row of this fingerprint is blind; undefined when it is not known to be. */
  reasonOf(key: string): string | undefined {
    return this.#misses.get(key)?.reason;
  }

  /** Whether moves of one signal of a row have been unseen several times. */
  isBlind(key: string, signal: number): boolean {
    return (this.#misses.get(key)?.signals[signal] ?? 0) >= enough;
  }

  /** The moves tried since the last call. */
  take(): SelfTestCounts {
    const counts = this.#counts;
    this.#counts = { seen: 0, missed: 0 };
    return counts;
  }

  /** One batch that `model` has just judged: tries moves when a turn is due. */
  step(model: ClassModel, batch: Batch, judgement: Judgement): void {
    this.#credit = Math.min(most * lasts, this.#credit + costShare * batch.entities.length);
    const budget = Math.floor(this.#credit / lasts);
    if (budget === 0 || Math.abs(batch.t - this.#turnAt) < every) return;
    this.#turnAt = batch.t;
    this.#turn++;
    const look = { model, batch, judgement, fpr: this.#fpr };
    const moves = this.#choose(look, budget);
    this.#credit -= moves.length * lasts;
    const p = trial(look, moves);
    moves.forEach((move, i) => {
      this.#note(look, move, p[i]! <= this.#fpr ? 'seen' : 'missed');
    });
    this.#since = this.blind.size === 0 ? undefined : (this.#since ?? batch.t);
  }

  /** Half of the moves go to rows in doubt, those in doubt longest first, the others in turn over all rows and signals. */
  #choose(look: Look, budget: number): readonly Move[] {
    const { keys, context } = look.model.parts;
    const width = context.signals.length;
    const chosen = new Map<number, Move>();
    const doubtful = this.#turn % 2 === 0 ? Math.floor(budget / 2) : Math.ceil(budget / 2);
    const rows = new Map(this.#misses.size === 0 ? [] : keys.map((key, row) => [key, row]));
    for (const [key, misses] of [...this.#misses]) {
      const row = rows.get(key);
      if (row === undefined || !isTested(look, row)) {
        this.#misses.delete(key);
        continue;
      }
      const able = movable(look, row);
      if (able.length > 0 && chosen.size < doubtful)
        chosen.set(row, { row, signal: able[misses.tries % able.length]! });
    }
    const cells = keys.length * width;
    for (let i = 0; i < Math.min(cells, 2 * most) && chosen.size < budget; i++) {
      const row = this.#next % keys.length;
      const signal = Math.floor(this.#next / keys.length) % width;
      this.#next = (this.#next + 1) % cells;
      if (!chosen.has(row) && movable(look, row).includes(signal)) chosen.set(row, { row, signal });
    }
    return [...chosen.values()];
  }

  #note(look: Look, { row, signal }: Move, result: keyof SelfTestCounts): void {
    const { keys, context } = look.model.parts;
    const key = keys[row]!;
    this.#counts = { ...this.#counts, [result]: this.#counts[result] + 1 };
    const fresh = { signals: new Uint8Array(context.signals.length), tries: signal, reason: undefined };
    const misses: Misses = this.#misses.get(key) ?? fresh;
    this.#misses.delete(key);
    misses.tries++;
    const moved = misses.signals[signal]! + (result === 'seen' ? -1 : 1);
    misses.signals[signal] = Math.max(0, Math.min(counted, moved));
    const total = misses.signals.reduce((sum, n) => sum + n, 0);
    if (total === 0) return;
    const all = sampled(look, row).every(k => misses.signals[k]! > 0);
    misses.reason = all && total >= enough ? reasonOf(misses, context.signals, this.#fpr) : undefined;
    this.#misses.set(key, misses);
  }
}

function reasonOf({ signals }: Misses, specs: readonly SignalSpec[], fpr: number): string {
  const tried = specs.filter((_, k) => signals[k]! > 0).map(({ name }) => saySignal(name));
  return `blind: ${sayList(tried, 3)} moved far out in a test, several times, and p stayed above ${fpr}`;
}

/** The signals of a row that have a history and a sample now. */
function sampled({ model, batch }: Look, row: number): readonly number[] {
  const { context, baseline } = model.parts;
  const from = row * context.signals.length;
  return context.signals
    .map((_, k) => k)
    .filter(k => !Number.isNaN(baseline.scale[from + k]!) && Number.isFinite(batch.values[from + k]!));
}

/** Whether a row is tested at all: not while it learns, nor when it is gone. */
function isTested({ model }: Look, row: number): boolean {
  const { state } = model.stateOf(row);
  return state !== 'learning' && state !== 'gone';
}

/** The signals of a row that can be moved now: none while it is abnormal without a move. */
function movable(look: Look, row: number): readonly number[] {
  const { judgement, fpr } = look;
  const abnormal = judgement.flagged[row] === 1 || judgement.p[row]! <= fpr;
  return abnormal || !isTested(look, row) ? [] : sampled(look, row);
}

/** The value of a signal that is moved far out from its newest, the bad way. What hardly ever moves has no range to go by. */
function moved({ model, batch }: Look, { row, signal }: Move): number {
  const { context, baseline, bands } = model.parts;
  const cell = row * context.signals.length + signal;
  const own = far.scales * baseline.scale[cell]!;
  const range = bands.range(cell);
  const level = Math.abs(baseline.centre[cell]!);
  const size = level > 0 && range > 1e-3 * level ? Math.min(own, far.ranges * range) : own;
  const bounded = Math.min(size, Number.MAX_VALUE / 2);
  return batch.values[cell]! + (context.signals[signal]!.bad === 'low' ? -bounded : bounded);
}

/** p of each move, in a copy of its row: the model that is asked is not touched. */
function trial(look: Look, moves: readonly Move[]): readonly number[] {
  if (moves.length === 0) return [];
  const { model, batch } = look;
  const width = batch.class.signals.length;
  const entities = moves.map(({ row }) => batch.entities[row]!);
  const values = new Float64Array(moves.length * width);
  moves.forEach((move, i) => {
    values.set(batch.values.subarray(move.row * width, (move.row + 1) * width), i * width);
    values[i * width + move.signal] = moved(look, move);
  });
  const twin = model.twin(
    moves.map(({ row }) => row),
    entities,
  );
  let p: ArrayLike<number> = [];
  for (let i = 1; i <= lasts; i++)
    p = twin.judge({ ...batch, entities, values, t: batch.t + i * batch.class.step }).p;
  return Array.from(p);
}
