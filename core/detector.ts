import type { Entity, Frame } from './batch.ts';
import type { NetworkMaker } from './network.ts';
import type { SignalKind, SignalSpec } from './pack.ts';
import type { Window } from './window.ts';

/** A method that learns from history. `fit` reads the sample once and answers the fitted form. */
export interface Detector {
  fit(sample: Iterable<Frame>): FittedDetector;
}

/** Made by `fit` or read from bytes; `score` only reads, `learn` only writes, the caller decides what is learned. */
export interface FittedDetector {
  /** How many batches `score` looks back, 1 = the newest only. */
  readonly lookback: number;
  /**
   * Writes one score a row into `out`: higher is more abnormal, NaN when it cannot tell. A row's score depends on that row
   * alone: rows may be scored apart, by what was read from the bytes, and a history as if its times were rows.
   */
  score(window: Window, out: Float64Array): void;
  /** Each signal's share of a row's score into `out` (length width), summing to 1 where the score is finite. */
  shares(window: Window, row: number, out: Float64Array): void;
  learn(window: Window): void;
  toBytes(): Uint8Array;
}

/** What a detector is made for: the signals of the class, the step in ms, the seed. */
export interface DetectorContext {
  readonly signals: readonly SignalSpec[];
  readonly step: number;
  readonly seed: number;
  /** What computes neural networks; our own kernels unless given. */
  readonly network?: NetworkMaker;
}

/**
 * The state of a watched row or series, with a reason in words. `gone`: it left for good, which is no absence; `blind`: a
 * self-test moved it far out, and its p did not fall.
 */
export type WatchState = 'learning' | 'watching' | 'no_data' | 'gone' | 'unfit' | 'blind' | 'muted';

/** The expected range of a signal at a time. */
export interface Band {
  readonly signal: string;
  readonly low: number;
  readonly mid: number;
  readonly high: number;
}

/** One row judged at one time: what rules and the correlator read. */
export interface Anomaly {
  /** `pack/class`. */
  readonly class: string;
  readonly entity: Entity;
  readonly t: number;
  readonly score: number;
  readonly p: number;
  /** Signals by share, largest first. */
  readonly shares: readonly { readonly signal: string; readonly share: number }[];
  /** Expected band and observed value of the top signal, with the unit of both. */
  readonly band: Band | undefined;
  readonly worst:
    | {
        readonly signal: string;
        readonly value: number;
        readonly unit?: string;
        readonly kind?: SignalKind;
      }
    | undefined;
  readonly state: WatchState;
  readonly reason: string;
  /** Lines of a log that it speaks of, the newest first, without secrets and personal data. */
  readonly examples?: readonly string[];
}
