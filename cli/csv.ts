import { clipped } from '../core/visible-text.ts';
import { InputError } from './exit.ts';
import { parseTimestamp } from './timestamp.ts';

/** A metrics CSV read whole: `t` in ms not decreasing, one column a signal, NaN is missing. */
export interface CsvFrame {
  readonly t: Float64Array;
  readonly signals: readonly string[];
  readonly columns: readonly Float64Array[];
  /** Rows whose timestamp equals the one before. */
  readonly duplicates: number;
  /** Infinite values, which were read as missing. */
  readonly infinite: number;
}

/**
 * The fields of one CSV line (RFC 4180 quotes, no line breaks inside of a field); undefined when a quote stands inside
 * of a bare field or is not closed.
 */
export function splitCsvLine(line: string): string[] | undefined {
  if (!line.includes('"')) return line.split(',');
  const fields: string[] = [];
  const field = /(?:[ \t]*"((?:[^"]|"")*)"[ \t]*|([^,"]*))(,|$)/y;
  for (let match = field.exec(line); match !== null; match = field.exec(line)) {
    fields.push(match[1]?.replaceAll('""', '"') ?? match[2]!);
    if (match[3] === '') return fields;
  }
  return undefined;
}

function fieldsOf(line: string, where: string): string[] {
  const fields = splitCsvLine(line);
  if (fields !== undefined) return fields;
  throw new InputError(
    `${where}: a quote stands alone; write "..." around the whole field and "" for a quote`,
  );
}

/** A field as CSV writes it. */
export function csvField(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const missing = /^\s*(nan|null|none|na)?\s*$/i;
const infinity = /^\s*[+-]?inf(inity)?\s*$/i;
const decimal = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i;

function parseValue(field: string, where: string): number {
  if (missing.test(field)) return Number.NaN;
  if (infinity.test(field)) return Number.POSITIVE_INFINITY;
  if (decimal.test(field)) return Number(field);
  throw new InputError(
    `${where}: "${field.slice(0, 40)}" is not a number; leave the field empty where the value is missing`,
  );
}

function parseHeader(line: string | undefined, file: string): readonly string[] {
  if (line === undefined || line.trim() === '')
    throw new InputError(`${file}:1: the file is empty; the first line must be timestamp,<signal>...`);
  const header = fieldsOf(line.replace(/^\uFEFF/, ''), `${file}:1`).map(name => name.trim());
  if (header[0] !== 'timestamp')
    throw new InputError(
      `${file}:1:1: the first column must be "timestamp", not "${clipped(header[0]!, 40)}"`,
    );
  if (header.length < 2)
    throw new InputError(`${file}:1: there is no column beside timestamp; at least one signal is needed`);
  const twice = header.find((name, k) => header.indexOf(name) !== k);
  if (twice !== undefined) throw new InputError(`${file}:1: column "${clipped(twice, 40)}" stands twice`);
  const nameless = header.indexOf('');
  if (nameless >= 0) throw new InputError(`${file}:1: column ${nameless + 1} has no name`);
  return header.slice(1);
}

function parseTime(field: string, before: number, where: string): number {
  const t = parseTimestamp(field);
  if (Number.isNaN(t))
    throw new InputError(
      `${where}:1: "${clipped(field, 40)}" is not a timestamp; write ISO 8601 or Unix seconds`,
    );
  if (t < before)
    throw new InputError(
      `${where}:1: timestamp ${field} lies before the row above it; sort the file by time`,
    );
  return t;
}

/**
 * Reads a metrics CSV (`timestamp,<signal>,...`). Rules: empty, NaN, null or infinite = missing; equal timestamps stay
 * separate rows; a decreasing timestamp, a bad number or a missing column is an InputError with file and line.
 */
export function parseMetricsCsv(text: string, file: string): CsvFrame {
  const lines = text.split(/\r?\n/);
  while (lines.length > 1 && lines.at(-1)!.trim() === '') lines.pop();
  const signals = parseHeader(lines[0], file);
  const rows = lines.length - 1;
  const t = new Float64Array(rows);
  const columns = signals.map(() => new Float64Array(rows));
  let duplicates = 0;
  let infinite = 0;
  for (let row = 0; row < rows; row++) {
    const where = `${file}:${row + 2}`;
    const fields = fieldsOf(lines[row + 1]!, where);
    if (fields.length !== signals.length + 1)
      throw new InputError(`${where}: ${fields.length} fields, the header has ${signals.length + 1}`);
    const before = row === 0 ? Number.NEGATIVE_INFINITY : t[row - 1]!;
    t[row] = parseTime(fields[0]!, before, where);
    if (t[row] === before) duplicates++;
    for (let k = 0; k < signals.length; k++) {
      const value = parseValue(fields[k + 1]!, `${where} column "${signals[k]}"`);
      columns[k]![row] = Number.isFinite(value) ? value : Number.NaN;
      if (Math.abs(value) === Number.POSITIVE_INFINITY) infinite++;
    }
  }
  return { t, signals, columns, duplicates, infinite };
}
