import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import { blob } from './blob.ts';

/** How long one block of results is, in ms. */
export const blockLength = 7_200_000;

/** A row of the table of blocks. */
export const blockRow = z.object({ data: blob });

/** Samples of one series: `t` in ms, ascending, and `v` of the same length. */
export interface Column {
  readonly t: Float64Array;
  readonly v: Float64Array;
}

/** A column as gzip of its times followed by its values, both Float64 in the machine's (little endian) order. */
export function packColumn(column: Column): Buffer {
  const all = new Float64Array(column.t.length * 2);
  all.set(column.t, 0);
  all.set(column.v, column.t.length);
  return gzipSync(new Uint8Array(all.buffer), { level: 1 });
}

/** The inverse of `packColumn`; throws when the bytes are not a block. */
export function unpackColumn(bytes: Uint8Array): Column {
  const raw = new Uint8Array(gunzipSync(bytes));
  const all = new Float64Array(raw.buffer, 0, raw.byteLength / 8);
  const n = all.length / 2;
  return { t: all.slice(0, n), v: all.slice(n) };
}

/** Both columns in order of time; at equal times the later one wins, so a repeated append doubles nothing. */
export function mergeColumns(before: Column, after: Column): Column {
  const at = new Map<number, number>();
  for (const { t, v } of [before, after]) for (let i = 0; i < t.length; i++) at.set(t[i]!, v[i]!);
  const t = Float64Array.from(at.keys()).sort();
  return { t, v: t.map(time => at.get(time)!) };
}
