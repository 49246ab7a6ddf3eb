import { type Block, type Group, type Heading, type ReportDocument, sectionsOf } from './document.ts';
import { drawPicture } from './pdf-picture.ts';
import { type Element, margin, type PdfFonts, quiet, Sheet, type TextLook } from './pdf-sheet.ts';
import { writeTable } from './pdf-table.ts';

/** Size of a picture that fills the width of the page. */
export const paperFigure = { width: 511, height: 126, fontSize: 7.6 } as const;

const looks: Readonly<Record<'lead' | 'strong' | 'plain' | 'note' | 'h1' | 'h2' | 'h3' | 'fact', TextLook>> =
  {
    h1: { size: 20, bold: true },
    h2: { size: 14, bold: true },
    h3: { size: 10, bold: true },
    lead: { size: 11.5, bold: true },
    strong: { size: 9, bold: true },
    plain: { size: 9.2 },
    note: { size: 8.4, colour: quiet },
    fact: { size: 8 },
  };
const factLabel = 74;
const factLook: TextLook = { ...looks.fact, x: margin + factLabel };
const gaps = { h2: 6, h3: 2, paragraph: 4, figure: 3, fact: 0.5, group: 12 } as const;

/** What is known only at the end: where sections began, and where the list of them is to stand. */
interface Numbering {
  readonly pages: Map<string, number>;
  contents?: { readonly page: number; readonly y: number; readonly element: Element };
}

const factWidth = (sheet: Sheet): TextLook => ({ ...factLook, width: sheet.width - factLabel });

function heightOf(sheet: Sheet, block: Block): number {
  switch (block.kind) {
    case 'heading':
      return sheet.height(block.text, looks[`h${block.level}`]) + gaps[`h${block.level}`];
    case 'paragraph':
      return sheet.height(block.text, looks[block.tone]) + gaps.paragraph;
    case 'figure':
      return block.picture.height + gaps.figure;
    case 'facts':
      return block.facts.reduce<number>(
        (sum, [, value]) => sum + sheet.height(value, factWidth(sheet)) + gaps.fact,
        0,
      );
    case 'group':
      return block.blocks.reduce<number>((sum, each) => sum + heightOf(sheet, each), gaps.group);
    case 'table':
    case 'contents':
      return 0;
  }
}

/** Room below the heading of a section, so that it never stands alone at a page's end. */
const roomBelow = 90;

function writeHeading(sheet: Sheet, { level, id, text }: Heading, numbering: Numbering): void {
  const { doc } = sheet;
  if (level === 2) {
    sheet.y += sheet.y === margin ? 0 : 12;
    sheet.need(heightOf(sheet, { kind: 'heading', level, id, text }) + roomBelow);
    numbering.pages.set(id, sheet.page);
  }
  doc.addNamedDestination(id, 'XYZ', 0, sheet.y - 4, null);
  const place = { expanded: false, top: sheet.y - 4, left: doc.page.width };
  const { outline } = doc;
  const under = level === 2 ? outline : (outline.children.at(-1) ?? outline);
  under.addItem(text, place);
  const look = looks[`h${level}`];
  sheet.tag(sheet.root, level === 2 ? 'H2' : 'H3', () => sheet.put(text, look));
  sheet.y += sheet.height(text, look) + gaps[`h${level}`];
}

function writeFacts(sheet: Sheet, facts: readonly (readonly [string, string])[]): void {
  const { doc } = sheet;
  const list = doc.struct('L');
  sheet.root.add(list);
  for (const [name, value] of facts) {
    const look = factWidth(sheet);
    const height = sheet.height(value, look);
    sheet.need(height);
    const item = doc.struct('LI');
    list.add(item);
    sheet.tag(item, 'Lbl', () => sheet.put(name, { ...looks.fact, colour: quiet, width: factLabel }));
    sheet.tag(item, 'LBody', () => sheet.put(value, look));
    item.end();
    sheet.y += height + gaps.fact;
  }
  list.end();
}

