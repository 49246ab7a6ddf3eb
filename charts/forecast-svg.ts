import type { Mark, Paint, Picture } from './forecast-picture.ts';
import { escapeText, px } from './frame.ts';

/** Each is a custom property of the page, with a fallback that reads on white and on black. */
const paints: Readonly<Record<Paint, string>> = {
  text: 'var(--chart-text, currentColor)',
  quiet: 'var(--chart-quiet, #6b7280)',
  grid: 'var(--chart-grid, #8886)',
  measured: 'var(--chart-measured, #2f74c0)',
  forecast: 'var(--chart-forecast, #6d28d9)',
  inner: 'var(--chart-inner, #8b5cf659)',
  outer: 'var(--chart-outer, #8b5cf626)',
  limit: 'var(--chart-limit, #b42318)',
  full: 'var(--chart-full, #b42318)',
  paper: 'var(--chart-paper, Canvas)',
};

function markOf(mark: Mark): string {
  if (mark.kind === 'text') {
    const weight = mark.bold ? ' font-weight="600"' : '';
    const place = `x="${px(mark.x)}" y="${px(mark.y)}" text-anchor="${mark.anchor}"`;
    return `<text ${place} fill="${paints[mark.paint]}"${weight}>${escapeText(mark.text)}</text>`;
  }
  const stroke =
    mark.stroke === undefined
      ? ''
      : ` stroke="${paints[mark.stroke]}" stroke-width="${mark.width}" stroke-linejoin="round"`;
  const dash = mark.dash.length === 0 ? '' : ` stroke-dasharray="${mark.dash.join(' ')}"`;
  return `<path d="${mark.d}" fill="${mark.fill === undefined ? 'none' : paints[mark.fill]}"${stroke}${dash}/>`;
}

/** A picture as an SVG text without style attributes, so that a strict Content-Security-Policy lets it be. */
export function pictureSvg(picture: Picture): string {
  const { width, height, fontSize, title, about, marks } = picture;
  const size = `viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`;
  const font = `font-family="system-ui,sans-serif" font-size="${fontSize}"`;
  const heading = `<title>${escapeText(title)}</title><desc>${escapeText(about)}</desc>`;
  const name = escapeText(`${title}. ${about}`);
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${name}" ${size} ${font}>${heading}${marks.map(markOf).join('')}</svg>`;
}
