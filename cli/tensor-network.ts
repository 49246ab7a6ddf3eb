import type { Network, NetworkMaker, NetworkShape } from '../core/network.ts';
import { paddedWidth, type WeightBlock, weightLayout } from '../kernels/autoencoder-weights.ts';

/** A value of TensorFlow. */
export interface Tensor {
  dataSync(): ArrayLike<number>;
}

/** What of TensorFlow.js is needed: `@tensorflow/tfjs-node` and its relatives all have it. */
export interface TensorFlow {
  tensor(values: Float32Array, shape: number[]): Tensor;
  zeros(shape: number[]): Tensor;
  matMul(a: Tensor, b: Tensor): Tensor;
  add(a: Tensor, b: Tensor): Tensor;
  mul(a: Tensor, b: Tensor): Tensor;
  sigmoid(x: Tensor): Tensor;
  tanh(x: Tensor): Tensor;
  concat(parts: Tensor[], axis: number): Tensor;
  split(x: Tensor, parts: number, axis: number): Tensor[];
  stack(parts: Tensor[]): Tensor;
  unstack(x: Tensor): Tensor[];
  grads(f: (...args: Tensor[]) => Tensor): (args: Tensor[], dy: Tensor) => Tensor[];
  /** Runs and frees all tensors that were made, also those of the answer if they were read before. */
  tidy<T>(body: () => T): T;
}

/** The order in which the weights are handed to TensorFlow. */
const blockNames = [
  'encoder',
  'encoderBias',
  'toLatent',
  'latentBias',
  'fromLatent',
  'decoder',
  'decoderBias',
  'out',
  'outBias',
] as const;

interface CellState {
  readonly h: Tensor;
  readonly c: Tensor;
}

/** c' = f c + i u, h' = o tanh(c'), the gates in the order input, forget, candidate, output. */
function cell(tf: TensorFlow, gates: Tensor, { c }: CellState): CellState {
  const [i, f, u, o] = tf.split(gates, 4, 1);
  if (!i || !f || !u || !o) throw new RangeError('a cell has four gates');
  const after = tf.add(tf.mul(tf.sigmoid(f), c), tf.mul(tf.sigmoid(i), tf.tanh(u)));
  return { c: after, h: tf.mul(tf.sigmoid(o), tf.tanh(after)) };
}

/** The whole network as one expression: inputs steps x rows x signals, to outputs of the same shape. */
function outputsOf(
  tf: TensorFlow,
  { x, rows, hidden }: { x: Tensor; rows: number; hidden: number },
  blocks: Tensor[],
): Tensor {
  const [encoder, encoderBias, toLatent, latentBias, fromLatent, decoder, decoderBias, out, outBias] = blocks;
  if (!encoder || !encoderBias || !toLatent || !latentBias || !fromLatent)
    throw new RangeError('weights are missing');
  if (!decoder || !decoderBias || !out || !outBias) throw new RangeError('weights are missing');
  const inputs = tf.unstack(x);
  const start = (): CellState => ({ h: tf.zeros([rows, hidden]), c: tf.zeros([rows, hidden]) });
  let state = start();
  for (const input of inputs)
    state = cell(tf, tf.add(tf.matMul(tf.concat([input, state.h], 1), encoder), encoderBias), state);
  const z = tf.add(tf.matMul(state.h, toLatent), latentBias);
  const fromZ = tf.add(tf.matMul(z, fromLatent), decoderBias);
  state = start();
  const outputs = inputs.map(() => {
    state = cell(tf, tf.add(fromZ, tf.matMul(state.h, decoder)), state);
    return tf.add(tf.matMul(state.h, out), outBias);
  });
  return tf.stack(outputs);
}

/** The network of `kernels/autoencoder.ts` computed by TensorFlow, from the same flat weights. */
class TensorNetwork implements Network {
  readonly shape: NetworkShape;
  readonly memory: Float32Array;
  readonly weights: Float32Array;
  readonly gradient: Float32Array;
  readonly inputStride: number;
  readonly #tf: TensorFlow;
  readonly #columns: number;
  readonly #blocks: readonly WeightBlock[];
  readonly #input: number;
  readonly #output: number;
  #held: ArrayLike<number> | undefined;

  constructor(tf: TensorFlow, shape: NetworkShape, batch: number) {
    const layout = weightLayout(shape);
    this.#tf = tf;
    this.shape = shape;
    this.#columns = paddedWidth(shape);
    this.#blocks = blockNames.map(name => layout[name]);
    this.inputStride = batch * this.#columns;
    this.#input = 2 * layout.length;
    this.#output = this.#input + shape.steps * this.inputStride;
    this.memory = new Float32Array(this.#output + shape.steps * this.inputStride);
    this.weights = this.memory.subarray(0, layout.length);
    this.gradient = this.memory.subarray(layout.length, 2 * layout.length);
  }

  load(weights: ArrayLike<number>): void {
    this.weights.set(weights);
    this.#held = weights;
  }

  hold(weights: ArrayLike<number>): void {
    if (this.#held !== weights) this.load(weights);
  }

  inputAt(step: number, row: number): number {
    return this.#input + step * this.inputStride + row * this.#columns;
  }

  outputAt(step: number, row: number): number {
    return this.#output + step * this.inputStride + row * this.#columns;
  }

  cleanInputs(rows: number, limit: number): void {
    for (let t = 0; t < this.shape.steps; t++) {
      const from = this.inputAt(t, 0);
      for (let i = from; i < from + rows * this.#columns; i++) {
        const value = this.memory[i]!;
        this.memory[i] = Number.isNaN(value) ? 0 : Math.max(-limit, Math.min(limit, value));
      }
    }
  }

  forward(rows: number): void {
    const tf = this.#tf;
    tf.tidy(() => {
      const x = this.#stepsAt(this.#input, rows);
      const y = outputsOf(tf, { x, rows, hidden: this.shape.hidden }, this.#weightTensors()).dataSync();
      const size = rows * this.#columns;
      for (let t = 0; t < this.shape.steps; t++)
        for (let i = 0, to = this.outputAt(t, 0); i < size; i++) this.memory[to + i] = y[t * size + i]!;
    });
  }

  backward(rows: number): void {
    const tf = this.#tf;
    tf.tidy(() => {
      const x = this.#stepsAt(this.#input, rows);
      const dy = this.#stepsAt(this.#output, rows);
      const { hidden } = this.shape;
      const back = tf.grads((...blocks) => outputsOf(tf, { x, rows, hidden }, blocks));
      back(this.#weightTensors(), dy).forEach((d, k) => {
        this.gradient.set(d.dataSync(), this.#blocks[k]!.place);
      });
    });
  }

  #weightTensors(): Tensor[] {
    return this.#blocks.map(({ place, rows, columns }) =>
      this.#tf.tensor(this.weights.slice(place, place + rows * columns), [rows, columns]),
    );
  }

  /** The first rows of each step. */
  #stepsAt(place: number, rows: number): Tensor {
    const { steps } = this.shape;
    const size = rows * this.#columns;
    const values = new Float32Array(steps * size);
    for (let t = 0; t < steps; t++) {
      const from = place + t * this.inputStride;
      values.set(this.memory.subarray(from, from + size), t * size);
    }
    return this.#tf.tensor(values, [steps, rows, this.#columns]);
  }
}

/** Networks that TensorFlow computes. */
export function tensorNetworks(tf: TensorFlow): NetworkMaker {
  return (shape, { batch }) => new TensorNetwork(tf, shape, batch);
}
