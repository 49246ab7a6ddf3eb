import type Database from 'libsql';
import { z } from 'zod';
import type { ResultStore } from '../core/store.ts';
import type { BlockCache } from './block-cache.ts';
import { blockLength, blockRow, type Column, unpackColumn } from './blocks.ts';

const nameRow = z.object({ series: z.string() });

/** From name to name by the index: a seek each, where DISTINCT would read every block's row. */
const eachName = `WITH RECURSIVE each(series) AS (
    SELECT min(series) FROM blocks
    UNION ALL SELECT (SELECT min(series) FROM blocks WHERE series > each.series) FROM each WHERE each.series IS NOT NULL)
  SELECT series FROM each WHERE series IS NOT NULL`;

/** The columns of consecutive blocks as one, cut to `start` to `end`. */
function joined(blocks: readonly Column[], start: number, end: number): Column {
  const length = blocks.reduce((sum, { t }) => sum + t.length, 0);
  const t = new Float64Array(length);
  const v = new Float64Array(length);
  let n = 0;
  for (const block of blocks) {
    t.set(block.t, n);
    v.set(block.v, n);
    n += block.t.length;
  }
  const first = t.findIndex(time => time >= start);
  if (first < 0) return { t: new Float64Array(), v: new Float64Array() };
  const last = t.findLastIndex(time => time <= end);
  return { t: t.subarray(first, last + 1), v: v.subarray(first, last + 1) };
}

const startedRow = blockRow.extend({ start: z.number() });

/** Reads the results of an open database, whoever writes them; with a cache where the same will be read again. */
export function resultReader(db: Database.Database, cache?: BlockCache): Pick<ResultStore, 'read' | 'names'> {
  const unpack = (series: string, row: unknown): Column => {
    const { start, data } = startedRow.parse(row);
    return cache === undefined ? unpackColumn(data) : cache.unpack(`${start} ${series}`, data);
  };
  const range = db.prepare(
    'SELECT start, data FROM blocks WHERE series = ? AND start > ? AND start <= ? ORDER BY start',
  );
  const names = db.prepare(eachName);
  const namesIn = db.prepare(
    `${eachName} AND EXISTS (SELECT 1 FROM blocks WHERE series = each.series AND start > ? AND start <= ?)`,
  );
  return {
    read(series, start, end) {
      const rows = range.all(series, start - blockLength, end);
      return joined(
        rows.map(row => unpack(series, row)),
        start,
        end,
      );
    },
    names: within =>
      (within === undefined ? names.all() : namesIn.all(within.start - blockLength, within.end)).map(
        row => nameRow.parse(row).series,
      ),
  };
}
