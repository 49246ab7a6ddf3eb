/**
 * The weighted median of values (no NaN), read off between the middles of their weights, so that it moves smoothly with
 * both. `order` is scratch of the same length.
 */
export function weightedMedian(values: Float64Array, weights: Float64Array, order: Uint8Array): number {
  const n = values.length;
  let total = 0;
  for (let i = 0; i < n; i++) {
    total += weights[i]!;
    let j = i;
    for (; j > 0 && values[order[j - 1]!]! > values[i]!; j--) order[j] = order[j - 1]!;
    order[j] = i;
  }
  let below = 0;
  let middle = 0;
  let value = Number.NaN;
  for (let k = 0; k < n; k++) {
    const i = order[k]!;
    const at = below + weights[i]! / 2;
    if (at >= total / 2) {
      const share = at > middle ? (total / 2 - middle) / (at - middle) : 1;
      return k === 0 ? values[i]! : value + (values[i]! - value) * share;
    }
    below += weights[i]!;
    middle = at;
    value = values[i]!;
  }
  return value;
}
