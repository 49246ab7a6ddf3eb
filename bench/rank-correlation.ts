/** Ranks of values, the mean rank for ties. */
function ranks(values: Float64Array): Float64Array {
  const order = Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!);
  const out = new Float64Array(values.length);
  for (let i = 0; i < order.length; ) {
    let end = i;
    while (end < order.length && values[order[end]!] === values[order[i]!]) end++;
    for (let j = i; j < end; j++) out[order[j]!] = (i + end - 1) / 2;
    i = end;
  }
  return out;
}

/** Spearman's rank correlation of two arrays of one length. */
export function rankCorrelation(a: Float64Array, b: Float64Array): number {
  const x = ranks(a);
  const y = ranks(b);
  const mean = (a.length - 1) / 2;
  let xy = 0;
  let xx = 0;
  let yy = 0;
  for (let i = 0; i < a.length; i++) {
    xy += (x[i]! - mean) * (y[i]! - mean);
    xx += (x[i]! - mean) ** 2;
    yy += (y[i]! - mean) ** 2;
  }
  return xy / Math.sqrt(xx * yy);
}
