import { type Box, escapeText, px, svg } from './frame.ts';

/** One number, large. */
export interface Figure {
  readonly title: string;
  readonly width: number;
  readonly height: number;
  readonly said: string;
  /** A colour of CSS. */
  readonly colour: string;
}

/** The number as an SVG text, as large as fits. */
export function figurePicture({ title, width, height, said, colour }: Figure): string {
  const box: Box = { width, height, left: 12, right: 12, top: 26, bottom: 8 };
  const size = Math.min(56, (height - 44) * 0.7, (width - 24) / Math.max(1, [...said].length * 0.58));
  const middle = box.top + (height - box.top - box.bottom) / 2;
  const text = `<text x="${px(width / 2)}" y="${px(middle)}" dy="0.35em" text-anchor="middle" font-size="${px(size)}" font-weight="600" fill="${colour}">${escapeText(said)}</text>`;
  return svg(box, { title, about: `${title}: ${said}` }, text);
}
