import type { Network, NetworkMaker } from '../core/network.ts';
import { Adam } from '../kernels/adam.ts';
import { type AutoencoderShape, initialWeights, paddedWidth } from '../kernels/autoencoder-weights.ts';
import type { Numbers } from '../kernels/lstm-kernels.ts';
import type { HistoryWindows } from './history-windows.ts';
import { kernelNetwork } from './kernel-network.ts';

/** The largest |z| that a cell is fed: what is further out is out, and must not drive the gates into saturation. */
export const inputLimit = 8;

/** Windows a step of training. */
const batch = 32;
const rate = 0.004;
/** Epochs without a better held-out loss after which training ends. */
const patience = 3;

export interface AutoencoderTraining {
  readonly train: HistoryWindows;
  /** Windows that decide when to stop; may be empty: then all epochs are made. */
  readonly held: HistoryWindows;
  readonly epochs: number;
  readonly random: () => number;
  /** Our own kernels unless given. */
  readonly network?: NetworkMaker | undefined;
}

/** What a cell is fed for a value: 0, the median, where it is missing. */
export function inputOf(value: number): number {
  if (value >= -inputLimit) return value > inputLimit ? inputLimit : value;
  return Number.isNaN(value) ? 0 : -inputLimit;
}

/** The windows `order[from]`, `order[from + 1]` ..., as many as `rows`. */
export interface WindowSlice {
  readonly order: Uint32Array;
  readonly from: number;
  readonly rows: number;
}

function sliceOf(order: Uint32Array, from: number): WindowSlice {
  return { order, from, rows: Math.min(batch, order.length - from) };
}

/** Fills the inputs of the first rows; answers how many samples they have. */
function fill(net: Network, windows: HistoryWindows, of: WindowSlice): number {
  const { steps, width, values } = windows;
  const { memory } = net;
  let samples = 0;
  for (let row = 0; row < of.rows; row++) {
    let i = of.order[of.from + row]! * steps * width;
    for (let t = 0; t < steps; t++) {
      const to = net.inputAt(t, row);
      for (let k = 0; k < width; k++) {
        const value = values[i++]!;
        memory[to + k] = inputOf(value);
        if (!Number.isNaN(value)) samples++;
      }
    }
  }
  return samples;
}

/**
 * Sum of the squared errors of rows that went forward. Turns the outputs into the errors times `scale`, 0 where a value is
 * missing: nothing was to be written back.
 */
function takeErrors(net: Network, windows: HistoryWindows, of: WindowSlice & { scale: number }): number {
  const { steps, width, values } = windows;
  const { memory } = net;
  const columns = paddedWidth(net.shape);
  let sum = 0;
  for (let row = 0; row < of.rows; row++) {
    let i = of.order[of.from + row]! * steps * width;
    for (let t = 0; t < steps; t++) {
      const y = net.outputAt(t, row);
      for (let k = 0; k < width; k++) {
        const value = values[i++]!;
        const error = Number.isNaN(value) ? 0 : memory[y + k]! - inputOf(value);
        memory[y + k] = of.scale * error;
        sum += error * error;
      }
      for (let k = width; k < columns; k++) memory[y + k] = 0;
    }
  }
  return sum;
}

/** Mean squared error over windows. */
function lossOver(net: Network, windows: HistoryWindows): number {
  const order = Uint32Array.from({ length: windows.count }, (_, i) => i);
  let sum = 0;
  let samples = 0;
  for (let from = 0; from < windows.count; from += batch) {
    const slice = sliceOf(order, from);
    samples += fill(net, windows, slice);
    net.forward(slice.rows);
    sum += takeErrors(net, windows, { ...slice, scale: 1 });
  }
  return sum / Math.max(1, samples);
}

function shuffle(order: Uint32Array, random: () => number): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const kept = order[i]!;
    order[i] = order[j]!;
    order[j] = kept;
  }
}

/** One step of training on windows that fit the network's batch. */
export function trainingStep(
  net: Network,
  windows: HistoryWindows,
  of: WindowSlice & { readonly adam: Adam; readonly rate: number },
): void {
  const samples = fill(net, windows, of);
  net.forward(of.rows);
  takeErrors(net, windows, { ...of, scale: 2 / Math.max(1, samples) });
  net.backward(of.rows);
  of.adam.step(net.weights, net.gradient, of.rate);
}

/**
 * Trains an autoencoder to write windows of normal life back: Adam with a rate that falls to a tenth, ended early when the
 * held-out windows are no longer written back better; answers the best weights. The same under the same `random`.
 */
export function trainAutoencoder(shape: AutoencoderShape, training: AutoencoderTraining): Float32Array {
  const { train, held, epochs, random, network = kernelNetwork } = training;
  const net = network(shape, { batch, mode: 'train' });
  let best: Numbers = initialWeights(shape, random);
  net.load(best);
  const adam = new Adam(best.length);
  const order = Uint32Array.from({ length: train.count }, (_, i) => i);
  let least = lossOver(net, held);
  for (let epoch = 0, worse = 0; epoch < epochs && worse < patience; epoch++) {
    shuffle(order, random);
    const now = rate * (1 - (0.9 * epoch) / epochs);
    for (let from = 0; from < order.length; from += batch)
      trainingStep(net, train, { ...sliceOf(order, from), adam, rate: now });
    const loss = lossOver(net, held);
    const better = held.count === 0 || loss < least;
    worse = better ? 0 : worse + 1;
    if (!better) continue;
    least = loss;
    best = net.weights.slice();
  }
  return Float32Array.from(best);
}
