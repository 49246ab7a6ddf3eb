import { binCount } from './boosted-bins.ts';
import type { BoostOptions } from './boosted-trees.ts';

/** A tree as columns, one entry a node: a row with a value above `cut` of `column` goes right; a leaf has left = -1. */
export interface Tree {
  readonly column: readonly number[];
  readonly cut: readonly number[];
  readonly left: readonly number[];
  readonly right: readonly number[];
  /** The step that the rows of a node would get if it were a leaf. */
  readonly value: readonly number[];
}

/** What one tree is grown on; `odds` is moved by it. */
export interface Growth {
  readonly bins: readonly Uint8Array[];
  readonly cuts: readonly Float64Array[];
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
  readonly odds: Float64Array;
  readonly use: readonly number[];
}

type Limits = Pick<BoostOptions, 'leaves' | 'rate' | 'rows' | 'l2'>;

interface Split {
  readonly gain: number;
  readonly column: number;
  readonly bin: number;
}

interface Leaf {
  readonly node: number;
  readonly rows: Int32Array;
  readonly split: Split;
}

const noSplit: Split = { gain: 0, column: -1, bin: -1 };

/**
 * The best border of one column: over all borders b the gain G_l^2 / (H_l + l2) + G_r^2 / (H_r + l2) - G^2 / (H + l2),
 * G and H the sums of gradients and hessians of the rows up to bin b, beyond it, and of all.
 */
function bestOfColumn(growth: Growth, rows: Int32Array, column: number, limits: Limits): Split {
  const { gradient, hessian } = growth;
  const bins = growth.bins[column]!;
  const sums = new Float64Array(3 * binCount);
  let allG = 0;
  let allH = 0;
  for (let k = 0; k < rows.length; k++) {
    const i = rows[k]!;
    const at = 3 * bins[i]!;
    sums[at] = sums[at]! + gradient[i]!;
    sums[at + 1] = sums[at + 1]! + hessian[i]!;
    sums[at + 2] = sums[at + 2]! + 1;
    allG += gradient[i]!;
    allH += hessian[i]!;
  }
  const before = (allG * allG) / (allH + limits.l2);
  let best = noSplit;
  let g = 0;
  let h = 0;
  let n = 0;
  for (let bin = 0; bin < growth.cuts[column]!.length; bin++) {
    g += sums[3 * bin]!;
    h += sums[3 * bin + 1]!;
    n += sums[3 * bin + 2]!;
    if (n < limits.rows || rows.length - n < limits.rows) continue;
    const gain = (g * g) / (h + limits.l2) + (allG - g) ** 2 / (allH - h + limits.l2) - before;
    if (gain > best.gain) best = { gain, column, bin };
  }
  return best;
}

function bestSplit(growth: Growth, rows: Int32Array, limits: Limits): Split {
  let best = noSplit;
  if (rows.length < 2 * limits.rows) return best;
  for (const column of growth.use) {
    const split = bestOfColumn(growth, rows, column, limits);
    if (split.gain > best.gain + 1e-9) best = split;
  }
  return best;
}

function step({ gradient, hessian }: Growth, rows: Int32Array, { rate, l2 }: Limits): number {
  let g = 0;
  let h = 0;
  for (const i of rows) {
    g += gradient[i]!;
    h += hessian[i]!;
  }
  return (-rate * g) / (h + l2);
}

/** Grows the leaf of the largest gain until there are enough, and moves the odds of all rows. */
export function growTree(growth: Growth, limits: Limits): Tree {
  const tree = {
    column: [] as number[],
    cut: [] as number[],
    left: [] as number[],
    right: [] as number[],
    value: [] as number[],
  };
  const plant = (rows: Int32Array): Leaf => {
    const node = tree.value.push(step(growth, rows, limits)) - 1;
    tree.column.push(-1);
    tree.cut.push(0);
    tree.left.push(-1);
    tree.right.push(-1);
    return { node, rows, split: bestSplit(growth, rows, limits) };
  };
  let leaves = [plant(Int32Array.from(growth.odds, (_, i) => i))];
  while (leaves.length < limits.leaves) {
    const best = leaves.reduce((a, b) => (b.split.gain > a.split.gain ? b : a));
    if (best.split.gain <= 0) break;
    const { column, bin } = best.split;
    const bins = growth.bins[column]!;
    const left = plant(best.rows.filter(i => bins[i]! <= bin));
    const right = plant(best.rows.filter(i => bins[i]! > bin));
    tree.column[best.node] = column;
    tree.cut[best.node] = growth.cuts[column]![bin]!;
    tree.left[best.node] = left.node;
    tree.right[best.node] = right.node;
    leaves = [...leaves.filter(leaf => leaf !== best), left, right];
  }
  for (const { node, rows } of leaves)
    for (const i of rows) growth.odds[i] = growth.odds[i]! + tree.value[node]!;
  return tree;
}
