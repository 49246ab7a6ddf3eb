import { z } from 'zod';
import { fieldKinds, mostFields } from './log-fields.ts';

const kindCount = Object.keys(fieldKinds).length;
const mostTexts = 4;

const columnSchema = z.strictObject({
  kinds: z.array(z.number()).length(kindCount),
  texts: z.array(z.string()).max(mostTexts),
});
/** What was seen in one column of the lines whose first time stands in the same field and form. */
export const countsSchema = z.strictObject({
  lines: z.number(),
  columns: z.array(columnSchema).max(mostFields),
});
export type LayoutCounts = z.output<typeof countsSchema>;

/** What a line needs to be counted. */
export interface CountedFields {
  readonly kinds: Uint8Array;
  readonly count: number;
  text(field: number): string;
}

export function emptyLayout(): LayoutCounts {
  return {
    lines: 0,
    columns: Array.from({ length: mostFields }, () => ({ kinds: new Array(kindCount).fill(0), texts: [] })),
  };
}

export function countLine(layout: LayoutCounts, fields: CountedFields): void {
  layout.lines++;
  for (let k = 0; k < fields.count; k++) {
    const { kinds, texts } = layout.columns[k]!;
    kinds[fields.kinds[k]!]!++;
    if (texts.length >= mostTexts) continue;
    const text = fields.text(k);
    if (!texts.includes(text)) texts.push(text);
  }
}

/** The columns of a header: the kind that each has in nearly all lines, -1 where any may stand. */
export type Layout = readonly number[];

const { time, level, letter, number, bracket, sign, titled, cell, padded, name, word } = fieldKinds;

/** Share of lines in which a column must be of a kind to be part of the header. */
const least: readonly (readonly [kind: number, share: number])[] = [
  [time, 0.9],
  [level, 0.85],
  [letter, 0.95],
  [titled, 0.75],
  [sign, 0.85],
  [bracket, 0.95],
  [cell, 0.95],
  [padded, 0.95],
  [number, 0.98],
  [name, 0.98],
];

function strongKind({ lines, columns }: LayoutCounts, k: number): number {
  const { kinds } = columns[k]!;
  const kind = least.find(([kind, share]) => kinds[kind]! >= share * lines)?.[0];
  if (kind !== undefined) return kind;
  const signs = kinds[sign]! + (columns[k + 1]?.kinds[sign] ?? 0);
  return kinds[sign]! >= lines / 2 && signs >= leastSigns * lines ? sign : -1;
}

/** Share of lines with a sign in a column or in the next one, when the name before it may have a blank. */
const leastSigns = 0.95;

interface Progress {
  time: boolean;
  level: boolean;
  titled: boolean;
  last: number;
}

/** Whether a column of this kind goes on with the header when `gap` columns of no kind lie before it. */
function goesOn(kind: number, gap: number, so: Progress): boolean {
  if (kind === time) return gap <= 6 && !so.titled ? true : gap === 0;
  if (kind === level || kind === letter) return so.titled ? gap === 0 : gap <= 4;
  if (kind === titled) return !so.titled && gap <= 1;
  if (kind === sign) return so.titled ? gap === 0 : gap <= 1;
  if (kind === bracket) return gap === 0 || (gap === 1 && !so.titled);
  if (kind === name) return gap === 0 && !so.titled && (so.last === level || so.last === bracket);
  if (kind === padded) return gap === 0 && !so.titled;
  return gap === 0;
}

/** Words of a sentence before the time: the time is part of a message. */
function isSentence({ columns }: LayoutCounts, before: number): boolean {
  return columns
    .slice(0, before)
    .some(({ kinds, texts }) => texts.length === 1 && kinds[word]! > 0 && /^\p{Ll}{2,}$/u.test(texts[0]!));
}

/** `nova.compute.manager`: names with dots inside and nothing else. */
function areClasses(texts: readonly string[]): boolean {
  return texts.every(text => /^[\w$-]+(\.[\w$-]+)+$/.test(text));
}

/** Where a number always stands, it is part of the header only when what follows varies. */
function isConstantBehind({ columns }: LayoutCounts, k: number): boolean {
  return (columns[k + 1]?.texts.length ?? 0) < 3;
}

/** The layout of the header that the counted lines have in common; empty when they have none. */
export function layoutOf(counts: LayoutCounts): Layout {
  const { columns } = counts;
  const so: Progress = { time: false, level: false, titled: false, last: -1 };
  let end = 0;
  const kinds: number[] = [];
  for (let k = 0; k < columns.length; k++) {
    const kind = strongKind(counts, k);
    kinds.push(-1);
    if (kind < 0 || !goesOn(kind, k - end, so)) continue;
    if (kind === number && so.time && (so.level || so.titled || isConstantBehind(counts, k))) continue;
    if (kind === name && !areClasses(columns[k]!.texts)) continue;
    if (kind === time && !so.time && isSentence(counts, k)) return [];
    kinds[k] = kind;
    so.time ||= kind === time;
    so.level ||= kind === level || kind === letter;
    so.titled = kind === titled || (so.titled && kind !== time && kind !== level);
    so.last = kind;
    end = k + 1;
  }
  if (!so.time && !so.level) return [];
  return kinds.slice(0, end);
}
