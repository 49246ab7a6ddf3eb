import { z } from 'zod';
import type { KeyValues, Store } from '../core/store.ts';
import type { IndicatorTable } from '../detectors/indicator-table.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const headSchema = z.object({
  position: z.string().optional(),
  /** When a poll last succeeded, and when one last brought something new, ms. */
  polledAt: z.number().optional(),
  newAt: z.number().optional(),
});
/** How far a feed was read. */
export type FeedHead = z.output<typeof headSchema>;

/** Numbers of a stored row, and rows of one piece: no piece is too large for one write. */
const width = 8;
const pieceRows = 65_536;
const mostPieces = 1000;

/** What is stored of one feed: its indicators, as pieces in the order in which they came, and how far it was read. */
export class ThreatStore {
  readonly #pieces: KeyValues;
  readonly #heads: KeyValues;
  readonly #name: string;
  readonly #prefix: string;
  #next = 0;
  #count = 0;
  #rows = 0;

  constructor(store: Pick<Store, 'values'>, name: string) {
    this.#pieces = store.values('threat-indicators');
    this.#heads = store.values('threat-feeds');
    this.#name = name;
    this.#prefix = `${name}/`;
  }

  /** How far it was read; from the beginning where that cannot be told. */
  head(): FeedHead {
    const bytes = this.#heads.get(this.#name);
    if (bytes === undefined) return {};
    try {
      return headSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
    } catch {
      return {};
    }
  }

  setHead(head: FeedHead): void {
    this.#heads.set(this.#name, encode(JSON.stringify(head)));
  }

  /** Puts all that is stored into an empty table. Throws a RangeError where that cannot be read. */
  restore(table: IndicatorTable): void {
    const keys = this.#keys();
    for (const key of keys) {
      const bytes = this.#pieces.get(key);
      if (bytes === undefined) continue;
      const rows = rowsOf(bytes);
      table.restore(rows);
      this.#rows += rows.length / width;
    }
    this.#count = keys.length;
    this.#next = keys.reduce((next, key) => Math.max(next, Number(key.slice(this.#prefix.length)) + 1), 0);
  }

  #keys(): readonly string[] {
    return this.#pieces
      .keys()
      .filter(key => key.startsWith(this.#prefix))
      .sort();
  }

  add(rows: Float64Array): void {
    for (let at = 0; at < rows.length; at += pieceRows * width) {
      const piece = rows.slice(at, at + pieceRows * width);
      const key = this.#prefix + String(this.#next++).padStart(12, '0');
      this.#pieces.set(key, new Uint8Array(piece.buffer));
      this.#count++;
    }
    this.#rows += rows.length / width;
  }

  /** Writes anew, within the caller's transaction, what is stored in too many pieces or says much that no longer holds. */
  tidy(table: IndicatorTable): void {
    if (this.#count <= mostPieces && this.#rows <= 2 * table.size + pieceRows) return;
    for (const key of this.#keys()) this.#pieces.delete(key);
    this.#count = 0;
    this.#rows = 0;
    this.add(table.toRows());
  }
}

/** The store's bytes may begin anywhere; numbers may not. */
function rowsOf(bytes: Uint8Array): Float64Array {
  if (bytes.length % (8 * width) !== 0) throw new RangeError('the stored indicators cannot be read');
  return new Float64Array(bytes.slice().buffer);
}
