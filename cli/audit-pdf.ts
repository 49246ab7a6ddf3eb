import PDFDocument from 'pdfkit';
import { readAuditEntry, type SealedEntry } from '../core/audit.ts';
import { sayInstant } from './audit-lines.ts';

type Document = InstanceType<typeof PDFDocument>;

const margin = 36;
const gap = 8;
const columns = [
  { title: 'No.', width: 36 },
  { title: 'At (UTC)', width: 108 },
  { title: 'By', width: 84 },
  { title: 'Action', width: 118 },
  { title: 'What', width: 338 },
  { title: 'Hash', width: 86 },
] as const;

/** The built-in fonts of PDF know Windows-1252 only; JSON and CSV have every character. */
function printable(text: string): string {
  return text.replace(/[^\n\x20-\x7e\xa0-\xff\u2013\u2014\u2018\u2019\u201c\u201d\u2026\u20ac]/gu, '?');
}

function cellsOf({ text, hash }: SealedEntry): readonly string[] {
  const { number, at, actor, action, message, details } = readAuditEntry(text);
  const shown = Object.keys(details).length === 0 ? '' : `\n${JSON.stringify(details)}`;
  const what = printable(`${message}${shown}`);
  // A row is never longer than a page.
  const kept = what.length > 2000 ? `${what.slice(0, 2000)} ...` : what;
  const when = sayInstant(at).replace('T', ' ').replace('Z', '');
  return [String(number), when, printable(actor), printable(action), kept, hash.slice(0, 16)];
}

function drawRow(doc: Document, cells: readonly string[], font: string): void {
  doc.font(font).fontSize(8);
  const heights = cells.map((cell, k) => doc.heightOfString(cell, { width: columns[k]!.width - gap }));
  const height = Math.max(...heights) + 6;
  if (doc.y + height > doc.page.height - 2 * margin) {
    doc.addPage();
    drawHead(doc);
    doc.font(font).fontSize(8);
  }
  const top = doc.y;
  let x = margin;
  for (const [k, cell] of cells.entries()) {
    const { width } = columns[k]!;
    doc.text(cell, x, top + 3, { width: width - gap });
    x += width;
  }
  doc
    .moveTo(margin, top + height)
    .lineTo(x, top + height)
    .lineWidth(0.4)
    .stroke('#999999');
  doc.x = margin;
  doc.y = top + height;
}

function drawHead(doc: Document): void {
  doc.y = margin;
  drawRow(
    doc,
    columns.map(({ title }) => title),
    'Helvetica-Bold',
  );
}

function drawFeet(doc: Document, last: string): void {
  const { start, count } = doc.bufferedPageRange();
  for (let k = 0; k < count; k++) {
    doc.switchToPage(start + k);
    // Text below the margin would make a new page.
    doc.page.margins.bottom = 0;
    const y = doc.page.height - margin;
    doc.font('Helvetica').fontSize(7);
    doc.text(`Hash of the last entry: ${last}`, margin, y, { lineBreak: false });
    doc.text(`Page ${k + 1} of ${count}`, doc.page.width - margin - 80, y, { width: 80, align: 'right' });
  }
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
  const doc = new PDFDocument({
    size: 'A4',
    layout: 'landscape',
    margin,
    bufferPages: true,
    lang: 'en',
    displayTitle: true,
    info: { Title: 'Audit log of foreshock', CreationDate: new Date(at), ModDate: new Date(at) },
  });
  const pieces: Uint8Array[] = [];
  doc.on('data', (piece: Uint8Array) => pieces.push(piece));
  const ended = new Promise<void>((resolve, reject) => {
    doc.on('end', resolve);
    doc.on('error', reject);
  });
  doc.font('Helvetica-Bold').fontSize(14).text('Audit log of foreshock');
  doc
    .font('Helvetica')
    .fontSize(9)
    .text(`Made ${sayInstant(at)}. ${printable(verdict)}`);
  doc.moveDown();
  drawRow(
    doc,
    columns.map(({ title }) => title),
    'Helvetica-Bold',
  );
  for (const sealed of entries) drawRow(doc, cellsOf(sealed), 'Helvetica');
  drawFeet(doc, entries.at(-1)?.hash ?? 'none, there is no entry');
  doc.end();
  await ended;
  return Buffer.concat(pieces);
}
