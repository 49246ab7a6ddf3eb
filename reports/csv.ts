import type { CapacityReport, ReportedResource } from './model.ts';

const header = [
  'rank',
  'resource',
  'pack',
  'kind',
  'entity',
  'unit',
  'used',
  'limit',
  'verdict',
  'full_at',
  'earliest',
  'latest',
  'chance',
  'answer',
  'cause',
  'action',
  'reason',
] as const;

/**
 * A text as one field. What a spreadsheet would take for a formula has an apostrophe before it (CWE-1236): names come from
 * outside.
 */
function textField(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const numberField = (v: number | undefined): string =>
  v !== undefined && Number.isFinite(v) ? String(v) : '';
const timeField = (ms: number | undefined): string =>
  ms !== undefined && Number.isFinite(ms) ? new Date(ms).toISOString() : '';

function row(each: ReportedResource, k: number): string {
  const { name, pack, resource, entity, unit, used, limit, verdict, fill, answer, cause, action, reason } =
    each;
  const fields = [
    String(k + 1),
    ...[name, pack, resource, JSON.stringify(entity), unit].map(textField),
    numberField(used),
    numberField(limit),
    verdict,
    timeField(fill?.median),
    timeField(fill?.earliest),
    timeField(fill?.latest),
    numberField(fill?.chance),
    ...[answer, cause, action, reason].map(textField),
  ];
  return fields.join(',');
}

/** The resources of the report as CSV (RFC 4180), the most urgent first; values in their unit, times ISO 8601 UTC, empty = not known. */
export function reportCsv({ resources }: CapacityReport): string {
  return [header.join(','), ...resources.map(row)].map(line => `${line}\r\n`).join('');
}
