import type { ReportFormat } from '../config/report-block.ts';
import { reportJson } from '../reports/json.ts';
import { type MailText, reportMail } from '../reports/mail.ts';
import type { ReportInputs } from '../reports/model.ts';
import { capacityReport } from '../reports/report.ts';
import { type ReportFile, renderReport } from './report-files.ts';

/** A report in all forms in which it leaves. */
export interface MadeReport {
  readonly mail: MailText;
  readonly files: readonly ReportFile[];
  /** The report as JSON text, whatever the formats are. */
  readonly json: string;
}

/** Makes a report; hundreds of pictures take seconds. Rejects with the reason of `signal` when it aborts. */
export type ReportMaker = (
  inputs: ReportInputs,
  formats: readonly ReportFormat[],
  signal: AbortSignal,
) => Promise<MadeReport>;

/** Makes it here. */
export async function makeReport(
  inputs: ReportInputs,
  formats: readonly ReportFormat[],
): Promise<MadeReport> {
  const report = capacityReport(inputs);
  const files = await renderReport(report, formats);
  const mail = reportMail(report, files.map(({ name }) => name).join(', '));
  return { mail, files, json: reportJson(report) };
}
