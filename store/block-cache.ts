import { type Column, unpackColumn } from './blocks.ts';

interface Entry {
  readonly packed: Uint8Array;
  readonly column: Column;
}

/** Bytes that a cache may hold: two days at 15 s of a hundred series. */
const mostBytes = 64 * 1024 * 1024;

/**
 * Blocks that were unpacked lately, for the next query over the same time. What it answers is what the bytes hold, whoever wrote
 * them: it compares them with those that it unpacked.
 */
export class BlockCache {
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  /** The column of the block at `key`, whose bytes are `packed`; not to be changed. */
  unpack(key: string, packed: Uint8Array): Column {
    const known = this.#entries.get(key);
    if (known !== undefined) {
      this.#drop(key, known);
      if (Buffer.compare(known.packed, packed) === 0) return this.#keep(key, known);
    }
    return this.#keep(key, { packed: packed.slice(), column: unpackColumn(packed) });
  }

  #keep(key: string, entry: Entry): Column {
    this.#entries.set(key, entry);
    this.#bytes += sizeOf(entry);
    for (const [oldest, old] of this.#entries) {
      if (this.#bytes <= mostBytes) break;
      this.#drop(oldest, old);
    }
    return entry.column;
  }

  #drop(key: string, entry: Entry): void {
    this.#entries.delete(key);
    this.#bytes -= sizeOf(entry);
  }
}

const sizeOf = ({ packed, column }: Entry) => packed.byteLength + 16 * column.t.length;
