import { binColumn, cutsOf } from './boosted-bins.ts';
import { growTree, type Tree } from './boosted-tree.ts';
import { createRandom } from './random.ts';

/**
 * Gradient boosting for probabilities: trees are added to the log odds, each a Newton step of the logistic loss over
 * histograms of binned columns (Friedman 2001, algorithm 5; Ke et al. 2017, section 3; Chen and Guestrin 2016, eq. 6-7).
 */
export interface BoostOptions {
  readonly trees: number;
  readonly leaves: number;
  /** Step of each tree. */
  readonly rate: number;
  /** Least number of rows in a leaf. */
  readonly rows: number;
  readonly l2: number;
  /** Share of the columns that one tree may use. */
  readonly columns: number;
  readonly seed: number;
}

export const boostDefaults: BoostOptions = {
  trees: 160,
  leaves: 12,
  rate: 0.05,
  rows: 30,
  l2: 5,
  columns: 0.4,
  seed: 1,
};

/** Rows to learn from: columns of equal length (NaN is missing), the chance of each row in [0, 1], and its weight, of which only the ratios count. */
export interface BoostRows {
  readonly columns: readonly Float64Array[];
  readonly y: Float64Array;
  readonly weight: Float64Array;
}

/** Fitted trees: log odds = base + the leaves that a row falls into. */
export interface Boosted {
  readonly base: number;
  readonly trees: readonly Tree[];
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

function baseOf({ y, weight }: BoostRows): number {
  let sum = 0;
  let all = 0;
  for (let i = 0; i < y.length; i++) {
    sum += weight[i]! * y[i]!;
    all += weight[i]!;
  }
  const p = Math.min(Math.max(sum / all, 1e-4), 1 - 1e-4);
  return Math.log(p / (1 - p));
}

/** `count` of `of` numbers, without putting back, ascending. */
function draw(count: number, of: number, random: () => number): number[] {
  const all = Array.from({ length: of }, (_, k) => k);
  for (let k = 0; k < count; k++) {
    const other = k + Math.floor(random() * (of - k));
    [all[k], all[other]] = [all[other]!, all[k]!];
  }
  return all.slice(0, count).sort((a, b) => a - b);
}

/** Fits trees; deterministic under the seed. Linear in rows x trees. */
export function fitBoosted(rows: BoostRows, options: Partial<BoostOptions> = {}): Boosted {
  const all = { ...boostDefaults, ...options };
  const random = createRandom(all.seed);
  const cuts = rows.columns.map(cutsOf);
  const bins = rows.columns.map((column, k) => binColumn(column, cuts[k]!));
  const n = rows.y.length;
  const base = baseOf(rows);
  const scale = n / rows.weight.reduce((sum, w) => sum + w, 0);
  const odds = new Float64Array(n).fill(base);
  const gradient = new Float64Array(n);
  const hessian = new Float64Array(n);
  const width = Math.max(1, Math.round(all.columns * bins.length));
  const trees: Tree[] = [];
  for (let round = 0; round < all.trees; round++) {
    for (let i = 0; i < n; i++) {
      const p = sigmoid(odds[i]!);
      gradient[i] = scale * rows.weight[i]! * (p - rows.y[i]!);
      hessian[i] = scale * rows.weight[i]! * p * (1 - p);
    }
    const use = draw(width, bins.length, random);
    trees.push(growTree({ bins, cuts, gradient, hessian, odds, use }, all));
  }
  return { base, trees };
}

/** The log odds of one row. `shares`, one a column, is added what each column moved them by along its path (Saabas 2014). */
export function boostedOdds({ base, trees }: Boosted, row: ArrayLike<number>, shares?: Float64Array): number {
  let odds = base;
  for (const { column, cut, left, right, value } of trees) {
    let node = 0;
    while (left[node]! >= 0) {
      const next = row[column[node]!]! > cut[node]! ? right[node]! : left[node]!;
      if (shares) shares[column[node]!] = shares[column[node]!]! + value[next]! - value[node]!;
      node = next;
    }
    odds += value[node]!;
  }
  return odds;
}

/** The same as a chance. */
export function boostedChance(model: Boosted, row: ArrayLike<number>): number {
  return sigmoid(boostedOdds(model, row));
}
