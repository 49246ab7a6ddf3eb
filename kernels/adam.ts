import type { Numbers } from './lstm-kernels.ts';

const meanDecay = 0.9;
const squareDecay = 0.999;
const epsilon = 1e-8;
/** A gradient that is longer is shortened to this (Pascanu, Mikolov, Bengio 2013). */
const longest = 1;

/** Adam (Kingma, Ba 2015, algorithm 1) on a gradient that is clipped by its norm. */
export class Adam {
  readonly #mean: Float64Array;
  readonly #square: Float64Array;
  #steps = 0;

  constructor(length: number) {
    this.#mean = new Float64Array(length);
    this.#square = new Float64Array(length);
  }

  /** Moves the weights one step against the gradient. */
  step(weights: Numbers, gradient: Numbers, rate: number): void {
    let norm = 0;
    for (let i = 0; i < gradient.length; i++) norm += gradient[i]! * gradient[i]!;
    const scale = Math.min(1, longest / Math.max(Math.sqrt(norm), 1e-30));
    this.#steps++;
    const mean = this.#mean;
    const square = this.#square;
    const unbiased = 1 / (1 - squareDecay ** this.#steps);
    const pace = rate / (1 - meanDecay ** this.#steps);
    for (let i = 0; i < weights.length; i++) {
      const g = scale * gradient[i]!;
      const m = meanDecay * mean[i]! + (1 - meanDecay) * g;
      const v = squareDecay * square[i]! + (1 - squareDecay) * g * g;
      mean[i] = m;
      square[i] = v;
      weights[i] = weights[i]! - (pace * m) / (Math.sqrt(v * unbiased) + epsilon);
    }
  }
}
