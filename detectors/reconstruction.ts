import type { Network, NetworkMaker } from '../core/network.ts';
import type { Window } from '../core/window.ts';
import type { AutoencoderShape } from '../kernels/autoencoder-weights.ts';
import { inputLimit } from './autoencoder-training.ts';
import { zLimit } from './baseline.ts';
import type { HistoryWindows } from './history-windows.ts';
import { kernelNetwork } from './kernel-network.ts';

/** Windows that are read together. */
export const reconstructionBatch = 64;

/** A trained network, and how its errors are read. */
export interface ReconstructionParts {
  readonly shape: AutoencoderShape;
  readonly weights: Float32Array;
  /** Direction of each signal that matters; 0 for both. */
  readonly sign: Float64Array;
  /** Newest rows over which an error is read. */
  readonly recent: number;
  /** What computes it; our own kernels unless given. */
  readonly maker?: NetworkMaker | undefined;
}

/** Rows of a window to read, at most a batch. */
interface Rows {
  readonly from: number;
  readonly rows: number;
}

/** What a window has to be able to do here. */
type Tails = Pick<Window, 'tail'>;

/**
 * Lets an autoencoder write windows back and reads by how much it fails. A missing value is fed as the median and has no
 * error; an error in the direction that does not matter is none.
 */
export class ReconstructionReader {
  readonly #parts: ReconstructionParts;
  readonly #net: Network;
  /** The newest steps of a row. */
  readonly #values: Float32Array;
  /** Samples of each signal among them. */
  readonly #seen: Float64Array;

  constructor(parts: ReconstructionParts) {
    this.#parts = parts;
    const { maker = kernelNetwork } = parts;
    this.#net = maker(parts.shape, { batch: reconstructionBatch, mode: 'score' });
    this.#values = new Float32Array(parts.recent * parts.shape.width);
    this.#seen = new Float64Array(parts.shape.width);
  }

  /** Mean squared error of each signal over the newest steps into `out`, row-major; NaN where none has a sample. */
  read(window: Tails, { from, rows }: Rows, out: Float64Array): void {
    const net = this.#net;
    const { steps } = this.#parts.shape;
    net.hold(this.#parts.weights);
    const { memory: values, inputStride: stride } = net;
    for (let row = 0; row < rows; row++)
      window.tail(from + row, steps, { values, at: net.inputAt(0, row), stride });
    net.cleanInputs(rows, inputLimit);
    net.forward(rows);
    for (let row = 0; row < rows; row++) {
      const { recent, shape } = this.#parts;
      window.tail(from + row, recent, { values: this.#values, at: 0, stride: shape.width });
      this.#readRow(row, out);
    }
  }

  #readRow(row: number, out: Float64Array): void {
    const { shape, sign, recent } = this.#parts;
    const { steps, width } = shape;
    const { memory } = this.#net;
    const values = this.#values;
    const seen = this.#seen;
    const to = row * width;
    out.fill(0, to, to + width);
    seen.fill(0);
    for (let t = 0, i = 0; t < recent; t++) {
      const y = this.#net.outputAt(steps - recent + t, row);
      for (let k = 0; k < width; k++) {
        const value = values[i++]!;
        if (Number.isNaN(value)) continue;
        const error = (value > zLimit ? zLimit : value < -zLimit ? -zLimit : value) - memory[y + k]!;
        if (sign[k]! * error >= 0) out[to + k] = out[to + k]! + error * error;
        seen[k] = seen[k]! + 1;
      }
    }
    for (let k = 0; k < width; k++) out[to + k] = seen[k] === 0 ? Number.NaN : out[to + k]! / seen[k]!;
  }
}

/** Root of the mean squared error of each signal over windows of normal life, in both directions; 1 where none has a sample. */
export function normalErrors(parts: ReconstructionParts, windows: HistoryWindows): Float64Array {
  const { count, steps, width } = windows;
  const tails: Tails = {
    tail(row, wanted, { values, at, stride }) {
      for (let t = 0; t < wanted; t++) {
        const from = (row * steps + steps - wanted + t) * width;
        for (let k = 0; k < width; k++) values[at + t * stride + k] = windows.values[from + k]!;
      }
    },
  };
  const reader = new ReconstructionReader({ ...parts, sign: new Float64Array(width) });
  const errors = new Float64Array(reconstructionBatch * width);
  const sums = new Float64Array(width);
  const seen = new Float64Array(width);
  for (let from = 0; from < count; from += reconstructionBatch) {
    const rows = Math.min(reconstructionBatch, count - from);
    reader.read(tails, { from, rows }, errors);
    for (let i = 0; i < rows * width; i++) {
      if (Number.isNaN(errors[i]!)) continue;
      sums[i % width] = sums[i % width]! + errors[i]!;
      seen[i % width] = seen[i % width]! + 1;
    }
  }
  return sums.map((sum, k) => (seen[k]! > 0 ? Math.sqrt(sum / seen[k]!) : 1));
}
