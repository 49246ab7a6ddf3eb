import { readAuditEntry, type SealedEntry } from '../core/audit.ts';
import { clipped, visibleText } from '../core/visible-text.ts';
import type { Cell, Table } from '../reports/document.ts';
import { quiet, Sheet } from '../reports/pdf-sheet.ts';
import { writeTable } from '../reports/pdf-table.ts';
import { sayInstant } from './audit-lines.ts';
import { paperFonts } from './report-fonts.ts';

const columns = [
  { title: 'No.', weight: 38 },
  { title: 'At (UTC)', weight: 104 },
  { title: 'By', weight: 90 },
  { title: 'Action', weight: 100 },
  { title: 'What', weight: 340 },
  { title: 'Hash begins with', weight: 86 },
] as const;

/** A row is never longer than a page; JSON and CSV have all of it. */
const longest = 1500;

function sayDetail([name, value]: readonly [string, unknown]): string {
  return `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`;
}

function cellsOf({ text, hash }: SealedEntry): readonly Cell[] {
  const { number, at, actor, action, message, details } = readAuditEntry(text);
  const shown = Object.entries(details).map(sayDetail).join('; ');
  const what = [message, shown].map(each => clipped(visibleText(each), longest)).filter(each => each !== '');
  const when = sayInstant(at).replace('T', ' ').replace('Z', '');
  const [who, did] = [actor, action].map(each => clipped(visibleText(each), 120));
  return [String(number), when, who!, did!, what.join('\n'), hash.slice(0, 16)].map(each => ({ text: each }));
}

/** What heads the document: whose log it is, and whether it fits. */
export interface AuditPdfHead {
  readonly entries: readonly SealedEntry[];
  /** The outcome of the check, in words. */
  readonly verdict: string;
  /** When it is made, ms. */
  readonly at: number;
}

/** A log as a PDF on A4: a row an entry, page numbers, and the hash of the last entry on each page. */
export async function auditToPdf({ entries, verdict, at }: AuditPdfHead): Promise<Uint8Array> {
  const title = 'Audit log of foreshock';
  const sheet = new Sheet(paperFonts(), { title, madeAt: at, layout: 'landscape' });
  const write = (tag: string, text: string, look: Parameters<Sheet['put']>[1]) => {
    sheet.tag(sheet.root, tag, () => sheet.put(text, look));
    sheet.y += sheet.height(text, look) + 3;
  };
  write('H1', title, { size: 16, bold: true });
  write('P', `Made ${sayInstant(at)}. ${verdict}`, { size: 9, colour: quiet });
  sheet.y += 8;
  const table: Table = { kind: 'table', caption: 'Entries', columns, rows: entries.map(cellsOf) };
  if (entries.length > 0) writeTable(sheet, table);
  else write('P', 'There is no entry.', { size: 9 });
  return sheet.bytes(`Hash of the last entry: ${entries.at(-1)?.hash ?? 'none, there is no entry'}`);
}
