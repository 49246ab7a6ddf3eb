import { z } from 'zod';
import {
  type AuditHead,
  type AuditInput,
  beginning,
  readAuditEntry,
  type SealedEntry,
  writeAuditEntry,
} from '../core/audit.ts';
import type { StoredAudit } from '../store/audit.ts';
import { csvField } from './csv.ts';

/** A log, or a part of one that was cut out by time. */
export interface AuditPart extends StoredAudit {
  /** The hash before the first entry. */
  readonly previous: string;
}

/** The entries from the first one at or after `from` to the last one at or before `to` (ms). */
export function auditPart({ entries, head }: StoredAudit, from: number, to: number): AuditPart {
  const inside = ({ text }: SealedEntry): boolean => {
    const { at } = readAuditEntry(text);
    return at >= from && at <= to;
  };
  const first = entries.findIndex(inside);
  const last = entries.findLastIndex(inside);
  const previous = first < 1 ? beginning : entries[first - 1]!.hash;
  return { entries: first < 0 ? [] : entries.slice(first, last + 1), head, previous };
}

const sealedLine = z.strictObject({
  entry: z.looseObject({ number: z.number() }),
  previous: z.string(),
  hash: z.string(),
  signature: z.string(),
});
const headLine = z.strictObject({
  head: z.strictObject({ number: z.number(), hash: z.string(), signature: z.string() }),
});

function entryLine({ text, hash, signature }: SealedEntry, previous: string): string {
  return `{"entry":${text},${JSON.stringify({ previous, hash, signature }).slice(1)}`;
}

const lineOfHead = (head: AuditHead): string => JSON.stringify({ head });

/** A log as lines of JSON: an entry a line with the hashes before and of it and its signature, then the signed end. */
export function auditToJson({ entries, head, previous }: AuditPart): string {
  const lines = entries.map((sealed, k) => entryLine(sealed, entries[k - 1]?.hash ?? previous));
  return [...lines, ...(head === undefined ? [] : [lineOfHead(head)])].map(line => `${line}\n`).join('');
}

/** A line as it was written to the letter; one that is not is an entry whose text fits nothing. */
function parseLine(
  line: string,
  expected: number,
): { readonly sealed: SealedEntry; readonly previous: string } {
  const parsed = sealedLine.safeParse(jsonOf(line));
  const unfit = { number: expected, text: '', hash: '', signature: '' };
  if (!parsed.success) return { sealed: unfit, previous: beginning };
  const { entry, previous, hash, signature } = parsed.data;
  const { number } = entry;
  try {
    const text = writeAuditEntry(readAuditEntry(canonicalOf(line)));
    const sealed = { number, text, hash, signature };
    if (entryLine(sealed, previous) === line) return { sealed, previous };
  } catch {
    // Not an entry: it is one whose text fits nothing.
  }
  return { sealed: { ...unfit, number }, previous };
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** The text of the entry in a line that `entryLine` wrote. */
function canonicalOf(line: string): string {
  return line.slice('{"entry":'.length, line.lastIndexOf(',"previous":'));
}

/** Reads what `auditToJson` wrote; what was changed in it is left for the check to name. */
export function auditFromJson(text: string): Omit<AuditInput, 'part'> {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const end = headLine.safeParse(jsonOf(lines.at(-1) ?? ''));
  const body = end.success ? lines.slice(0, -1) : lines;
  let expected = 1;
  let before: string | undefined;
  const entries: SealedEntry[] = [];
  for (const line of body) {
    const { sealed, previous } = parseLine(line, expected);
    // A line must stand on the one above; the first on whatever it says, which its own hash proves.
    entries.push(before === undefined || previous === before ? sealed : { ...sealed, hash: '' });
    before = sealed.hash;
    expected = sealed.number + 1;
  }
  const first = body[0] === undefined ? beginning : parseLine(body[0], 1).previous;
  return { entries, head: end.success ? end.data.head : undefined, previous: first };
}

/** A spreadsheet takes a text with such a beginning for a formula. */
const cell = (text: string): string => csvField(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);

/** A log as a table for people: `number,at,actor,action,message,details,hash`. */
export function auditToCsv({ entries }: Pick<AuditPart, 'entries'>): string {
  const rows = entries.map(({ text, hash }) => {
    const { number, at, actor, action, message, details } = readAuditEntry(text);
    const shown = Object.keys(details).length === 0 ? '' : JSON.stringify(details);
    const fields = [String(number), sayInstant(at), actor, action, message, shown, hash];
    return `${fields.map(cell).join(',')}\n`;
  });
  return `number,at,actor,action,message,details,hash\n${rows.join('')}`;
}

/** ISO 8601 UTC with milliseconds; the number itself where it is no time. */
export function sayInstant(ms: number): string {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : String(ms);
}
