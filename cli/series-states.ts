import type { Batch } from '../core/batch.ts';
import type { WatchState } from '../core/detector.ts';
import type { ClassModel } from '../detectors/class-model.ts';
import type { Judgement } from '../detectors/judgement.ts';
import { SelfTest, type SelfTestCounts } from '../detectors/self-test.ts';
import { countSignalStates, type JudgedRow, type Standing, signalState } from '../detectors/signal-state.ts';

/** Rows that the self-test finds blind. */
export interface BlindRows {
  /** Reasons by fingerprint of the entity. */
  readonly rows: ReadonlyMap<string, string>;
  /** Since when there are any, ms. */
  readonly since: number | undefined;
}

interface Last {
  readonly model: ClassModel;
  readonly batch: Batch;
  readonly judgement: Judgement;
}

/** How the rows and the series of a class are watched: what its model says, and what the self-test finds. */
export class SeriesStates {
  readonly #test: SelfTest;
  #last: Last | undefined;

  constructor(fpr: number) {
    this.#test = new SelfTest(fpr);
  }

  /** Told of each batch that was judged. */
  see(last: Last): void {
    this.#last = last;
  }

  /** The judgement of the last batch; undefined before the first. */
  get judgement(): Judgement | undefined {
    return this.#last?.judgement;
  }

  /** Moves live data in memory, when that is due, and looks whether the model sees it. Partial data proves nothing. */
  testItself(): void {
    if (this.#last === undefined || this.#last.batch.partial) return;
    const { model, batch, judgement } = this.#last;
    this.#test.step(model, batch, judgement);
  }

  /** The moves tried since the last call. */
  takeCounts(): SelfTestCounts {
    return this.#test.take();
  }

  get blind(): BlindRows {
    return { rows: this.#test.blind, since: this.#test.since };
  }

  ofRow(model: ClassModel, row: number): Standing {
    const standing = model.stateOf(row);
    if (standing.state === 'learning' || standing.state === 'gone') return standing;
    const reason = this.#test.reasonOf(model.parts.keys[row]!);
    return reason === undefined ? standing : { state: 'blind', reason };
  }

  /** How each signal of a row of the last batch is watched; none before the first. */
  ofSignals(model: ClassModel, row: number): readonly (Standing & { readonly signal: string })[] {
    const judged = this.#judged(model, row);
    if (judged === undefined) return [];
    return judged.parts.context.signals.map(({ name }, k) => ({ signal: name, ...signalState(judged, k) }));
  }

  /** How many series of each signal are in each state, by number of the signal; none before the first batch. */
  countSignals(model: ClassModel): readonly Readonly<Partial<Record<WatchState, number>>>[] {
    return countSignalStates(model.parts.keys.flatMap((_, row) => this.#judged(model, row) ?? []));
  }

  #judged(model: ClassModel, row: number): JudgedRow | undefined {
    const batch = this.#last?.batch;
    const { parts } = model;
    if (batch?.entities.length !== parts.keys.length) return undefined;
    const isBlind = (signal: number) => this.#test.isBlind(parts.keys[row]!, signal);
    return { batch, parts, row, standing: model.stateOf(row), isBlind };
  }
}
