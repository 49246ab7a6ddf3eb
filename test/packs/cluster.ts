import { readFileSync } from 'node:fs';
import type { Labels } from '../../core/labels.ts';
import type { Series } from '../../core/series.ts';

/** The hours that the cluster was scraped, each quarter of a minute. */
export const clusterTime = { start: Date.UTC(2026, 0, 1), end: Date.UTC(2026, 0, 1, 2), step: 15_000 };

const instants = Float64Array.from(
  { length: (clusterTime.end - clusterTime.start) / clusterTime.step + 1 },
  (_, i) => clusterTime.start + i * clusterTime.step,
);

/** The values of `3`, `5/s` or `now-60` at the instants. */
function valuesOf(text: string): Float64Array {
  const [, rate] = /^([\d.]+)\/s$/.exec(text) ?? [];
  if (rate !== undefined) return instants.map(t => (Number(rate) * (t - clusterTime.start)) / 1000);
  const [, ago] = /^now([+-]\d+)$/.exec(text) ?? [];
  return instants.map(() => (ago === undefined ? Number(text) : clusterTime.end / 1000 + Number(ago)));
}

function seriesOf(name: string, labels: Labels, text: string): Series[] {
  const one = (suffix: string, value: string, more: Labels = {}): Series => ({
    labels: { ...labels, ...more, __name__: `${name}${suffix}` },
    t: instants,
    v: valuesOf(value),
  });
  const [kind, ...rest] = text.split(' ');
  if (kind === 'summary') return [one('_count', rest[0]!), one('_sum', rest[1]!)];
  if (kind !== 'histogram') return [one('', text)];
  const buckets = rest.map(bucket => bucket.split('='));
  const all = buckets.at(-1)![1]!;
  return [
    ...buckets.map(([le, value]) => one('_bucket', value!, { le: le! })),
    one('_count', all),
    one('_sum', all),
  ];
}

/** The series of `cluster.txt`; its head says how a line is read. */
export function clusterSeries(): Series[] {
  const lines = readFileSync(new URL('./cluster.txt', import.meta.url), 'utf8').split('\n');
  return lines.flatMap(line => {
    const [, name, inner, text] = /^(\w+)\{(.*)\} (.+)$/.exec(line) ?? [];
    if (name === undefined) return [];
    const pairs = [...inner!.matchAll(/(\w+)="([^"]+)"/g)].map(
      ([, label, value]) => [label!, value!] as const,
    );
    return seriesOf(name, Object.fromEntries(pairs), text!);
  });
}
