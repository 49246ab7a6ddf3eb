/** Sizes of a network that writes windows of `steps` rows of `width` signals back, both cells of `hidden` units around `latent`. */
export interface NetworkShape {
  readonly steps: number;
  readonly width: number;
  readonly hidden: number;
  readonly latent: number;
}

/**
 * A network at work, whatever computes it. Weights, inputs and outputs lie in one memory of numbers, at places that it tells.
 * Made for the largest batch; then `load` or `hold` weights, fill the inputs, `forward`, and in training `backward`.
 */
export interface Network {
  readonly shape: NetworkShape;
  /** Another array after `load` and `hold`. */
  readonly memory: Float32Array | Float64Array;
  /** Distance of a row's inputs at one step from those at the next. */
  readonly inputStride: number;
  /** The weights in the memory: what is written there counts from the next `forward` on. */
  readonly weights: Float32Array | Float64Array;
  /** The gradient that `backward` left, in the layout of the weights. */
  readonly gradient: Float32Array | Float64Array;
  /** Puts weights in. */
  load(weights: ArrayLike<number>): void;
  /** As `load`, but does nothing where these weights are in place. */
  hold(weights: ArrayLike<number>): void;
  /** Place of the first signal of a row's input, and of its output, at a step. */
  inputAt(step: number, row: number): number;
  outputAt(step: number, row: number): number;
  /** Puts the inputs of the first `rows` rows within +-limit, and 0 for those that are NaN. */
  cleanInputs(rows: number, limit: number): void;
  forward(rows: number): void;
  /** Reads the gradient in the place of the outputs and writes that of the weights. */
  backward(rows: number): void;
}

/** What makes networks: our own kernels, or a library that the owner of a GPU has installed. */
export type NetworkMaker = (
  shape: NetworkShape,
  sizes: { readonly batch: number; readonly mode: 'score' | 'train' },
) => Network;
