import { type Box, colours, escapeText, px, svg } from './frame.ts';

/** A table as a picture; every row has a cell a column. */
export interface TablePicture {
  readonly title: string;
  readonly width: number;
  readonly height: number;
  readonly columns: readonly { readonly title: string; readonly right: boolean }[];
  readonly rows: readonly (readonly string[])[];
  /** What is said where there are no rows. */
  readonly none: string;
}

const rowHeight = 20;
const letter = 6.5;
const gap = 16;

/** As much of the table as fits, as an SVG text; what does not is counted. */
export function tablePicture(table: TablePicture): string {
  const { title, width, height, columns, rows, none } = table;
  const box: Box = { width, height, left: 12, right: 12, top: 26, bottom: 8 };
  if (rows.length === 0) {
    const said = `<text x="${px(width / 2)}" y="${px(height / 2)}" text-anchor="middle" opacity="0.7">${escapeText(none)}</text>`;
    return svg(box, { title, about: none }, said);
  }
  const fits = Math.max(1, Math.floor((height - box.top - box.bottom - rowHeight) / rowHeight));
  const shown = rows.length > fits ? rows.slice(0, fits - 1) : rows;
  const widths = widthsOf(table, width - box.left - box.right);
  const lefts = widths.map((_, k) => box.left + widths.slice(0, k).reduce((sum, w) => sum + w, 0));
  const line = (cells: readonly string[], y: number, look: string) =>
    cells
      .map((cell, k) => {
        const right = columns[k]?.right ?? false;
        const x = lefts[k]! + (right ? widths[k]! - gap : 0);
        return `<text x="${px(x)}" y="${y}"${right ? ' text-anchor="end"' : ''}${look}>${cellText(cell, widths[k]! - gap)}</text>`;
      })
      .join('');
  const rule = (y: number) =>
    `<line x1="${box.left}" x2="${width - box.right}" y1="${y}" y2="${y}" stroke="${colours.grid}" stroke-width="0.5"/>`;
  const top = box.top + 14;
  const head = line(
    columns.map(column => column.title),
    top,
    ' font-weight="600" opacity="0.75"',
  );
  const body = shown.map(
    (row, k) => line(row, top + rowHeight * (k + 1), '') + rule(top + rowHeight * (k + 1) - 14),
  );
  const left = rows.length - shown.length;
  const more =
    left === 0
      ? ''
      : `<text x="${box.left}" y="${top + rowHeight * (shown.length + 1)}" opacity="0.7">and ${left} more</text>`;
  const about = `${columns.map(column => column.title).join(', ')}: ${rows.length} rows`;
  return svg(box, { title, about }, head + body.join('') + more);
}

/** The whole cell is told when the pointer rests on it. */
function cellText(text: string, width: number): string {
  const fits = Math.max(2, Math.floor(width / letter));
  const flat = text.replace(/\s+/g, ' ');
  if ([...flat].length <= fits) return escapeText(flat);
  return `${escapeText([...flat].slice(0, fits - 1).join(''))}…<title>${escapeText(flat)}</title>`;
}

/** As wide as the longest cell where all fits, and a share of what is left; else the widest give way. */
function widthsOf({ columns, rows }: TablePicture, room: number): number[] {
  const wanted = columns.map(({ title }, k) => {
    const cells = rows.slice(0, 200).map(row => [...(row[k] ?? '')].length);
    return letter * Math.max(1.1 * [...title].length, ...cells) + gap;
  });
  const even = room / columns.length;
  const all = wanted.reduce((sum, width) => sum + width, 0);
  if (all <= room) return wanted.map(width => width + (room - all) / columns.length);
  const narrow = wanted.map(width => Math.min(width, even));
  const spare = room - narrow.reduce((sum, width) => sum + width, 0);
  const lacking = wanted.map((width, k) => width - narrow[k]!);
  const lack = lacking.reduce((sum, width) => sum + width, 0);
  return narrow.map((width, k) => width + (spare * lacking[k]!) / lack);
}
