import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Case, CaseEvent } from '../correlators/escalation-case.ts';
import { splitCsvLine } from './csv.ts';
import { InputError } from './exit.ts';
import { parseTimestamp } from './timestamp.ts';

const required = ['number', 'opened_at', 'sys_updated_at'] as const;
/** Columns of the service-desk log that are counts or ranks. */
const numbers = ['reassignment_count', 'reopen_count', 'sys_mod_count', 'impact', 'urgency', 'priority'];
/** Columns that say what stands at the moment of their row. Those known only at the end, and unknown ones, are left out. */
const texts = [
  'ident_state',
  'made_sla',
  'caller_id',
  'opened_by',
  'sys_created_by',
  'sys_updated_by',
  'contact_type',
  'location',
  'category',
  'subcategory',
  'u_symptom',
  'cmdb_ci',
  'assignment_group',
  'assigned_to',
  'knowledge',
  'u_priority_confirmation',
  'notify',
];

/** A log that was read: its cases in the order of their first rows, and rows that were refused, each with its place. */
export interface DeskLog {
  readonly cases: readonly Case[];
  readonly events: number;
  readonly refused: readonly string[];
}

interface Columns {
  readonly width: number;
  readonly at: ReadonlyMap<string, number>;
}

function fileReason(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

/** The text of a log, plain or packed by gzip; `-` is standard input. Throws an InputError that names the file. */
export function readLog(file: string): string {
  try {
    const bytes = readFileSync(file === '-' ? 0 : file);
    const packed = bytes[0] === 0x1f && bytes[1] === 0x8b;
    return (packed ? gunzipSync(bytes) : bytes).toString('utf8');
  } catch (error) {
    throw new InputError(`${file}: cannot be read (${fileReason(error)})`);
  }
}

function columnsOf(line: string | undefined, needed: readonly string[], file: string): Columns {
  if (line === undefined || line.trim() === '')
    throw new InputError(`${file}:1: the file is empty; the first line must name the columns`);
  const names = splitCsvLine(line.replace(/^\uFEFF/, ''))?.map(name => name.trim());
  if (names === undefined) throw new InputError(`${file}:1: a quote stands alone in the header`);
  const missing = needed.filter(name => !names.includes(name));
  if (missing.length > 0)
    throw new InputError(
      `${file}:1: there is no column ${missing.map(name => `"${name}"`).join(', ')}; each row is an event of an incident and needs ${needed.join(', ')}`,
    );
  const twice = names.find((name, k) => names.indexOf(name) !== k && [...needed, ...texts].includes(name));
  if (twice !== undefined) throw new InputError(`${file}:1: column "${twice}" stands twice`);
  return { width: names.length, at: new Map(names.map((name, k) => [name, k])) };
}

/** One row as an event of a case. Throws an InputError with the column of what is wrong. */
function parseRow(fields: readonly string[], { at }: Columns, where: string) {
  const field = (name: string) => {
    const k = at.get(name);
    return k === undefined ? '' : fields[k]!.trim();
  };
  const place = (name: string) => `${where}:${(at.get(name) ?? 0) + 1}`;
  const time = (name: string) => {
    const t = parseTimestamp(field(name));
    if (!Number.isNaN(t)) return t;
    throw new InputError(
      `${place(name)}: ${name} "${field(name).slice(0, 40)}" is not a timestamp; write ISO 8601 or Unix seconds`,
    );
  };
  const count = (name: string) => {
    const text = field(name);
    const value = /^\d+(\s*-.*)?$/.test(text) ? Number.parseInt(text, 10) : Number.NaN;
    if (Number.isNaN(value) && text !== '' && text !== '?')
      throw new InputError(`${place(name)}: ${name} "${text.slice(0, 40)}" is not a whole number`);
    return value;
  };
  const id = field('number');
  if (id === '') throw new InputError(`${place('number')}: number is empty; each row names its incident`);
  const known = (names: readonly string[]) => names.filter(name => at.has(name));
  const word = (text: string) => (text === '?' ? '' : text);
  const values: Record<string, string | number> = {};
  for (const name of known(numbers)) values[name] = count(name);
  for (const name of known(texts)) values[name] = word(field(name));
  const event: CaseEvent = { t: time('sys_updated_at'), fields: values };
  return { id, openedAt: time('opened_at'), event };
}

interface Growing {
  readonly id: string;
  readonly openedAt: number;
  readonly events: CaseEvent[];
}

function addRow(cases: Map<string, Growing>, { id, openedAt, event }: ReturnType<typeof parseRow>): void {
  const growing = cases.get(id);
  if (growing === undefined) cases.set(id, { id, openedAt, events: [event] });
  else growing.events.push(event);
}

/** How a log is to be read. */
export interface ReadingOptions {
  readonly file: string;
  /** Columns that must be there beside those of every event. */
  readonly needed?: readonly string[];
  /** What to do with a bad row: stop with an InputError, or leave it out and tell. */
  readonly bad: 'stop' | 'refuse';
}

/**
 * Reads a service-desk log: one row an event, of one incident in order. Unknown columns are ignored; events of an
 * incident are put in order of their time, the first row stays the opening.
 */
export function parseDeskLog(text: string, { file, needed = [], bad }: ReadingOptions): DeskLog {
  const lines = text.split(/\r?\n/);
  while (lines.length > 1 && lines.at(-1)!.trim() === '') lines.pop();
  const columns = columnsOf(lines[0], [...required, ...needed], file);
  const cases = new Map<string, Growing>();
  const refused: string[] = [];
  for (let row = 1; row < lines.length; row++) {
    const where = `${file}:${row + 1}`;
    try {
      const fields = splitCsvLine(lines[row]!);
      if (fields === undefined)
        throw new InputError(`${where}: a quote stands alone; write "..." around the whole field`);
      if (fields.length !== columns.width)
        throw new InputError(`${where}: ${fields.length} fields, the header has ${columns.width}`);
      addRow(cases, parseRow(fields, columns, where));
    } catch (error) {
      if (bad === 'stop' || !(error instanceof InputError)) throw error;
      refused.push(error.message);
    }
  }
  const events = lines.length - 1 - refused.length;
  return { cases: [...cases.values()].map(inOrder), events, refused };
}

function inOrder({ id, openedAt, events: [first, ...rest] }: Growing): Case {
  return { id, openedAt, events: [first!, ...rest.sort((a, b) => a.t - b.t)] };
}
