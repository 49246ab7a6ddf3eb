import { html, type Markup } from './html.ts';

/** Widths of drawings in pixels, by the class under which the style shows one of them. */
const widths = { broad: 880, middle: 500, narrow: 290 } as const;

/** The text of a drawing does not scale down, so each kind of screen gets its own. */
export function inWidths(draw: (width: number) => Markup): Markup[] {
  return Object.entries(widths).map(([name, width]) => html`<div class="${name}">${draw(width)}</div>`);
}
