import { escapeText } from '../charts/frame.ts';
import { calendarOf } from '../core/say-day.ts';
import { sayCount } from '../core/say-name.ts';
import { clipped } from '../core/visible-text.ts';
import type { CapacityReport, ReportedResource } from './model.ts';
import { sayCoverage, sayNoise, sayUsed } from './say-report.ts';

/** A message: subject, text for any reader, and HTML that needs no style sheet and no picture. */
export interface MailText {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** More rows than this are in the attachment only. */
const mostRows = 25;
const longest = 100;

const urgentOf = ({ resources }: CapacityReport): readonly ReportedResource[] =>
  resources.filter(({ verdict }) => verdict === 'over' || verdict === 'soon' || verdict === 'maybe');

function subjectOf(report: CapacityReport, date: string): string {
  const urgent = urgentOf(report);
  const [first] = urgent;
  const days = sayCount(Math.round(report.ahead / 86_400_000), 'day');
  if (first === undefined) return `Capacity report, ${date}: nothing runs out in ${days}`;
  const more = urgent.length === 1 ? '' : `, and ${urgent.length - 1} more`;
  return `Capacity report, ${date}: ${clipped(first.name, 60)}: ${first.answer.split(',')[0]}${more}`;
}

const whenOf = ({ answer, interval }: ReportedResource): string =>
  interval === '' ? answer : `${answer} (80 %: ${interval})`;

function textRow(each: ReportedResource): string {
  const lines = [
    `* ${clipped(each.name, longest)}: ${whenOf(each)}`,
    `  ${sayUsed(each)}; ${each.cause}`,
    `  ${each.action}`,
  ];
  return lines.filter(line => line.trim() !== '').join('\n');
}

const cell =
  'style="text-align:left;vertical-align:top;padding:6px 12px 6px 0;border-bottom:1px solid #d9dde3"';

function htmlRow(each: ReportedResource): string {
  const cells = [clipped(each.name, longest), whenOf(each), sayUsed(each), each.cause, each.action];
  const [name, ...rest] = cells.map(escapeText);
  return `<tr><th scope="row" ${cell}>${name}</th>${rest.map(text => `<td ${cell}>${text}</td>`).join('')}</tr>`;
}

function htmlTable(rows: readonly ReportedResource[]): string {
  if (rows.length === 0) return '';
  const head = ['Resource', 'When', 'Used of limit', 'Why', 'What to do'].map(
    title => `<th scope="col" ${cell}>${title}</th>`,
  );
  return `<table style="border-collapse:collapse;font-size:14px"><thead><tr>${head.join('')}</tr></thead><tbody>${rows.map(htmlRow).join('')}</tbody></table>`;
}

/** The first page of the report as a message; the rest is attached. `attached` says what. */
export function reportMail(report: CapacityReport, attached: string): MailText {
  const calendar = calendarOf(report.timeZone, report.madeAt);
  const urgent = urgentOf(report);
  const shown = urgent.slice(0, mostRows);
  const rest = urgent.length - shown.length;
  const after = [
    ...(rest > 0 ? [`${rest} more are in the attachment.`] : []),
    `How far to trust it: ${sayCoverage(report.coverage)}`,
    `The week: ${sayNoise(report)}`,
    ...report.missing.map(text => `Not in this report: ${text}`),
    ...(attached === '' ? [] : [`Attached: ${attached}`]),
  ];
  const foot = `Capacity report of foreshock, ${calendar.moment(report.madeAt)} (${report.timeZone}).`;
  const text = [report.headline, ...shown.map(textRow), ...after, `-- \n${foot}`].join('\n\n');
  const paragraphs = after.map(line => `<p>${escapeText(line)}</p>`).join('\n');
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Capacity report</title></head>
<body style="font-family:system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;font-size:15px;line-height:1.45;color:#1a1d21;background:#ffffff">
<h1 style="font-size:20px">Capacity report</h1>
<p style="font-weight:600">${escapeText(report.headline)}</p>
${htmlTable(shown)}
${paragraphs}
<p style="color:#5b6470;font-size:13px">${escapeText(foot)}</p>
</body></html>
`;
  return { subject: subjectOf(report, calendar.day(report.madeAt)), text: `${text}\n`, html };
}
