import type Database from 'libsql';
import { z } from 'zod';
import type { ResultStore } from '../core/store.ts';
import { blockLength, blockRow, unpackColumn } from './blocks.ts';

const nameRow = z.object({ series: z.string() });

/** Reads the results of an open database, whoever writes them. */
export function resultReader(db: Database.Database): Pick<ResultStore, 'read' | 'names'> {
  const range = db.prepare(
    'SELECT data FROM blocks WHERE series = ? AND start > ? AND start <= ? ORDER BY start',
  );
  const names = db.prepare('SELECT DISTINCT series FROM blocks ORDER BY series');
  return {
    read(series, start, end) {
      const t: number[] = [];
      const v: number[] = [];
      for (const row of range.all(series, start - blockLength, end)) {
        const column = unpackColumn(blockRow.parse(row).data);
        column.t.forEach((time, i) => {
          if (time < start || time > end) return;
          t.push(time);
          v.push(column.v[i]!);
        });
      }
      return { t: Float64Array.from(t), v: Float64Array.from(v) };
    },
    names: () => names.all().map(row => nameRow.parse(row).series),
  };
}
