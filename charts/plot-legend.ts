import { type Box, escapeText, px } from './frame.ts';

/** What a legend tells of a line or an area. */
interface Entry {
  readonly label: string;
  readonly value?: string;
  readonly colour: string;
  readonly dash?: string;
  readonly width?: number;
}

interface Placed extends Entry {
  readonly x: number;
  readonly text: string;
}

const letter = 6;
const most = 60;
const mostRows = 3;

const cut = (text: string) => ([...text].length > most ? `${[...text].slice(0, most - 1).join('')}…` : text);

/** The entries in rows that fit into `width`; what is left over is counted in the last one. */
export function legendRows(
  { lines, bands }: { readonly lines: readonly Entry[]; readonly bands: readonly Entry[] },
  width: number,
): readonly (readonly Placed[])[] {
  const rows: Placed[][] = [[]];
  const entries = [...lines, ...bands.map(band => ({ ...band, width: 8 }))];
  let x = 0;
  for (const [k, entry] of entries.entries()) {
    const { label, value = '' } = entry;
    const text = cut(label.replace(/\s+/g, ' '));
    const taken = 22 + letter * [...text].length + 7 * value.length + 22;
    // The last row keeps room for how many are left.
    const room = rows.length === mostRows && k < entries.length - 1 ? width - 80 : width;
    if (x > 0 && x + taken > room) {
      if (rows.length === mostRows) {
        const left = entries.length - k;
        rows.at(-1)!.push({ label: '', colour: 'none', x, text: `and ${left} more` });
        break;
      }
      rows.push([]);
      x = 0;
    }
    rows.at(-1)!.push({ ...entry, x, text });
    x += taken;
  }
  return rows.filter(row => row.length > 0);
}

/** The rows below what is plotted. */
export function legendOf(rows: readonly (readonly Placed[])[], box: Box): string {
  return rows
    .map((row, k) => {
      const y = box.height - 16 * (rows.length - k) + 9;
      return row.map(entry => entryOf(entry, 12, y)).join('');
    })
    .join('');
}

function entryOf(
  { x, text, value = '', colour, dash = '', width = 2 }: Placed,
  left: number,
  y: number,
): string {
  const from = left + x;
  const faint = width > 4 ? ' stroke-opacity="0.35"' : '';
  const dashes = dash === '' ? '' : ` stroke-dasharray="${dash}"`;
  const sample =
    colour === 'none'
      ? ''
      : `<line x1="${px(from)}" x2="${px(from + 16)}" y1="${y - 4}" y2="${y - 4}" stroke="${colour}" stroke-width="${width}"${faint}${dashes}/>`;
  const said = value === '' ? '' : `<tspan dx="6" font-weight="600">${escapeText(value)}</tspan>`;
  return `${sample}<text x="${px(from + 21)}" y="${y}">${escapeText(text)}${said}</text>`;
}
