import { type Panel, RowBuilder, type RowPanel } from '@grafana/grafana-foundation-sdk/dashboard';
import { plainText } from './text.ts';

/** Grafana's grid is so many columns wide. */
export const gridWidth = 24;

/** Where a panel stands, and by which number it is known on its dashboard. */
export interface Slot {
  readonly id: number;
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** A panel that has no place yet. */
export interface Placeable {
  readonly w: number;
  readonly h: number;
  readonly make: (slot: Slot) => Panel;
}

/** Panels under a heading; none where they stand at the top of a dashboard. */
export interface BoardRow {
  readonly title?: string;
  readonly panels: readonly Placeable[];
}

/** The place of a slot as a panel keeps it. */
export function placeOf({ x, y, w, h }: Slot): { x: number; y: number; w: number; h: number } {
  return { x, y, w, h };
}

/** Gives each panel its id and its place, from left to right and from top to bottom. Rows without panels are left out. */
export function arrange(rows: readonly BoardRow[]): (Panel | RowPanel)[] {
  const out: (Panel | RowPanel)[] = [];
  let y = 0;
  for (const { title, panels } of rows) {
    if (panels.length === 0) continue;
    if (title !== undefined) out.push(heading(title, out.length + 1, y++));
    let x = 0;
    let tallest = 0;
    for (const { w, h, make } of panels) {
      if (x + w > gridWidth) {
        y += tallest;
        x = tallest = 0;
      }
      out.push(make({ id: out.length + 1, x, y, w, h }));
      x += w;
      tallest = Math.max(tallest, h);
    }
    y += tallest;
  }
  return out;
}

function heading(title: string, id: number, y: number): RowPanel {
  return new RowBuilder(plainText(title)).id(id).gridPos({ x: 0, y, w: gridWidth, h: 1 }).build();
}

/** How wide each of so many panels under a heading is: every line is full, with two or three in it. */
export function widthsFor(count: number): number[] {
  if (count === 1) return [gridWidth];
  const halves = ((3 - (count % 3)) % 3) * 2;
  return Array.from({ length: count }, (_, k) => (k < halves ? 12 : 8));
}
