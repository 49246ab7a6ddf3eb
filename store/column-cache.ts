import { blockLength, type Column } from './blocks.ts';

/** A series' blocks that start from `from` to before `to` (ms), as one column. */
interface Entry {
  readonly from: number;
  readonly to: number;
  readonly column: Column;
}

/** Bytes that a cache may hold: three days and a half at 15 s of a hundred series. */
const mostBytes = 32 * 1024 * 1024;

const sizeOf = ({ column }: Entry) => 16 * column.t.length;

/**
 * Columns as they were read last, whole blocks, as long as nothing was written since: the next query over the same time reads no
 * block. Who writes blocks by the same connection calls `forget`; `version` (SQLite's data_version) tells writes by others.
 */
export class ColumnCache {
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;
  #version = Number.NaN;

  forget(): void {
    this.#entries.clear();
    this.#bytes = 0;
  }

  /** The samples of `series` from the blocks between `start` and `end` (ms), by `read` where they are not there; not to be changed. */
  column(
    series: string,
    span: { readonly start: number; readonly end: number; readonly version: number },
    read: () => Column,
  ): Column {
    if (span.version !== this.#version) this.forget();
    this.#version = span.version;
    const from = Math.floor(span.start / blockLength) * blockLength;
    const to = (Math.floor(span.end / blockLength) + 1) * blockLength;
    const known = this.#entries.get(series);
    if (known !== undefined) this.#drop(series, known);
    const covers = known !== undefined && known.from <= from && to <= known.to;
    return this.#keep(series, covers ? known : { from, to, column: read() });
  }

  #keep(series: string, entry: Entry): Column {
    this.#entries.set(series, entry);
    this.#bytes += sizeOf(entry);
    for (const [oldest, old] of this.#entries) {
      if (this.#bytes <= mostBytes) break;
      this.#drop(oldest, old);
    }
    return entry.column;
  }

  #drop(series: string, entry: Entry): void {
    this.#entries.delete(series);
    this.#bytes -= sizeOf(entry);
  }
}
