import { scaleUtc } from 'd3-scale';
import { utcFormat } from 'd3-time-format';

/** Text made safe for SVG, both as content and inside quoted attributes; characters XML forbids are replaced. */
export function escapeText(text: string): string {
  return [...text]
    .map(char => (forbidden(char.codePointAt(0)!) ? '\ufffd' : (entities[char] ?? char)))
    .join('');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** XML 1.0, production 2; half of a surrogate pair is no character either. */
function forbidden(code: number): boolean {
  return (
    (code < 0x20 && code !== 9 && code !== 10 && code !== 13) ||
    (code >= 0xd800 && code <= 0xdfff) ||
    code === 0xfffe ||
    code === 0xffff
  );
}

/** Colours by their use: a custom property of the page, with a fallback that reads on white and on black. */
export const colours = {
  text: 'var(--chart-text, currentColor)',
  grid: 'var(--chart-grid, #8886)',
  band: 'var(--chart-band, #8883)',
  mark: 'var(--chart-mark, #c2410c)',
  line: 'var(--chart-line, #888)',
  hit: 'var(--chart-hit, #c2410c33)',
  paper: 'var(--chart-paper, Canvas)',
} as const;

/** Lines differ by dash as well as by colour, so that they can be told apart in black and white. */
export const strokes = [
  { colour: 'var(--chart-1, #2f74c0)', dash: '' },
  { colour: 'var(--chart-2, #d97706)', dash: '6 3' },
  { colour: 'var(--chart-3, #16875a)', dash: '2 3' },
  { colour: 'var(--chart-4, #a855a0)', dash: '8 3 2 3' },
  { colour: 'var(--chart-5, #c24141)', dash: '12 4' },
  { colour: 'var(--chart-6, #64748b)', dash: '1 4' },
] as const;

/** For text that stands on lines: a rim in the colour of the paper keeps it legible. */
export const rim = `paint-order="stroke" stroke="${colours.paper}" stroke-width="3" stroke-linejoin="round"`;

/** A coordinate with at most one digit behind the point. */
export function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** Size of a picture in its own units and the margins around what is plotted. */
export interface Box {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Left and right of what is plotted: pictures of one width that keep to it share one axis of time. */
export const sides = { left: 64, right: 12 } as const;

/** What a picture says in words. `heading` stands above what is plotted: the title unless given. `group` = links in it can be reached. */
export interface SvgText {
  readonly title: string;
  readonly about: string;
  readonly heading?: string;
  readonly role?: 'img' | 'group';
}

/** Wraps a body into an SVG with a fixed view box, a title and a description that a screen reader reads. */
export function svg(box: Box, text: SvgText, body: string): string {
  const { width, height } = box;
  const { title, about, heading: said = title, role = 'img' } = text;
  const heading = `<title>${escapeText(title)}</title><desc>${escapeText(about)}</desc>`;
  const fits = Math.floor((width - box.left - box.right) / 6.6);
  const short = said.length > fits ? `${[...said].slice(0, fits - 1).join('')}…` : said;
  const label =
    short === '' ? '' : `<text x="${box.left}" y="14" font-weight="600">${escapeText(short)}</text>`;
  const size = `viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`;
  const style = `style="max-width:100%;height:auto" font-family="system-ui,sans-serif" font-size="11" fill="${colours.text}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" role="${role}" aria-label="${escapeText(title)}" ${size} ${style}>${heading}${label}${body}</svg>`;
}

/** The axis of time (UTC) with its grid; tick labels follow the length of the range. */
export function timeAxis(box: Box, start: number, end: number): { body: string; x: (t: number) => number } {
  const until = end > start ? end : start + 1;
  const scale = scaleUtc()
    .domain([start, until])
    .range([box.left, box.width - box.right]);
  const span = until - start;
  const format = utcFormat(span < 300_000 ? '%H:%M:%S' : span < 86_400_000 * 1.5 ? '%H:%M' : '%b %d');
  const bottom = box.height - box.bottom;
  const ticks = scale.ticks(Math.max(3, Math.floor((box.width - box.left - box.right) / 90)));
  const body = ticks
    .map(tick => {
      const at = px(scale(tick));
      const line = `<line x1="${at}" x2="${at}" y1="${box.top}" y2="${bottom}" stroke="${colours.grid}" stroke-width="0.5"/>`;
      const said = format(tick);
      // The last one would reach over the edge.
      const half = Math.min(said.length * 3.4, box.width - scale(tick));
      const middle = px(scale(tick) - said.length * 3.4 + half);
      return `${line}<text x="${middle}" y="${bottom + 14}" text-anchor="middle">${said}</text>`;
    })
    .join('');
  return { body, x: t => scale(t) };
}

/** A moment that is marked through all that is plotted; `begun` = a solid line, else it is dashed. */
export interface Rule {
  readonly t: number;
  readonly label: string;
  readonly begun: boolean;
}

/** Upright lines from top to bottom of what is plotted; those outside of the range are left out. */
export function ruleLines(rules: readonly Rule[], box: Box, x: (t: number) => number): string {
  return rules
    .map(({ t, label, begun }) => ({ at: x(t), label, dash: begun ? '' : ' stroke-dasharray="1 3"' }))
    .filter(({ at }) => at >= box.left - 0.5 && at <= box.width - box.right + 0.5)
    .map(
      ({ at, label, dash }) =>
        `<g><title>${escapeText(label)}</title><line class="rule" x1="${px(at)}" x2="${px(at)}" y1="${box.top}" y2="${box.height - box.bottom}" stroke="${colours.text}" stroke-width="1.2"${dash}/></g>`,
    )
    .join('');
}

const day = utcFormat('%Y-%m-%d %H:%M:%S UTC');

/** A time in words, in UTC. */
export function timeText(t: number): string {
  return Number.isFinite(t) ? day(new Date(t)) : 'unknown';
}

/** Throws a RangeError that names what is wrong with the size or range of a chart. */
export function checkRange(range: { width: number; height: number; start: number; end: number }): void {
  for (const [name, value] of Object.entries(range))
    if (!Number.isFinite(value))
      throw new RangeError(`${name} of a chart must be a finite number, got ${value}`);
  if (range.width < 120 || range.height < 60)
    throw new RangeError(`a chart needs at least 120 x 60, got ${range.width} x ${range.height}`);
}
