import type { Cell, Table } from './document.ts';
import { type Element, ink, margin, quiet, type Sheet, type TextLook } from './pdf-sheet.ts';

const gap = 8;
const size = 8.2;
const padding = 3.5;

interface Place {
  readonly x: number;
  readonly width: number;
}

function placesOf({ columns }: Table, width: number): readonly Place[] {
  const total = columns.reduce((sum, { weight }) => sum + weight, 0);
  let x = margin;
  return columns.map(({ weight }, k) => {
    const whole = (weight / total) * width;
    const place = { x, width: whole - (k === columns.length - 1 ? 0 : gap) };
    x += whole;
    return place;
  });
}

/** A row of a table: how high it is, and how it is written. */
interface Row {
  readonly cells: readonly Cell[];
  readonly looks: readonly TextLook[];
  readonly height: number;
}

function rowOf(sheet: Sheet, cells: readonly Cell[], looks: readonly TextLook[]): Row {
  const heights = cells.map(({ text }, k) => sheet.height(text, looks[k]!));
  return { cells, looks, height: Math.max(...heights) + 2 * padding };
}

function writeRow(
  sheet: Sheet,
  { cells, looks, height }: Row,
  put: (body: () => void, k: number) => void,
): void {
  const top = sheet.y;
  for (const [k, { text, to }] of cells.entries()) {
    const look = looks[k]!;
    sheet.y = top + padding;
    put(() => {
      const high = sheet.put(text, look);
      if (to !== undefined) sheet.doc.goTo(look.x ?? margin, sheet.y, look.width ?? sheet.width, high, to);
    }, k);
  }
  sheet.y = top + height;
}

/** Writes a table, a row never over two pages; its header stands on each page. */
export function writeTable(sheet: Sheet, table: Table): void {
  const { doc } = sheet;
  const places = placesOf(table, sheet.width);
  const align = (k: number) => (table.columns[k]!.numeric === true ? ('right' as const) : ('left' as const));
  const headLooks = places.map((place, k) => ({
    size: 7.6,
    bold: true,
    colour: quiet,
    align: align(k),
    ...place,
  }));
  const head = rowOf(
    sheet,
    table.columns.map(({ title }) => ({ text: title })),
    headLooks,
  );
  const looksOf = (cells: readonly Cell[]): readonly TextLook[] =>
    places.map((place, k) => ({
      size,
      bold: k === 0 || cells[k]?.bold === true,
      colour: ink,
      align: align(k),
      ...place,
    }));
  const rows = table.rows.map(cells => rowOf(sheet, cells, looksOf(cells)));
  const captionLook = { size: 9.6, bold: true };
  const captionHeight = sheet.height(table.caption, captionLook) + 4;
  sheet.need(captionHeight + head.height + (rows[0]?.height ?? 0));
  const root = doc.struct('Table');
  sheet.root.add(root);
  sheet.tag(root, 'Caption', () => sheet.put(table.caption, captionLook));
  sheet.y += captionHeight;
  const tagged =
    (parent: Element, tag: (k: number) => 'TH' | 'TD', scope: string) => (body: () => void, k: number) => {
      const options = { lang: 'en-GB', scope };
      parent.add(doc.struct(tag(k), tag(k) === 'TH' ? options : {}, body));
    };
  const headRow = doc.struct('TR');
  root.add(headRow);
  writeRow(
    sheet,
    head,
    tagged(headRow, () => 'TH', 'Column'),
  );
  headRow.end();
  sheet.rule('#555d66', 0.8);
  for (const row of rows) {
    if (sheet.need(row.height)) {
      writeRow(sheet, head, body => sheet.artifact(body));
      sheet.rule('#555d66', 0.8);
    }
    const line = doc.struct('TR');
    root.add(line);
    writeRow(
      sheet,
      row,
      tagged(line, k => (k === 0 ? 'TH' : 'TD'), 'Row'),
    );
    line.end();
    sheet.rule();
  }
  root.end();
  sheet.y += 10;
}
