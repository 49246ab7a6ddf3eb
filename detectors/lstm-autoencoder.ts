import type { Frame } from '../core/batch.ts';
import type { Detector, DetectorContext, FittedDetector } from '../core/detector.ts';
import { createRandom } from '../core/random.ts';
import type { Window } from '../core/window.ts';
import { weightLayout } from '../kernels/autoencoder-weights.ts';
import { trainAutoencoder } from './autoencoder-training.ts';
import { readBytes, writeBytes } from './bytes.ts';
import { directionsOf } from './deviation.ts';
import { drawWindows } from './history-windows.ts';
import {
  normalErrors,
  type ReconstructionParts,
  ReconstructionReader,
  reconstructionBatch,
} from './reconstruction.ts';

/** Sizes of the network, of what it is trained on, and over what its error is read. */
export interface LstmAutoencoderOptions {
  readonly window: number;
  readonly hidden: number;
  readonly latent: number;
  readonly windows: number;
  readonly epochs: number;
  readonly recent: number;
  readonly top: number;
}

/** Share of each history that trains; the rest is held out and ends the training. */
const trainShare = 0.8;
/** Numbers of training windows at most: 32 MB. */
const cellLimit = 8_000_000;
/** The smallest error that a signal is scaled by: nothing is written back so well that noise on it is far out. */
const leastError = 0.2;

/** What a fitted autoencoder is made of. */
export interface FittedParts {
  readonly network: ReconstructionParts;
  /** Root of the mean squared error of each signal over normal life. */
  readonly scale: Float64Array;
  readonly top: number;
}

/**
 * How badly an LSTM autoencoder writes the last rows of a window back (Malhotra et al. 2016): per signal the root of the mean
 * squared error over the newest rows, in units of that over normal life; the score is the mean of the `top` largest.
 */
class FittedLstmAutoencoder implements FittedDetector {
  readonly #parts: FittedParts;
  readonly #reader: ReconstructionReader;
  /** Squared errors of the rows of a batch, row-major. */
  readonly #errors: Float64Array;

  constructor(parts: FittedParts) {
    this.#parts = parts;
    this.#reader = new ReconstructionReader(parts.network);
    this.#errors = new Float64Array(reconstructionBatch * parts.scale.length);
  }

  get lookback(): number {
    return this.#parts.network.shape.steps;
  }

  score(window: Window, out: Float64Array): void {
    const { width } = window;
    for (let from = 0; from < window.rows; from += reconstructionBatch) {
      const rows = Math.min(reconstructionBatch, window.rows - from);
      this.#reader.read(window, { from, rows }, this.#errors);
      for (let row = 0; row < rows; row++)
        out[from + row] = isSampled(window, from + row)
          ? this.#scoreOf(this.#errors.subarray(row * width, (row + 1) * width))
          : Number.NaN;
    }
  }

  /** Sorts the errors. */
  #scoreOf(errors: Float64Array): number {
    const { scale, top } = this.#parts;
    for (let k = 0; k < errors.length; k++) errors[k] = Math.sqrt(errors[k]!) / scale[k]!;
    errors.sort();
    let end = errors.length;
    while (end > 0 && Number.isNaN(errors[end - 1]!)) end--;
    const first = Math.max(0, end - top);
    let sum = 0;
    for (let i = first; i < end; i++) sum += errors[i]!;
    return sum / (end - first);
  }

  /** A signal's share: its squared error, scaled, of the sum of all. */
  shares(window: Window, row: number, out: Float64Array): void {
    const { scale } = this.#parts;
    this.#reader.read(window, { from: row, rows: 1 }, this.#errors);
    let sum = 0;
    for (let k = 0; k < scale.length; k++) {
      const error = this.#errors[k]!;
      out[k] = Number.isNaN(error) ? 0 : error / scale[k]! ** 2;
      sum += out[k]!;
    }
    for (let k = 0; k < scale.length; k++) out[k] = sum > 0 ? out[k]! / sum : 1 / scale.length;
  }

  learn(): void {}

  toBytes(): Uint8Array {
    const { network, scale, top } = this.#parts;
    const { shape, recent, weights, sign } = network;
    return writeBytes({ ...shape, recent, top }, [weights, scale, sign]);
  }
}

/** Whether the newest row has any sample. */
function isSampled(window: Window, row: number): boolean {
  for (let k = 0; k < window.width; k++) if (!Number.isNaN(window.at(row, 0, k))) return true;
  return false;
}

/** Unfitted autoencoder: `fit` trains it on windows drawn from all frames, seeded; its cost has a limit, whatever the history. */
export class LstmAutoencoder implements Detector {
  readonly #options: LstmAutoencoderOptions;
  readonly #context: DetectorContext;

  constructor(options: LstmAutoencoderOptions, context: DetectorContext) {
    this.#options = options;
    this.#context = context;
  }

  /** Without a window to learn from, the autoencoder writes the median back. */
  fit(sample: Iterable<Frame>): FittedDetector {
    const { window: steps, hidden, latent, windows, epochs, recent, top } = this.#options;
    const width = this.#context.signals.length;
    const shape = { steps, width, hidden, latent };
    const { network: maker } = this.#context;
    const random = createRandom(this.#context.seed);
    const frames = [...sample];
    const limit = Math.max(1, Math.min(windows, Math.floor(cellLimit / (steps * width))));
    const draw = { steps, width, random };
    const train = drawWindows(frames, { ...draw, limit, from: 0, to: trainShare });
    const held = drawWindows(frames, { ...draw, limit: Math.ceil(limit / 4), from: trainShare, to: 1 });
    const weights =
      train.count === 0
        ? new Float32Array(weightLayout(shape).length)
        : trainAutoencoder(shape, { train, held, epochs, random, network: maker });
    const sign = directionsOf(this.#context.signals);
    const network = { shape, weights, sign, recent: Math.min(recent, steps), maker };
    const scale = normalErrors(network, held.count > 0 ? held : train);
    return new FittedLstmAutoencoder({ network, scale: scale.map(e => Math.max(leastError, e)), top });
  }
}

/** What the bytes of a fitted autoencoder say; throws a RangeError when they are not such bytes. */
export function autoencoderParts(bytes: Uint8Array): FittedParts {
  const { head, arrays } = readBytes(bytes);
  const [weights, scale, sign] = arrays;
  const { steps = 0, width = 0, hidden = 0, latent = 0, recent = 0, top = 0 } = head;
  const shape = { steps, width, hidden, latent };
  const whole = [width, hidden / 8, latent / 8, recent, top].every(n => Number.isInteger(n) && n > 0);
  if (!whole || !(steps >= recent) || weights?.length !== weightLayout(shape).length)
    throw new RangeError('the bytes are not those of an LSTM autoencoder');
  if (scale?.length !== width || sign?.length !== width)
    throw new RangeError(`the autoencoder has no error scale for each of ${width} signals`);
  const network = { shape, weights: Float32Array.from(weights), sign, recent };
  return { network, scale, top };
}

/** Reads what `toBytes` wrote; throws a RangeError for anything else. */
export function lstmAutoencoderFromBytes(
  bytes: Uint8Array,
  context: Pick<DetectorContext, 'network'> = {},
): FittedDetector {
  const parts = autoencoderParts(bytes);
  return new FittedLstmAutoencoder({ ...parts, network: { ...parts.network, maker: context.network } });
}
