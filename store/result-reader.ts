import type Database from 'libsql';
import { z } from 'zod';
import { cutSamples } from '../core/cut-samples.ts';
import type { ResultStore } from '../core/store.ts';
import type { BlockCache } from './block-cache.ts';
import { blockLength, blockRow, type Column, unpackColumn } from './blocks.ts';
import type { ColumnCache } from './column-cache.ts';

const nameRow = z.object({ series: z.string() });
const versionRow = z.object({ data_version: z.number() });

/** From name to name by the index: a seek each, where DISTINCT would read every block's row. */
const eachName = `WITH RECURSIVE each(series) AS (
    SELECT min(series) FROM blocks
    UNION ALL SELECT (SELECT min(series) FROM blocks WHERE series > each.series) FROM each WHERE each.series IS NOT NULL)
  SELECT series FROM each WHERE series IS NOT NULL`;

/** The columns of consecutive blocks as one. */
function joined(blocks: readonly Column[]): Column {
  const length = blocks.reduce((sum, { t }) => sum + t.length, 0);
  const t = new Float64Array(length);
  const v = new Float64Array(length);
  let n = 0;
  for (const block of blocks) {
    t.set(block.t, n);
    v.set(block.v, n);
    n += block.t.length;
  }
  return { t, v };
}

const startedRow = blockRow.extend({ start: z.number() });

/** What a reader keeps for the next query over the same time: blocks, and columns made of them. */
export interface ReadCaches {
  readonly blocks: BlockCache;
  readonly columns: ColumnCache;
}

/** Reads the results of an open database, whoever writes them; with caches where the same will be read again. */
export function resultReader(
  db: Database.Database,
  caches?: ReadCaches,
): Pick<ResultStore, 'read' | 'names'> {
  const unpack = (series: string, row: unknown): Column => {
    const { start, data } = startedRow.parse(row);
    return caches === undefined ? unpackColumn(data) : caches.blocks.unpack(`${start} ${series}`, data);
  };
  const range = db.prepare(
    'SELECT start, data FROM blocks WHERE series = ? AND start > ? AND start <= ? ORDER BY start',
  );
  const names = db.prepare(eachName);
  const namesIn = db.prepare(
    `${eachName} AND EXISTS (SELECT 1 FROM blocks WHERE series = each.series AND start > ? AND start <= ?)`,
  );
  const dataVersion = db.prepare('PRAGMA data_version');
  const stored = (series: string, start: number, end: number) =>
    joined(range.all(series, start - blockLength, end).map(row => unpack(series, row)));
  return {
    read(series, start, end) {
      // What a transaction reads may be undone.
      if (caches === undefined || db.inTransaction) return cutSamples(stored(series, start, end), start, end);
      const version = versionRow.parse(dataVersion.get()).data_version;
      const column = caches.columns.column(series, { start, end, version }, () => stored(series, start, end));
      return cutSamples(column, start, end);
    },
    names: within =>
      (within === undefined ? names.all() : namesIn.all(within.start - blockLength, within.end)).map(
        row => nameRow.parse(row).series,
      ),
  };
}
