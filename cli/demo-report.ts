import path from 'node:path';
import { saySpan } from '../core/say-time.ts';
import { capacityReport } from '../reports/report.ts';
import { writeBytes } from './files.ts';
import type { IncidentBook } from './incident-book.ts';
import { renderReport } from './report-files.ts';
import { reportSpans } from './report-inputs.ts';
import { weekIn } from './report-week.ts';

/** A recording from `start` to `end` (ms), and the folder that the report goes to. */
export interface DemoReport {
  readonly start: number;
  readonly end: number;
  readonly out: string;
}

/** Writes the weekly report as it would stand after a recording: its incidents and noise; resources need days. Answers the file. */
export async function writeDemoReport(
  book: Pick<IncidentBook, 'list'>,
  { start, end, out }: DemoReport,
): Promise<string> {
  const missing = `The recording lasts ${saySpan(end - start)}; a resource is forecast from three days on, so none stands here.`;
  const report = capacityReport({
    ...{ madeAt: end, ...reportSpans, timeZone: 'UTC', advice: new Map() },
    ...{ forecasts: [], outcomes: [], missing: [missing] },
    ...weekIn(book, { madeAt: end, back: reportSpans.back }),
  });
  const [html] = await renderReport(report, ['html']);
  const file = path.join(out, html!.name);
  writeBytes(file, html!.bytes);
  return file;
}
