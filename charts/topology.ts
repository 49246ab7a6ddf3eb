import { type Box, colours, escapeText, px, svg } from './frame.ts';
import { type Arrow, topologyLayers } from './topology-layers.ts';

/** A thing in the picture: `suspect` is its rank, 1 = the first one; `affected` = it has alerts. */
export interface TopologyThing {
  readonly id: string;
  readonly suspect?: number;
  readonly affected: boolean;
}

/** What a picture of a topology shows; `width` in pixels, the height follows from the layers. */
export interface TopologyPicture {
  readonly title: string;
  readonly width: number;
  readonly nodes: readonly TopologyThing[];
  readonly edges: readonly Arrow[];
}

const boxHeight = 28;
const rowHeight = 66;
const widest = 150;
const gap = 16;
const top = 34;
/** Mean width of a bold character of 12 px. */
const letter = 7;

/** Where a node stands: its middle and the row, from 0. */
interface Spot {
  readonly x: number;
  readonly row: number;
}

interface Layout {
  readonly rows: readonly (readonly string[])[];
  readonly spots: ReadonlyMap<string, Spot>;
  readonly boxWidth: number;
  readonly width: number;
}

/** A layer that is too wide goes on in the next row, evenly. */
function rowsOf(layer: readonly string[], most: number): string[][] {
  const rows = Math.ceil(layer.length / most);
  const each = Math.ceil(layer.length / rows);
  return Array.from({ length: rows }, (_, i) => layer.slice(i * each, (i + 1) * each));
}

const leftOf = (n: number, { width, boxWidth }: Pick<Layout, 'width' | 'boxWidth'>): number =>
  (width - n * (boxWidth + gap) + gap) / 2;

function layout({ nodes, edges, width }: TopologyPicture): Layout {
  const fit = Math.max(2, Math.floor((width - gap) / (widest + gap)));
  const boxWidth = Math.min(widest, (width - gap * (fit + 1)) / fit);
  const layers = topologyLayers(
    nodes.map(({ id }) => id),
    edges,
  );
  const rows = layers.flatMap(layer => rowsOf(layer, fit));
  const spots = new Map<string, Spot>();
  for (const [row, ids] of rows.entries())
    for (const [i, id] of ids.entries()) {
      const x = leftOf(ids.length, { width, boxWidth }) + i * (boxWidth + gap) + boxWidth / 2;
      spots.set(id, { x, row });
    }
  return { rows, spots, boxWidth, width };
}

const topOf = (row: number): number => top + row * rowHeight;

/** The way between boxes of a row that is nearest to `x`. */
function passage(row: number, x: number, plan: Layout): number {
  const n = plan.rows[row]!.length;
  const pitch = plan.boxWidth + gap;
  const first = leftOf(n, plan) - gap / 2;
  return first + Math.min(n, Math.max(0, Math.round((x - first) / pitch))) * pitch;
}

/** An arrow from the bottom of the caller to the top of the callee, or back up, past the boxes of the rows between. */
function arrowPath(from: Spot, to: Spot, plan: Layout): string {
  const down = to.row > from.row;
  const step = down ? 1 : -1;
  const near = (row: number) => topOf(row) + (down ? 0 : boxHeight);
  const far = (row: number) => topOf(row) + (down ? boxHeight : 0);
  let x = from.x;
  let y = far(from.row);
  let path = `M${px(x)},${px(y)}`;
  const curve = (toX: number, toY: number): void => {
    const middle = (y + toY) / 2;
    path += `C${px(x)},${px(middle)} ${px(toX)},${px(middle)} ${px(toX)},${px(toY)}`;
    x = toX;
  };
  for (let row = from.row + step; row !== to.row; row += step) {
    const share = (row - from.row) / (to.row - from.row);
    curve(passage(row, from.x + (to.x - from.x) * share, plan), near(row));
    y = far(row);
    path += `V${px(y)}`;
  }
  const tip = near(to.row);
  curve(to.x, tip - 6 * step);
  const head = `M${px(x - 4)},${px(tip - 7 * step)}L${px(x)},${px(tip)}L${px(x + 4)},${px(tip - 7 * step)}Z`;
  const style = `stroke="${colours.line}"`;
  return `<path d="${path}" fill="none" ${style} stroke-width="1.2"/><path d="${head}" fill="${colours.line}"/>`;
}

/** Names of one system often begin alike and end unlike, so that the middle is what can be missed. */
function shorten(text: string, width: number): string {
  const letters = [...text];
  const fits = Math.floor((width - 16) / letter);
  if (letters.length <= fits) return text;
  const head = Math.ceil((fits - 1) / 2);
  return `${letters.slice(0, head).join('')}…${letters.slice(letters.length - (fits - 1 - head)).join('')}`;
}

function boxOf(thing: TopologyThing, { x, row }: Spot, boxWidth: number): string {
  const { id, suspect, affected } = thing;
  const first = suspect === 1;
  const edge = first ? colours.mark : suspect === undefined ? colours.line : colours.text;
  const thick = first ? 3 : suspect === undefined ? 1 : 2;
  const fill = affected ? colours.hit : colours.paper;
  const name = shorten(suspect === undefined ? id : `${suspect}. ${id}`, boxWidth);
  const ink = first ? `fill="${colours.mark}" font-weight="650"` : '';
  const y = topOf(row);
  const rect = `<rect x="${px(x - boxWidth / 2)}" y="${y}" width="${px(boxWidth)}" height="${boxHeight}" rx="6" fill="${fill}" stroke="${edge}" stroke-width="${thick}"/>`;
  return `<g><title>${escapeText(id)}</title>${rect}<text x="${px(x)}" y="${y + 18}" text-anchor="middle" font-size="12" ${ink}>${escapeText(name)}</text></g>`;
}

/** What is seen of one thing, in words. */
export function thingWords({ suspect, affected }: TopologyThing): string {
  const rank = suspect === undefined ? '' : suspect === 1 ? 'first suspect' : `suspect ${suspect}`;
  return [rank, affected ? 'has alerts' : ''].filter(word => word !== '').join(', ') || 'no alerts';
}

function describe({ nodes, edges }: TopologyPicture): string {
  const things = nodes.map(thing => `${thing.id}: ${thingWords(thing)}`);
  const ways = edges.map(({ from, to }) => `${from} depends on ${to}`);
  return `${[...things, ...ways].join('. ')}.`;
}

/**
 * What depends on what as an SVG text: callers above what they call, things above what they stand on, things with alerts filled, suspects outlined and numbered,
 * the first one in the colour of marks. Throws a RangeError for a width that is no number or below 200.
 */
export function topologyPicture(picture: TopologyPicture): string {
  const { width, nodes, edges, title } = picture;
  if (!(width >= 200 && Number.isFinite(width)))
    throw new RangeError(`a picture of a topology needs a width of at least 200, got ${width}`);
  const plan = layout(picture);
  const arrows = edges.flatMap(({ from, to }) => {
    const [a, b] = [plan.spots.get(from), plan.spots.get(to)];
    return a === undefined || b === undefined || a === b ? [] : arrowPath(a, b, plan);
  });
  const boxes = nodes.map(thing => boxOf(thing, plan.spots.get(thing.id)!, plan.boxWidth));
  const height = topOf(Math.max(1, plan.rows.length) - 1) + boxHeight + 8;
  const box: Box = { width, height, left: 8, right: 8, top, bottom: 8 };
  return svg(box, { title, about: describe(picture) }, `${arrows.join('')}${boxes.join('')}`);
}
