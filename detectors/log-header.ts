import { z } from 'zod';
import type { LogLevel } from '../core/log.ts';
import { FieldScanner, fieldKinds, mostFields } from './log-fields.ts';
import { guessHeader } from './log-header-guess.ts';
import {
  countLine,
  emptyLayout,
  type Layout,
  type LayoutCounts,
  layoutOf,
  layoutSchema,
} from './log-layout.ts';

/** What `read` says of a line; one object, filled again for each line. */
export interface HeaderView {
  /** Where the message stands in the line. */
  from: number;
  to: number;
  /** ms; NaN: the line names no time. */
  t: number;
  level: LogLevel | undefined;
  /** Whether a header was found at all; a line without one may belong to the line before. */
  header: boolean;
  /** `sshd(pam_unix)`, `dfs.DataNode`: the last named field; its number in brackets apart. */
  process: string | undefined;
  pid: string | undefined;
  host: string | undefined;
}

export function createHeaderView(): HeaderView {
  return {
    from: 0,
    to: 0,
    t: Number.NaN,
    level: undefined,
    header: false,
    process: undefined,
    pid: undefined,
    host: undefined,
  };
}

const learnedLines = 1024;
const leastLines = 16;
const mostLayouts = 16;
/** Share of a source's lines that a layout needs when its time is not the first field. */
const leastShare = 0.6;

const stateSchema = z.strictObject({
  lines: z.number(),
  layouts: z.array(z.tuple([z.int(), layoutSchema])).max(mostLayouts),
});
/** What a reader has learned, to be stored as JSON. */
export type HeaderState = z.output<typeof stateSchema>;

interface Known {
  readonly counts: LayoutCounts;
  layout: Layout | undefined;
}

const { time, level, letter, titled, sign } = fieldKinds;

/**
 * Finds the header of the lines of one source: time, level, host, process, and where the message begins. The fields at the
 * beginning of each line are told by their form; which of them are header follows from what the first thousand lines
 * of the same form have in common, and is guessed line by line as long as there are fewer than 16.
 */
export class HeaderReader {
  readonly #fields = new FieldScanner();
  /** By where the first time stands, and its form. */
  readonly #known = new Map<number, Known>();
  #lines = 0;

  /** Takes notice of a line; `read` does so, too. Give the first lines of a file before any is read. */
  learn(text: string): void {
    this.#fields.scan(text, mostFields);
    this.#count();
  }

  /** Reads a line. `reference` (ms) is when it was read, or said at the latest: what a time without a year refers to. */
  read(text: string, view: HeaderView, reference: number): void {
    const fields = this.#fields;
    fields.reference = reference;
    fields.scan(text, mostFields);
    const known = this.#count();
    const layout = known?.layout;
    const end = layout === undefined ? guessHeader(fields) : fieldsOf(layout, fields);
    view.to = endOf(text);
    view.header = end > 0;
    view.t = end > 0 ? fields.t : Number.NaN;
    view.from = Math.min(view.to, startOf(text, fields, end));
    describe(fields, end, view);
  }

  state(): HeaderState {
    return { lines: this.#lines, layouts: [...this.#known].map(([key, { counts }]) => [key, counts]) };
  }

  /** Goes on with what was stored. Throws a RangeError when it cannot be read. */
  restore(state: unknown): void {
    const read = stateSchema.safeParse(state);
    if (!read.success)
      throw new RangeError('the stored header layouts cannot be read', { cause: read.error });
    this.#known.clear();
    this.#lines = read.data.lines;
    for (const [key, counts] of read.data.layouts) {
      const known = { counts, layout: undefined };
      this.#known.set(key, known);
      this.#decide(key, known);
    }
  }

  #count(): Known | undefined {
    const fields = this.#fields;
    const key = fields.timeAt < 0 ? -1 : fields.timeAt * 8 + fields.timeForm;
    let known = this.#known.get(key);
    if (known === undefined) {
      if (this.#known.size >= mostLayouts) return undefined;
      known = { counts: emptyLayout(), layout: undefined };
      this.#known.set(key, known);
    }
    if (known.counts.lines >= learnedLines) return known;
    this.#lines++;
    countLine(known.counts, fields);
    const { lines } = known.counts;
    if (lines >= leastLines && (lines & (lines - 1)) === 0) this.#decide(key, known);
    return known;
  }

  /** Counted up to the last power of two, a layout is what was decided there; so it is after a restart, too. */
  #decide(key: number, known: Known): void {
    const { counts } = known;
    if (counts.lines < leastLines) return;
    const rare = key >= 8 && counts.lines < leastShare * this.#lines;
    known.layout = rare ? [] : layoutOf(counts);
  }
}

/** How many fields of a line are its header by the layout; a column may be missing in it, and one field more may be there. */
function fieldsOf(layout: Layout, { kinds, count }: FieldScanner): number {
  let end = 0;
  let f = 0;
  for (let column = 0; column < layout.length && f < count; column++) {
    const want = layout[column]!;
    const is = kinds[f]!;
    if (want < 0) {
      if (!isAnchor(is) || layout[column + 1] !== is) f++;
    } else if (is === want || (want === level && is === letter)) end = ++f;
    else if (isAnchor(want) && kinds[f + 1] === want && f + 1 < count) {
      f += 2;
      end = f;
    } else if (column + 1 < layout.length && kinds[f + 1] === layout[column + 1]) f++;
    else if (layout.indexOf(is, column + 1) !== column + 1) break;
  }
  return end;
}

function isAnchor(kind: number): boolean {
  return kind === time || kind === level || kind === titled || kind === sign;
}

function endOf(text: string): number {
  let to = text.length;
  while (to > 0 && text.charCodeAt(to - 1) <= 32) to--;
  return to;
}

/** The message begins behind the header, and behind the clock of a kernel: `[12345.678901]`. */
function startOf(text: string, fields: FieldScanner, end: number): number {
  let at = end < fields.count ? fields.starts[end]! : fields.rest;
  if (end === 0) at = 0;
  if (text.charCodeAt(at) !== 91) return at;
  const clock = /\[ *\d+\.\d+\] */y;
  clock.lastIndex = at;
  return clock.test(text) ? clock.lastIndex : at;
}

function describe(fields: FieldScanner, end: number, view: HeaderView): void {
  view.level = undefined;
  view.process = undefined;
  view.pid = undefined;
  view.host = undefined;
  for (let k = 0; k < end; k++) {
    view.level ??= fields.levels[k];
    if (fields.kinds[k] !== titled) continue;
    nameProcess(fields.text(k), view);
    if (k > 1 && fields.kinds[k - 2] === time && fields.kinds[k - 1]! > titled)
      view.host = fields.text(k - 1);
  }
  if (end < fields.count && fields.kinds[end] === level && fields.text(end).endsWith(':'))
    view.level ??= fields.levels[end];
}

function nameProcess(text: string, view: HeaderView): void {
  const open = text.indexOf('[');
  const name = text.endsWith(':') ? text.slice(0, -1) : text;
  if (open <= 0) {
    view.process = name;
    return;
  }
  view.process = text.slice(0, open);
  view.pid = text.slice(open + 1, text.indexOf(']', open));
}
