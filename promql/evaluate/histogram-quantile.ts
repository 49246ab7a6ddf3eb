import { fingerprint, type Labels, omit } from '../../core/labels.ts';
import { decodeBound } from './bucket-bound.ts';
import { type Element, emptyElement } from './value.ts';

interface Bucket {
  readonly bound: number;
  readonly element: Element;
}

/** Quantile `q` of classic histograms: buckets are series that differ in `le` only (promql/quantile.go, bucketQuantile). */
export function histogramQuantile(q: Float64Array, elements: readonly Element[]): Element[] {
  const groups = new Map<string, { labels: Labels; buckets: Bucket[] }>();
  for (const element of elements) {
    const bound = decodeBound(element.labels.le);
    if (bound === undefined) continue;
    // Of two metrics each is a histogram of its own, though the result has no name.
    const key = fingerprint(omit(element.labels, ['le']));
    const group = groups.get(key);
    if (group === undefined)
      groups.set(key, { labels: omit(element.labels, ['le', '__name__']), buckets: [{ bound, element }] });
    else group.buckets.push({ bound, element });
  }
  return [...groups.values()].map(({ labels, buckets }) => {
    buckets.sort((a, b) => a.bound - b.bound);
    const out = emptyElement(labels, q.length);
    for (let i = 0; i < q.length; i++) {
      const present = buckets.filter(bucket => bucket.element.on[i] === 1);
      if (present.length === 0) continue;
      out.v[i] = bucketQuantile(q[i]!, present, i);
      out.on[i] = 1;
    }
    return out;
  });
}

function bucketQuantile(q: number, buckets: readonly Bucket[], i: number): number {
  if (Number.isNaN(q)) return Number.NaN;
  if (q < 0) return Number.NEGATIVE_INFINITY;
  if (q > 1) return Number.POSITIVE_INFINITY;
  if (buckets.at(-1)!.bound !== Number.POSITIVE_INFINITY) return Number.NaN;
  const { bounds, counts } = cumulative(buckets, i);
  const n = bounds.length;
  const total = counts[n - 1]!;
  if (n < 2 || total === 0 || Number.isNaN(total)) return Number.NaN;
  let rank = q * total;
  let b = 0;
  while (b < n - 1 && !(counts[b]! >= rank)) b++;
  if (b === n - 1) return bounds[n - 2]!;
  if (b === 0 && bounds[0]! <= 0) return bounds[0]!;
  const low = b === 0 ? 0 : bounds[b - 1]!;
  const below = b === 0 ? 0 : counts[b - 1]!;
  rank -= below;
  return low + (bounds[b]! - low) * (rank / (counts[b]! - below));
}

/** Buckets of equal bound added up, then counts made not to fall. */
function cumulative(buckets: readonly Bucket[], i: number): { bounds: number[]; counts: number[] } {
  const bounds: number[] = [];
  const counts: number[] = [];
  for (const { bound, element } of buckets) {
    if (bounds.at(-1) === bound) counts[counts.length - 1]! += element.v[i]!;
    else {
      bounds.push(bound);
      counts.push(element.v[i]!);
    }
  }
  for (let b = 1; b < counts.length; b++) if (counts[b]! < counts[b - 1]!) counts[b] = counts[b - 1]!;
  return { bounds, counts };
}
