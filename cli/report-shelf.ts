import { z } from 'zod';
import { reportFormats } from '../config/report-block.ts';
import type { KeyValues } from '../core/store.ts';
import type { ReadyReport } from './report-mail.ts';

/** Reports that are on their way or were sent, kept in the store in the form in which they leave. */
export interface ReportShelf {
  /** May be part of a transaction of the store; the oldest of more than eight reports go. */
  put(report: ReadyReport): void;
  /** Throws an Error for one that is not there. */
  take(key: string): ReadyReport;
}

const keptSchema = z.object({
  mail: z.object({ subject: z.string(), text: z.string(), html: z.string() }),
  json: z.string(),
  files: z.array(z.object({ format: z.enum(reportFormats), name: z.string(), type: z.string() })),
});

const most = 8;

/** A shelf over values of the store: a description of each report under its key, and a value for each of its files. */
export function createReportShelf(values: KeyValues): ReportShelf {
  const fileKey = (key: string, name: string) => `${key} ${name}`;
  return {
    put({ key, mail, json, files }) {
      const described = {
        mail,
        json,
        files: files.map(({ format, name, type }) => ({ format, name, type })),
      };
      values.set(key, new TextEncoder().encode(JSON.stringify(described)));
      for (const { name, bytes } of files) values.set(fileKey(key, name), bytes);
      const all = values.entries().map(([each]) => each);
      const reports = [...new Set(all.map(each => each.split(' ')[0]!))].sort();
      const gone = new Set(reports.slice(0, Math.max(0, reports.length - most)));
      for (const each of all) if (gone.has(each.split(' ')[0]!)) values.delete(each);
    },
    take(key) {
      const bytes = values.get(key);
      if (bytes === undefined) throw new Error(`the report of ${key} is not kept any more`);
      const { files, ...rest } = keptSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
      const whole = files.map(file => ({
        ...file,
        bytes: values.get(fileKey(key, file.name)) ?? new Uint8Array(),
      }));
      return { key, ...rest, files: whole };
    },
  };
}
