import { wasm } from './forest.wasm.ts';
import { type KernelInstance, loadKernel } from './instance.ts';
import type { PaddedTrees } from './padded-trees.ts';

/** Rows that the kernel walks down a tree together: enough to hide the latency of the loads. */
const lanes = 8;
/** Rows a call: their values stay in the cache while tree after tree goes over them. */
const chunk = 512;
const nodeBytes = 16;

/** Where things lie in the kernel's memory, in bytes. */
interface Places {
  readonly paths: number;
  readonly x: number;
  readonly out: number;
}

/** One kernel for the thread: it holds the forest that scored last, so that a class scored again and again is not copied. */
class ForestKernel {
  readonly #kernel: KernelInstance = loadKernel(wasm);
  readonly #walk = this.#kernel.call('walk');
  #forest: PaddedTrees | undefined;
  #places: Places = { paths: 0, x: 0, out: 0 };
  #memory = new Float64Array(this.#kernel.memory.buffer);

  /** Copies a forest in, unless it is there already. */
  #hold(forest: PaddedTrees): void {
    if (this.#forest === forest) return;
    const paths = forest.feature.length * nodeBytes;
    const x = paths + forest.path.length * 8;
    const out = x + chunk * forest.width * 8;
    this.#kernel.reserve(out + chunk * 8);
    this.#memory = new Float64Array(this.#kernel.memory.buffer);
    const words = new Uint32Array(this.#kernel.memory.buffer);
    for (let i = 0; i < forest.feature.length; i++) {
      this.#memory[2 * i] = forest.threshold[i]!;
      words[4 * i + 2] = forest.feature[i]! * lanes * 8;
    }
    this.#memory.set(forest.path, paths / 8);
    this.#places = { paths, x, out };
    this.#forest = forest;
  }

  /** Rows from `from` to `end` into blocks of eight, each feature by feature; lanes without a row keep what they had. */
  #fill(x: Float64Array, from: number, end: number): void {
    const { width } = this.#forest!;
    const memory = this.#memory;
    for (let row = from; row < end; row++) {
      const lane = (row - from) % lanes;
      const to = this.#places.x / 8 + (row - from - lane) * width + lane;
      for (let k = 0; k < width; k++) memory[to + k * lanes] = x[row * width + k]!;
    }
  }

  score(forest: PaddedTrees, x: Float64Array, out: Float64Array): void {
    this.#hold(forest);
    const { trees, depth, width } = forest;
    const { paths, x: block, out: sums } = this.#places;
    const factor = -1 / (trees * forest.normal);
    for (let from = 0; from < out.length; from += chunk) {
      const end = Math.min(out.length, from + chunk);
      const blocks = Math.ceil((end - from) / lanes);
      this.#fill(x, from, end);
      this.#memory.fill(0, sums / 8, sums / 8 + blocks * lanes);
      this.#walk(blocks, lanes * width * 8, trees, depth, 0, paths, block, sums);
      for (let row = from; row < end; row++) out[row] = 2 ** (this.#memory[sums / 8 + row - from]! * factor);
    }
  }
}

let kernel: ForestKernel | undefined;

/**
 * Scores rows (row-major, `width` values each) of `x`, one score a row into `out`: s = 2^(-E(h) / c(n)) (Liu, Ting, Zhou
 * 2008, eq. 2). All trees are padded to one depth, so a walk has no end to test for: h <- 2 h + 1 + (x >= threshold).
 * A missing value has to be filled before.
 */
export function scoreTrees(forest: PaddedTrees, x: Float64Array, out: Float64Array): void {
  kernel ??= new ForestKernel();
  kernel.score(forest, x, out);
}
