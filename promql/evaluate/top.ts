import type { Steps } from './steps.ts';
import type { Element } from './value.ts';

/**
 * The best of each instant in a heap of its own, the worst of them at its root, as Go's container/heap keeps it: which of equals stay
 * and in what order depends on that. Keys are values, negated for bottomk; NaN is the worst.
 */
class Heaps {
  readonly #width: number;
  readonly #key: Float64Array;
  readonly #who: Uint32Array;
  readonly #size: Uint32Array;

  constructor(heaps: number, width: number) {
    this.#width = width;
    this.#key = new Float64Array(heaps * width);
    this.#who = new Uint32Array(heaps * width);
    this.#size = new Uint32Array(heaps);
  }

  clear(): void {
    this.#size.fill(0);
  }

  /** The members that a heap holds, in its order. */
  members(heap: number): Uint32Array {
    const from = heap * this.#width;
    return this.#who.subarray(from, from + this.#size[heap]!);
  }

  /** Offers a member to the heaps of the instants from `from` to before `to`: heap 0 is that of `from`. */
  offer(
    who: number,
    { v, on }: Element,
    at: { readonly k: Float64Array; readonly sign: 1 | -1; readonly from: number; readonly to: number },
  ): void {
    const { k, sign, from, to } = at;
    for (let i = from; i < to; i++) {
      if (on[i] === 0) continue;
      const key = sign * v[i]!;
      const heap = i - from;
      const size = this.#size[heap]!;
      if (size >= this.#width || size + 1 > k[i]!) {
        if (size === 0 || !yields(this.#key[heap * this.#width]!, key)) continue;
        this.#pop(heap);
      }
      this.#push(heap, key, who);
    }
  }

  #push(heap: number, key: number, who: number): void {
    const from = heap * this.#width;
    let j = this.#size[heap]!++;
    while (j > 0) {
      const parent = (j - 1) >> 1;
      if (!worse(key, this.#key[from + parent]!)) break;
      this.#move(from + parent, from + j);
      j = parent;
    }
    this.#key[from + j] = key;
    this.#who[from + j] = who;
  }

  /** Takes the root away: the last one moves down from there. */
  #pop(heap: number): void {
    const from = heap * this.#width;
    const size = --this.#size[heap]!;
    const key = this.#key[from + size]!;
    const who = this.#who[from + size]!;
    let i = 0;
    for (let j = 1; j < size; j = 2 * i + 1) {
      if (j + 1 < size && worse(this.#key[from + j + 1]!, this.#key[from + j]!)) j++;
      if (!worse(this.#key[from + j]!, key)) break;
      this.#move(from + j, from + i);
      i = j;
    }
    this.#key[from + i] = key;
    this.#who[from + i] = who;
  }

  #move(from: number, to: number): void {
    this.#key[to] = this.#key[from]!;
    this.#who[to] = this.#who[from]!;
  }
}

/** The order within a heap. Of two NaN each is the worse one. */
const worse = (a: number, b: number) => a < b || Number.isNaN(a);

/** Whether a root gives way to a key: NaN to any, another NaN too. */
const yields = (root: number, key: number) => root < key || Number.isNaN(root);

/** Samples of heaps that are worked on together, so that they stay in the cache. */
const cellsOfHeaps = 32_768;
/** Samples that may be looked at before others get their turn. */
const cellsOfATurn = 500_000;

/**
 * At each instant the `k` largest samples, or for `sign` -1 the smallest; NaN comes last. Of one instant they are given in that order.
 * Work is n log k a step, not n log n.
 */
export function* select(members: readonly Element[], k: Float64Array, sign: 1 | -1): Steps<Element[]> {
  const width = Math.min(members.length, Math.max(0, Math.trunc(k.reduce((a, b) => (b > a ? b : a), 0))));
  if (width === 0) return [];
  const together = Math.min(k.length, Math.max(1, Math.floor(cellsOfHeaps / width)));
  const heaps = new Heaps(together, width);
  const on: (Uint8Array | undefined)[] = new Array(members.length).fill(undefined);
  let cells = 0;
  for (let from = 0; from < k.length; from += together) {
    const to = Math.min(k.length, from + together);
    heaps.clear();
    for (const [m, member] of members.entries()) {
      heaps.offer(m, member, { k, sign, from, to });
      cells += to - from;
      if (cells < cellsOfATurn) continue;
      cells = 0;
      yield;
    }
    for (let i = from; i < to; i++)
      for (const m of heaps.members(i - from)) {
        on[m] ??= new Uint8Array(k.length);
        on[m][i] = 1;
      }
  }
  const chosen = k.length === 1 ? sorted(members, heaps.members(0), sign) : members.keys();
  return [...chosen].flatMap(m => (on[m] === undefined ? [] : [{ ...members[m]!, on: on[m] }]));
}

/** So many Go sorts by insertion; of more it orders equals in no defined way. */
const sortedByInsertion = 12;

/** The members of an instant's heap from the best on. */
function sorted(members: readonly Element[], heap: Uint32Array, sign: 1 | -1): readonly number[] {
  const key = (m: number) => sign * members[m]!.v[0]!;
  const out = [...heap];
  if (out.length > sortedByInsertion)
    return out.sort((a, b) => Number(yields(key(a), key(b))) - Number(yields(key(b), key(a))));
  for (let i = 1; i < out.length; i++)
    for (let j = i; j > 0 && worse(key(out[j - 1]!), key(out[j]!)); j--) {
      const before = out[j - 1]!;
      out[j - 1] = out[j]!;
      out[j] = before;
    }
  return out;
}
