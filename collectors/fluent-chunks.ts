import { createHash } from 'node:crypto';
import { z } from 'zod';

/** So many of the latest chunks are known again when they are sent anew. */
const mostKnown = 1024;
/** Characters of a chunk's key: 48 bits of its hash. */
const keyLength = 8;

const position = z.object({
  version: z.literal(1),
  sequence: z.number().nonnegative(),
  chunks: z.string().default(''),
});

/** Sends the acknowledgement of a chunk. */
export type Acknowledge = () => void;

/**
 * Which chunks were taken and which of them are safe. Each batch has a number; a chunk is acknowledged when the position
 * of its batch, or of a later one, is committed.
 */
export class ChunkBook {
  #sequence = 0;
  #committed = 0;
  /** Key of a chunk -> number of its batch; the oldest first. */
  readonly #known = new Map<string, number>();
  #waiting: { readonly sequence: number; readonly acknowledge: Acknowledge }[] = [];

  /** Takes up a stored position. Throws an Error that says why when it is none. */
  restore(from: string): void {
    const { sequence, chunks } = position.parse(JSON.parse(from));
    this.#sequence = sequence;
    this.#committed = sequence;
    for (let at = 0; at < chunks.length; at += keyLength)
      this.#known.set(chunks.slice(at, at + keyLength), sequence);
  }

  keyOf(chunk: string | Uint8Array): string {
    return createHash('sha1').update(chunk).digest('base64').slice(0, keyLength);
  }

  knows(key: string): boolean {
    return this.#known.has(key);
  }

  /** Begins the batch that holds these chunks, which are new; answers its position. */
  open(keys: readonly string[]): string {
    this.#sequence++;
    for (const key of keys) this.#known.set(key, this.#sequence);
    for (const key of this.#known.keys()) {
      if (this.#known.size <= mostKnown) break;
      this.#known.delete(key);
    }
    const chunks = [...this.#known.keys()].join('');
    return JSON.stringify({ version: 1, sequence: this.#sequence, chunks });
  }

  /** Acknowledges a known chunk as soon as it is safe. */
  whenSafe(key: string, acknowledge: Acknowledge): void {
    const sequence = this.#known.get(key) ?? this.#sequence;
    if (sequence <= this.#committed) acknowledge();
    else this.#waiting.push({ sequence, acknowledge });
  }

  /** Everything up to a position is on disk. */
  commit(text: string): void {
    this.#committed = Math.max(this.#committed, position.parse(JSON.parse(text)).sequence);
    const safe = this.#waiting.filter(({ sequence }) => sequence <= this.#committed);
    this.#waiting = this.#waiting.filter(({ sequence }) => sequence > this.#committed);
    for (const { acknowledge } of safe) acknowledge();
  }
}
