import type { PaddedTrees } from '../kernels/padded-trees.ts';

/** Mean path length of an unsuccessful search among n (Liu, Ting, Zhou 2008, eq. 1); c(2) = 1, c(1) = 0. */
export function meanPath(n: number): number {
  if (n <= 1) return 0;
  if (n === 2) return 1;
  return 2 * (Math.log(n - 1) + 0.577_215_664_901_532_9) - (2 * (n - 1)) / n;
}

interface Growth {
  readonly trees: number;
  readonly subsample: number;
  readonly width: number;
  readonly random: () => number;
}

/** One tree's samples and where it writes: indices into `x`, arrays shared by all trees of the forest. */
interface Tree {
  readonly x: Float64Array;
  readonly index: Int32Array;
  readonly candidates: Int32Array;
  readonly forest: PaddedTrees;
  readonly node: number;
  readonly leaf: number;
  readonly random: () => number;
}

/** Grows a seeded forest over `rows` rows of `x` (row-major). A node splits on a signal that varies within it, or ends. */
export function growForest(x: Float64Array, rows: number, growth: Growth): PaddedTrees {
  const size = Math.max(1, Math.min(growth.subsample, rows));
  const depth = Math.max(1, Math.ceil(Math.log2(size)));
  const inner = 2 ** depth - 1;
  const forest: PaddedTrees = {
    trees: growth.trees,
    depth,
    width: growth.width,
    normal: Math.max(1, meanPath(size)),
    feature: new Int32Array(growth.trees * inner),
    threshold: new Float64Array(growth.trees * inner).fill(Number.POSITIVE_INFINITY),
    path: new Float64Array(growth.trees * (inner + 1)),
  };
  const order = Int32Array.from({ length: rows }, (_, i) => i);
  const candidates = new Int32Array(growth.width);
  for (let tree = 0; tree < growth.trees; tree++) {
    const drawn = Math.min(size, rows);
    for (let i = 0; i < drawn; i++) swap(order, i, i + Math.floor(growth.random() * (rows - i)));
    const index = order.slice(0, drawn);
    const node = tree * inner;
    const leaf = tree * (inner + 1);
    split({ x, index, candidates, forest, node, leaf, random: growth.random }, 0, {
      low: 0,
      high: index.length,
      level: 0,
    });
  }
  return forest;
}

function swap(array: Int32Array, i: number, j: number): void {
  const kept = array[i]!;
  array[i] = array[j]!;
  array[j] = kept;
}

interface Span {
  readonly low: number;
  readonly high: number;
  readonly level: number;
}

function split(tree: Tree, heap: number, span: Span): void {
  const { low, high, level } = span;
  const { x, index, forest, random } = tree;
  const cut = level < forest.depth && high - low > 1 ? choose(tree, span) : undefined;
  if (cut === undefined) {
    const length = level + meanPath(high - low);
    const first = ((heap + 1) << (forest.depth - level)) - 2 ** forest.depth;
    forest.path.fill(length, tree.leaf + first, tree.leaf + first + 2 ** (forest.depth - level));
    return;
  }
  const part = random();
  let threshold = (1 - part) * cut.min + part * cut.max;
  if (threshold <= cut.min) threshold = cut.max;
  let i = low;
  let j = high - 1;
  while (i <= j) {
    if (x[index[i]! * forest.width + cut.feature]! < threshold) i++;
    else swap(index, i, j--);
  }
  forest.feature[tree.node + heap] = cut.feature;
  forest.threshold[tree.node + heap] = threshold;
  split(tree, 2 * heap + 1, { low, high: i, level: level + 1 });
  split(tree, 2 * heap + 2, { low: i, high, level: level + 1 });
}

/** A signal that varies in the span, drawn uniformly among those that do; undefined when none does. */
function choose(tree: Tree, span: Span): { feature: number; min: number; max: number } | undefined {
  const { x, index, candidates, forest, random } = tree;
  for (let k = 0; k < forest.width; k++) candidates[k] = k;
  for (let left = forest.width; left > 0; left--) {
    const at = Math.floor(random() * left);
    const feature = candidates[at]!;
    let min = Number.POSITIVE_INFINITY;
    let max = Number.NEGATIVE_INFINITY;
    for (let i = span.low; i < span.high; i++) {
      const value = x[index[i]! * forest.width + feature]!;
      if (value < min) min = value;
      if (value > max) max = value;
    }
    if (max > min) return { feature, min, max };
    candidates[at] = candidates[left - 1]!;
  }
  return undefined;
}
