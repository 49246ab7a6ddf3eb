import { createHash } from 'node:crypto';
import type { ReportFormat } from '../config/report-block.ts';
import { reportCsv } from '../reports/csv.ts';
import { documentHtml, reportStyle } from '../reports/html.ts';
import { reportJson } from '../reports/json.ts';
import type { CapacityReport } from '../reports/model.ts';
import { reportDocument } from '../reports/report-document.ts';

/** One form of a report. */
export interface ReportFile {
  readonly format: ReportFormat;
  readonly name: string;
  /** Its media type. */
  readonly type: string;
  readonly bytes: Uint8Array;
}

const types: Readonly<Record<ReportFormat, string>> = {
  html: 'text/html',
  pdf: 'application/pdf',
  csv: 'text/csv',
  json: 'application/json',
};
const screenFigure = { width: 640, height: 210, fontSize: 11.5 } as const;
const styleHash = createHash('sha256').update(reportStyle).digest('base64');

/** `2026-11-30` in the reader's zone. */
function dateOf({ madeAt, timeZone }: CapacityReport): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(madeAt);
}

/** The library of PDF is slow to load: only who needs it waits. */
async function renderPdf(report: CapacityReport): Promise<Uint8Array> {
  const [{ documentPdf, paperFigure }, { paperFonts }] = await Promise.all([
    import('../reports/pdf.ts'),
    import('./report-fonts.ts'),
  ]);
  return documentPdf(reportDocument(report, paperFigure), paperFonts());
}

/** A report in the forms that are asked for. */
export async function renderReport(
  report: CapacityReport,
  formats: readonly ReportFormat[],
): Promise<readonly ReportFile[]> {
  const render: Readonly<Record<ReportFormat, () => string | Promise<Uint8Array>>> = {
    html: () => documentHtml(reportDocument(report, screenFigure), styleHash),
    pdf: () => renderPdf(report),
    csv: () => reportCsv(report),
    json: () => reportJson(report),
  };
  const files: ReportFile[] = [];
  for (const format of new Set(formats)) {
    const content = await render[format]();
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    files.push({
      format,
      name: `foreshock-capacity-${dateOf(report)}.${format}`,
      type: types[format],
      bytes,
    });
  }
  return files;
}
