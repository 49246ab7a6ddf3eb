import type { Backtest } from './backtest.ts';
import { weightedMedian } from './weighted-median.ts';

/** How sharply a method that erred more loses its say: the longer the history, the more its folds can tell. */
const sharpnessOf = (length: number) => Math.max(1, Math.log2(length) - 2);

/** What the weights are made for: the usual size of a value, and how many values the history has. */
export interface Setting {
  readonly scale: number;
  readonly length: number;
}

/**
 * The typical error of each method, (mean sqrt |error|)^2 over the folds and steps ahead, which one burst does not decide;
 * NaN where it could not say.
 */
export function errorsOf(test: Backtest, truth: Float64Array, methods: number): Float64Array {
  return Float64Array.from({ length: methods }, (_, k) => {
    let sum = 0;
    let count = 0;
    test.origins.forEach((origin, fold) => {
      const path = test.paths[fold]![k];
      if (path === undefined) return;
      for (let h = 0; h < path.length; h++) {
        const off = Math.abs(truth[origin + h]! - path[h]!);
        if (Number.isNaN(off)) continue;
        sum += Math.sqrt(off);
        count++;
      }
    });
    return count > 0 ? (sum / count) ** 2 : Number.NaN;
  });
}

/**
 * The methods' weights, which sum to 1: error^-p with p = log2(length) - 2, so that all keep a say (inverse errors, Bates,
 * Granger 1969); a thousandth of the scale counts as no error. Without any fold all weigh alike.
 */
export function weightsOf(errors: Float64Array, { scale, length }: Setting): Float64Array {
  const sharpness = sharpnessOf(length);
  const floor = 1e-3 * scale + Number.MIN_VALUE;
  const least = errors.reduce((low, error) => (error < low ? error : low), Number.POSITIVE_INFINITY);
  if (least === Number.POSITIVE_INFINITY) return errors.map(() => 1 / errors.length);
  const raw = errors.map(error =>
    Number.isNaN(error) ? 0 : ((least + floor) / (error + floor)) ** sharpness,
  );
  const total = raw.reduce((sum, each) => sum + each, 0);
  return raw.map(each => each / total);
}

/** The weighted median of the paths at each step; a method that cannot say is left out. Empty when none can. */
export function combine(
  paths: readonly (Float64Array | undefined)[],
  weights: Float64Array,
  steps: number,
): Float64Array {
  const able = paths.flatMap((path, k) =>
    path !== undefined && weights[k]! > 0 ? [{ path, weight: weights[k]! }] : [],
  );
  if (able.length === 0) return new Float64Array(0);
  const values = new Float64Array(able.length);
  const order = new Uint8Array(able.length);
  const weight = Float64Array.from(able, each => each.weight);
  return Float64Array.from({ length: steps }, (_, h) => {
    for (let k = 0; k < able.length; k++) values[k] = able[k]!.path[h]!;
    return weightedMedian(values, weight, order);
  });
}
