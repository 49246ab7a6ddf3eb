import type { Labels } from '../../core/labels.ts';

/** The instants of an evaluation: `start + i * step` for i < count; times in ms. */
export interface Grid {
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

/** One series over the grid. `on[i]` is 1 where it has a sample: NaN is a value in PromQL, absence is not. */
export interface Element {
  readonly labels: Labels;
  readonly v: Float64Array;
  readonly on: Uint8Array;
}

export type Value =
  | { readonly kind: 'scalar'; readonly v: Float64Array }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'vector'; readonly elements: readonly Element[] };

/** An element without samples yet. */
export function emptyElement(labels: Labels, count: number): Element {
  return { labels, v: new Float64Array(count), on: new Uint8Array(count) };
}

/** The elements with `f` applied to each sample, under `relabel`ed labels. */
export function mapElements(
  elements: readonly Element[],
  f: (value: number, step: number) => number,
  relabel: (labels: Labels) => Labels = labels => labels,
): Element[] {
  return elements.map(({ labels, v, on }) => ({ labels: relabel(labels), v: v.map(f), on }));
}

/** Puts elements of equal labels together; `clash` throws when two of them have a sample at the same instant; it gets their labels. */
export function mergeEqual(
  elements: readonly Element[],
  keyOf: (labels: Labels) => string,
  clash: (first: Labels, second: Labels) => never,
): Element[] {
  const byKey = new Map<string, Element>();
  for (const element of elements) {
    const key = keyOf(element.labels);
    const first = byKey.get(key);
    if (first === undefined) byKey.set(key, element);
    else byKey.set(key, union(first, element, clash));
  }
  return [...byKey.values()];
}

function union(a: Element, b: Element, clash: (first: Labels, second: Labels) => never): Element {
  const v = a.v.slice();
  const on = a.on.slice();
  for (let i = 0; i < on.length; i++) {
    if (b.on[i] === 0) continue;
    if (on[i] === 1) clash(a.labels, b.labels);
    v[i] = b.v[i]!;
    on[i] = 1;
  }
  return { labels: a.labels, v, on };
}
