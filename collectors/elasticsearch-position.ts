import { createHash } from 'node:crypto';
import { z } from 'zod';
import { readStoredPosition } from './stored-position.ts';

export const second = 1000;
/** Characters of a fingerprint: 54 bits, so that two of a million documents share one once in 36,000 times. */
const width = 9;

const positionSchema = z.strictObject({
  /** Documents before it are not looked for; absent = from the very first. */
  floor: z.number().optional(),
  /** Time of the newest document that was read, ms. */
  newest: z.number().optional(),
  /** Fingerprints of what was read, joined, by the second of its time. */
  seen: z.record(z.string().regex(/^-?\d+$/), z.string()),
});

/** What of an index was read: all up to `newest` but for late arrivals, and what is known of the late window. */
export type ElasticsearchPosition = z.output<typeof positionSchema>;

/** Throws a RangeError for what is no position of this collector. */
export function readElasticsearchPosition(text: string): ElasticsearchPosition {
  return readStoredPosition(text, positionSchema, 'Elasticsearch');
}

/** A short name of one document. */
export function documentKey(index: string, id: string): string {
  return createHash('sha1').update(`${index}\n${id}`).digest('base64').slice(0, width);
}

/** The documents of one second: known by name, and as the text that a position holds. */
interface Second {
  readonly keys: Set<string>;
  text: string;
}

/**
 * Documents that were read and may be met again, by the second of their time. It holds `most`, and the newest second whole:
 * when there are more, the oldest seconds are given up.
 */
export class SeenDocuments {
  readonly #seconds = new Map<number, Second>();
  readonly #most: number;
  #size = 0;

  constructor(most: number, seen: ElasticsearchPosition['seen']) {
    this.#most = most;
    for (const [at, text] of Object.entries(seen)) {
      const keys = new Set<string>();
      for (let from = 0; from < text.length; from += width) keys.add(text.slice(from, from + width));
      this.#seconds.set(Number(at), { keys, text });
      this.#size += keys.size;
    }
  }

  get size(): number {
    return this.#size;
  }

  /** Remembers a document; false when it is known. */
  add(t: number, key: string): boolean {
    const at = Math.floor(t / second);
    const known = this.#seconds.get(at) ?? { keys: new Set(), text: '' };
    if (known.keys.has(key)) return false;
    known.keys.add(key);
    known.text += key;
    this.#seconds.set(at, known);
    this.#size++;
    return true;
  }

  /** All documents that are known now, by name with the second of each. */
  names(): Map<string, number> {
    return new Map([...this.#seconds].flatMap(([at, { keys }]) => [...keys].map(key => [key, at] as const)));
  }

  /** Forgets documents: names with the second of each. */
  drop(names: ReadonlyMap<string, number>): void {
    for (const [key, at] of names) {
      const known = this.#seconds.get(at);
      if (known?.keys.delete(key) !== true) continue;
      known.text = [...known.keys].join('');
      this.#size--;
    }
  }

  /** Documents of the seconds from `from` up to and without `to`, both ms. */
  count(from: number, to: number): number {
    let count = 0;
    for (const [at, { keys }] of this.#seconds)
      if (at * second >= from && at * second < to) count += keys.size;
    return count;
  }

  /** Forgets the seconds that end before `t`. */
  forget(t: number): void {
    for (const [at, { keys }] of this.#seconds) {
      if ((at + 1) * second > t) continue;
      this.#seconds.delete(at);
      this.#size -= keys.size;
    }
  }

  /** Gives up the oldest seconds while there are too many; answers where what is still known begins, if it moved. */
  bound(): number | undefined {
    if (this.#size <= this.#most) return undefined;
    const oldestFirst = [...this.#seconds.keys()].sort((a, b) => a - b);
    let floor: number | undefined;
    for (const at of oldestFirst.slice(0, -1)) {
      if (this.#size <= this.#most) break;
      floor = (at + 1) * second;
      this.forget(floor);
    }
    return floor;
  }

  toJSON(): ElasticsearchPosition['seen'] {
    return Object.fromEntries([...this.#seconds].map(([at, { text }]) => [String(at), text]));
  }
}
