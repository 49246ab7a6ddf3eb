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

/** A table ready to be written: its rows with their heights. */
interface Layout {
  readonly head: Row;
  readonly rows: readonly Row[];
}

function layoutOf(sheet: Sheet, table: Table): Layout {
  const { columns } = table;
  const places = placesOf(table, sheet.width).map((place, k) => ({
    ...place,
    align: columns[k]!.numeric === true ? ('right' as const) : ('left' as const),
  }));
  const headLooks = places.map(place => ({ size: 7.6, bold: true, colour: quiet, ...place }));
  const looksOf = (cells: readonly Cell[]): readonly TextLook[] =>
    places.map((place, k) => ({ size, bold: k === 0 || cells[k]?.bold === true, colour: ink, ...place }));
  return {
    head: rowOf(
      sheet,
      columns.map(({ title }) => ({ text: title })),
      headLooks,
    ),
    rows: table.rows.map(cells => rowOf(sheet, cells, looksOf(cells))),
  };
}

/** Writes a row as an element of a table; `headers` says which of its cells name a row or a column. */
function tagRow(
  sheet: Sheet,
  { table, row }: { readonly table: Element; readonly row: Row },
  headers: { readonly scope: 'Row' | 'Column'; readonly is: (k: number) => boolean },
): void {
  const { doc } = sheet;
  const line = doc.struct('TR');
  table.add(line);
  const options = { lang: 'en-GB', scope: headers.scope };
  writeRow(sheet, row, (body, k) => {
    const isHeader = headers.is(k);
    line.add(doc.struct(isHeader ? 'TH' : 'TD', isHeader ? options : {}, body));
  });
  line.end();
}

const headRule = ['#555d66', 0.8] as const;

/** Writes a table, a row never over two pages; its header stands on each page. */
export function writeTable(sheet: Sheet, table: Table): void {
  const { head, rows } = layoutOf(sheet, table);
  const captionLook = { size: 9.6, bold: true };
  const captionHeight = sheet.height(table.caption, captionLook) + 4;
  sheet.need(captionHeight + head.height + (rows[0]?.height ?? 0));
  const root = sheet.doc.struct('Table');
  sheet.root.add(root);
  sheet.tag(root, 'Caption', () => sheet.put(table.caption, captionLook));
  sheet.y += captionHeight;
  tagRow(sheet, { table: root, row: head }, { scope: 'Column', is: () => true });
  sheet.rule(...headRule);
  for (const row of rows) {
    if (sheet.need(row.height)) {
      writeRow(sheet, head, body => sheet.artifact(body));
      sheet.rule(...headRule);
    }
    tagRow(sheet, { table: root, row }, { scope: 'Row', is: k => k === 0 });
    sheet.rule();
  }
  root.end();
  sheet.y += 10;
}
