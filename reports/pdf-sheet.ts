import PDFDocument from 'pdfkit';
import { printableText } from './printable-text.ts';

export type Pdf = InstanceType<typeof PDFDocument>;
export type Element = ReturnType<Pdf['struct']>;

/** TrueType or OpenType fonts as bytes; what is used of them is embedded. */
export interface PdfFonts {
  readonly regular: Uint8Array;
  readonly bold: Uint8Array;
}

/** How a text looks and where it stands; sizes in points. */
export interface TextLook {
  readonly size: number;
  readonly bold?: boolean;
  readonly colour?: string;
  readonly x?: number;
  readonly width?: number;
  readonly align?: 'left' | 'right';
}

export const margin = 42;
const footRoom = 26;
export const ink = '#1a1d21';
export const quiet = '#555d66';

/** What a document is called, in its properties; `madeAt` in ms stands for every time in it. */
export interface SheetHead {
  readonly title: string;
  readonly madeAt: number;
  readonly layout?: 'portrait' | 'landscape';
}

/**
 * A PDF on A4 that is written from the top down: tagged, with page numbers, the same bytes for the same input. Made once,
 * written to, and closed by `bytes`.
 */
export class Sheet {
  readonly doc: Pdf;
  readonly root: Element;
  readonly width: number;
  y = margin;
  readonly #pieces: Uint8Array[] = [];
  readonly #ended: Promise<void>;

  constructor(fonts: PdfFonts, { title, madeAt, layout = 'portrait' }: SheetHead) {
    const at = new Date(madeAt);
    this.doc = new PDFDocument({
      size: 'A4',
      layout,
      margins: { top: margin, left: margin, right: margin, bottom: 0 },
      bufferPages: true,
      tagged: true,
      pdfVersion: '1.7',
      lang: 'en-GB',
      displayTitle: true,
      info: { Title: title, Creator: 'foreshock', Producer: 'foreshock', CreationDate: at, ModDate: at },
    });
    this.doc.on('data', (piece: Uint8Array) => this.#pieces.push(piece));
    this.#ended = new Promise((resolve, reject) => {
      this.doc.on('end', resolve);
      this.doc.on('error', reject);
    });
    this.doc.registerFont('regular', Buffer.from(fonts.regular));
    this.doc.registerFont('bold', Buffer.from(fonts.bold));
    this.width = this.doc.page.width - 2 * margin;
    this.root = this.doc.struct('Document');
    this.doc.addStructure(this.root);
  }

  /** The lowest place that may be written to. */
  get bottom(): number {
    return this.doc.page.height - margin - footRoom;
  }

  /** The number of the page that is written to, from 1. */
  get page(): number {
    return this.doc.bufferedPageRange().count;
  }

  nextPage(): void {
    this.doc.addPage();
    this.y = margin;
  }

  /** Goes to the next page where less than `height` is left; true when it did. */
  need(height: number): boolean {
    if (this.y + height <= this.bottom || this.y === margin) return false;
    this.nextPage();
    return true;
  }

  #style({ size, bold }: TextLook): void {
    this.doc.font(bold === true ? 'bold' : 'regular').fontSize(size);
  }

  /** How high a text is in points. */
  height(text: string, look: TextLook): number {
    this.#style(look);
    return this.doc.heightOfString(printableText(text), { width: look.width ?? this.width, lineGap: 1 });
  }

  /** Writes a text at the current height, which stays; answers how high it is. */
  put(text: string, look: TextLook): number {
    const { x = margin, width = this.width, align = 'left', colour = ink } = look;
    const shown = printableText(text);
    this.#style(look);
    this.doc.fillColor(colour).text(shown, x, this.y, { width, align, lineGap: 1 });
    return this.doc.heightOfString(shown, { width, lineGap: 1 });
  }

  /** Writes `body` as an element of the document's structure. */
  tag(parent: Element, type: string, body: () => void): void {
    parent.add(this.doc.struct(type, {}, body));
  }

  /** Writes what is no content, as a line or a running head, below or beside what is. */
  artifact(body: () => void): void {
    this.doc.markContent('Artifact', { type: 'Layout' });
    body();
    this.doc.endMarkedContent();
  }

  /** A thin line over the width at the current height. */
  rule(colour = '#c9ced6', thickness = 0.5): void {
    this.artifact(() => {
      this.doc
        .moveTo(margin, this.y)
        .lineTo(margin + this.width, this.y)
        .lineWidth(thickness)
        .strokeColor(colour)
        .stroke();
    });
  }

  /** Writes `left` and the number of the page at the foot of each page. */
  #feet(left: string): void {
    const { start, count } = this.doc.bufferedPageRange();
    for (let k = 0; k < count; k++) {
      this.doc.switchToPage(start + k);
      this.y = this.doc.page.height - margin - 6;
      this.doc.markContent('Artifact', { type: 'Pagination' });
      this.put(left, { size: 7.5, colour: quiet, width: this.width - 80 });
      const place = { x: margin + this.width - 80, width: 80, align: 'right' as const };
      this.put(`Page ${k + 1} of ${count}`, { size: 7.5, colour: quiet, ...place });
      this.doc.endMarkedContent();
    }
  }

  /** Ends the document with `foot` on each of its pages. */
  async bytes(foot: string): Promise<Uint8Array> {
    this.#feet(foot);
    this.root.end();
    this.doc.end();
    await this.#ended;
    return Buffer.concat(this.#pieces);
  }
}
