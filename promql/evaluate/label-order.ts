import type { Labels } from '../../core/labels.ts';

/** Order of texts by code points, as their UTF-8 bytes are ordered. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  for (let i = 0; ; i++) {
    const left = a.codePointAt(i) ?? -1;
    const right = b.codePointAt(i) ?? -1;
    if (left !== right) return left - right;
    if (left > 0xffff) i++;
  }
}

/** Label pairs in the order in which Prometheus keeps them; empty values are no labels. */
export function sortedPairs(labels: Labels): [name: string, value: string][] {
  return Object.entries(labels)
    .filter(([, value]) => value !== '')
    .sort(([a], [b]) => compareText(a, b));
}

/** The things in the order of their labels, as Prometheus orders series. */
export function byLabels<T extends { readonly labels: Labels }>(all: readonly T[]): T[] {
  if (all.length < 2) return [...all];
  const keyed = all.map(one => ({ one, pairs: sortedPairs(one.labels) }));
  keyed.sort((a, b) => comparePairs(a.pairs, b.pairs));
  return keyed.map(({ one }) => one);
}

function comparePairs(a: readonly [string, string][], b: readonly [string, string][]): number {
  for (const [i, [name, value]] of a.entries()) {
    const other = b[i];
    if (other === undefined) return 1;
    const order = compareText(name, other[0]) || compareText(value, other[1]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Labels as Prometheus writes them in its errors. */
export function labelsText(labels: Labels): string {
  return `{${sortedPairs(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(', ')}}`;
}
