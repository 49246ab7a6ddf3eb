import { backward } from './autoencoder-backward.ts';
import { forward } from './autoencoder-forward.ts';
import { type AutoencoderRun, at, createRun, type Sizes, zeros } from './autoencoder-run.ts';
import { type AutoencoderShape, paddedWidth } from './autoencoder-weights.ts';
import type { LstmKernels, Numbers } from './lstm-kernels.ts';

/**
 * An LSTM autoencoder (Srivastava, Mansimov, Salakhutdinov 2015; Malhotra et al. 2016): a cell reads a window, its last
 * hidden units become the latent z, a second cell that is fed z at each step writes the window back.
 * Made for a shape and the largest batch, then: `load` weights, fill the inputs, `forward`; in the mode `train` then put the
 * gradient in the place of the outputs and go `backward`.
 */
export class Autoencoder {
  readonly #run: AutoencoderRun;

  constructor(kernels: LstmKernels, shape: AutoencoderShape, sizes: Sizes) {
    this.#run = createRun(kernels, shape, sizes);
  }

  get shape(): AutoencoderShape {
    return this.#run.shape;
  }

  /** The kernels' memory, which holds inputs and outputs. Another array after `load` and `hold`. */
  get memory(): Numbers {
    return this.#run.kernels.memory;
  }

  /** Puts weights in. The columns that pad a row of signals are 0 from then on. */
  load(weights: ArrayLike<number>): void {
    const { kernels, places, shape } = this.#run;
    kernels.claim(this, places.length);
    const { memory } = kernels;
    const { input } = places;
    memory.fill(0, places.zero, places.zero + zeros(shape));
    memory.fill(0, input.place, input.place + (shape.steps + 1) * input.stride);
    memory.set(weights, places.weights);
  }

  /** As `load`, but does nothing where these weights were loaded and nobody else has used the memory since. */
  hold(weights: ArrayLike<number>): void {
    const { kernels, places } = this.#run;
    if (!kernels.claim(this, places.length)) this.load(weights);
  }

  /** Place of the first signal of a row's input at a step; all of `width` are to be filled, a missing one with 0. */
  inputAt(step: number, row: number): number {
    const { input } = this.#run.places;
    return at(input, step) + row * input.columns;
  }

  /** Distance of a row's inputs at one step from those at the next. */
  get inputStride(): number {
    return this.#run.places.input.stride;
  }

  /** Puts the inputs of the first `rows` rows within +-limit, and 0 for those that are NaN. */
  cleanInputs(rows: number, limit: number): void {
    const { kernels, shape, places } = this.#run;
    const stride = places.input.columns;
    const width = paddedWidth(shape);
    for (let t = 0; t < shape.steps; t++)
      kernels.clean({ rows, width, stride, at: at(places.input, t), limit });
  }

  /** Place of the first signal of a row's output at a step. */
  outputAt(step: number, row: number): number {
    const { output } = this.#run.places;
    return at(output, step) + row * output.columns;
  }

  /** The weights in the memory. */
  get weights(): Numbers {
    const { places, layout } = this.#run;
    return this.memory.subarray(places.weights, places.weights + layout.length);
  }

  /** The gradient that `backward` left, in the layout of the weights. */
  get gradient(): Numbers {
    const { places, layout } = this.#run;
    return this.memory.subarray(places.gradient, places.gradient + layout.length);
  }

  /** Reads the inputs of the first `rows` rows, at most the batch, and writes their outputs. */
  forward(rows: number): void {
    forward(this.#run, rows);
  }

  /** Reads the gradient in the place of the outputs (0 in the columns that pad) and writes that of the weights. */
  backward(rows: number): void {
    backward(this.#run, rows);
  }
}
