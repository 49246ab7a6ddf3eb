import type { PaddedTrees } from './padded-trees.ts';

/** `scoreTrees` in plain TypeScript, row by row: what the kernel's scores have to be, to the last bit. */
export function scoreTreesPlainly(forest: PaddedTrees, x: Float64Array, out: Float64Array): void {
  const { trees, depth, width, feature, threshold, path } = forest;
  const inner = 2 ** depth - 1;
  const factor = -1 / (trees * forest.normal);
  for (let row = 0; row < out.length; row++) {
    let sum = 0;
    for (let tree = 0; tree < trees; tree++) {
      const base = tree * inner;
      let node = 0;
      while (node < inner) {
        const value = x[row * width + feature[base + node]!]!;
        node = 2 * node + 1 + (value >= threshold[base + node]! ? 1 : 0);
      }
      sum += path[tree * (inner + 1) + node - inner]!;
    }
    out[row] = 2 ** (sum * factor);
  }
}
