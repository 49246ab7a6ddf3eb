import { InputError } from './exit.ts';
import { parseTimestamp } from './timestamp.ts';

/** A metrics CSV read whole: `t` in ms not decreasing, one column a signal, NaN is missing. */
export interface CsvFrame {
  readonly t: Float64Array;
  readonly signals: readonly string[];
  readonly columns: readonly Float64Array[];
  /** Rows whose timestamp equals the one before. */
  readonly duplicates: number;
}

/** The fields of one CSV line (RFC 4180 quotes, no line breaks inside of a field). */
export function splitCsvLine(line: string): string[] {
  if (!line.includes('"')) return line.split(',');
  const fields: string[] = [];
  for (const match of line.matchAll(/("(?:[^"]|"")*"|[^,"]*)(,|$)/g)) {
    const field = match[1]!;
    fields.push(field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field);
    if (match[2] === '') break;
  }
  return fields;
}

/** A field as CSV writes it. */
export function csvField(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const missing = /^\s*(nan|null|none|na)?\s*$/i;

function parseValue(field: string, where: string): number {
  if (missing.test(field)) return Number.NaN;
  const value = Number(field);
  if (!Number.isNaN(value)) return value;
  throw new InputError(
    `${where}: "${field.slice(0, 40)}" is not a number; leave the field empty where the value is missing`,
  );
}

function parseHeader(line: string | undefined, file: string): readonly string[] {
  if (line === undefined || line.trim() === '')
    throw new InputError(`${file}:1: the file is empty; the first line must be timestamp,<signal>...`);
  const header = splitCsvLine(line.replace(/^\uFEFF/, '')).map(name => name.trim());
  if (header[0] !== 'timestamp')
    throw new InputError(`${file}:1:1: the first column must be "timestamp", not "${header[0]}"`);
  if (header.length < 2)
    throw new InputError(`${file}:1: there is no column beside timestamp; at least one signal is needed`);
  const twice = header.find((name, k) => header.indexOf(name) !== k);
  if (twice !== undefined) throw new InputError(`${file}:1: column "${twice}" stands twice`);
  const nameless = header.indexOf('');
  if (nameless >= 0) throw new InputError(`${file}:1: column ${nameless + 1} has no name`);
  return header.slice(1);
}

/**
 * Reads a metrics CSV (`timestamp,<signal>,...`). Rules: empty, NaN or null = missing; equal timestamps stay separate
 * rows; a decreasing timestamp, a bad number or a missing column is an InputError with file and line.
 */
export function parseMetricsCsv(text: string, file: string): CsvFrame {
  const lines = text.split(/\r?\n/);
  while (lines.length > 1 && lines.at(-1)!.trim() === '') lines.pop();
  const signals = parseHeader(lines[0], file);
  const rows = lines.length - 1;
  const t = new Float64Array(rows);
  const columns = signals.map(() => new Float64Array(rows));
  let duplicates = 0;
  for (let row = 0; row < rows; row++) {
    const where = `${file}:${row + 2}`;
    const fields = splitCsvLine(lines[row + 1]!);
    if (fields.length !== signals.length + 1)
      throw new InputError(`${where}: ${fields.length} fields, the header has ${signals.length + 1}`);
    t[row] = parseTimestamp(fields[0]!);
    if (Number.isNaN(t[row]))
      throw new InputError(`${where}:1: "${fields[0]}" is not a timestamp; write ISO 8601 or Unix seconds`);
    if (row > 0 && t[row]! < t[row - 1]!)
      throw new InputError(
        `${where}:1: timestamp ${fields[0]} lies before the row above it; sort the file by time`,
      );
    if (row > 0 && t[row] === t[row - 1]) duplicates++;
    for (let k = 0; k < signals.length; k++)
      columns[k]![row] = parseValue(fields[k + 1]!, `${where} column "${signals[k]}"`);
  }
  return { t, signals, columns, duplicates };
}