function writeGroup(sheet: Sheet, group: Group, numbering: Numbering): void {
  sheet.need(heightOf(sheet, group) - gaps.group);
  for (const block of group.blocks) writeBlock(sheet, block, numbering);
  sheet.y += gaps.group;
}

/** Leaves room for the list of `count` sections, whose pages are not known yet. */
function leaveContents(sheet: Sheet, count: number, numbering: Numbering): void {
  const height = 18 + 13 * count;
  sheet.need(height);
  const element = sheet.doc.struct('TOC');
  sheet.root.add(element);
  numbering.contents = { page: sheet.page - 1, y: sheet.y, element };
  sheet.y += height;
}

function writeBlock(sheet: Sheet, block: Block, numbering: Numbering): void {
  const { doc } = sheet;
  if (block.kind === 'heading') writeHeading(sheet, block, numbering);
  if (block.kind === 'table') writeTable(sheet, block);
  if (block.kind === 'facts') writeFacts(sheet, block.facts);
  if (block.kind === 'group') writeGroup(sheet, block, numbering);
  if (block.kind === 'paragraph') {
    const look = looks[block.tone];
    const height = sheet.height(block.text, look);
    sheet.need(height);
    sheet.tag(sheet.root, 'P', () => sheet.put(block.text, look));
    sheet.y += height + gaps.paragraph;
  }
  if (block.kind === 'figure') {
    const { picture } = block;
    sheet.need(picture.height);
    const { y } = sheet;
    const bbox = [margin, y, margin + picture.width, y + picture.height];
    const options = { alt: `${picture.title}. ${picture.about}`, bbox };
    sheet.root.add(doc.struct('Figure', options, () => drawPicture(doc, picture, { x: margin, y })));
    sheet.y = y + picture.height + gaps.figure;
  }
}

function writeContents(sheet: Sheet, document: ReportDocument, { pages, contents }: Numbering): void {
  if (contents === undefined) return;
  const { doc } = sheet;
  const { element } = contents;
  doc.switchToPage(contents.page);
  sheet.y = contents.y;
  sheet.tag(element, 'Caption', () => sheet.put('In this report', { size: 9.6, bold: true }));
  sheet.y += 16;
  for (const { id, text } of sectionsOf(document)) {
    const item = doc.struct('TOCI');
    element.add(item);
    const number = { ...looks.plain, colour: quiet, x: margin, width: 22, align: 'right' as const };
    sheet.tag(item, 'Lbl', () => sheet.put(String(pages.get(id)), number));
    sheet.tag(item, 'P', () => sheet.put(text, { ...looks.plain, x: margin + 30, width: 300 }));
    item.end();
    doc.goTo(margin, sheet.y, 330, 12, id);
    sheet.y += 13;
  }
  element.end();
}

/**
 * A document as a PDF on A4: tagged, with bookmarks, links and page numbers, its fonts embedded; the same document gives the same
 * bytes.
 */
export async function documentPdf(document: ReportDocument, fonts: PdfFonts): Promise<Uint8Array> {
  const { title, subtitle, madeAt, blocks } = document;
  const sheet = new Sheet(fonts, { title, madeAt });
  const { root } = sheet;
  sheet.tag(root, 'H1', () => sheet.put(title, looks.h1));
  sheet.y += sheet.height(title, looks.h1) + 2;
  sheet.tag(root, 'P', () => sheet.put(subtitle, looks.note));
  sheet.y += sheet.height(subtitle, looks.note) + 10;
  const numbering: Numbering = { pages: new Map() };
  for (const block of blocks) {
    if (block.kind === 'contents') leaveContents(sheet, sectionsOf(document).length, numbering);
    else if (block.kind === 'heading' && block.id === sectionsOf(document)[0]?.id && sheet.y > margin)
      sheet.nextPage();
    writeBlock(sheet, block, numbering);
  }
  writeContents(sheet, document, numbering);
  return sheet.bytes(`${title} of foreshock. ${subtitle.split(' (')[0]}`);
}
