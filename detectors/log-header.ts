import { z } from 'zod';
import { FieldScanner, fieldKinds, mostFields } from './log-fields.ts';
import { guessHeader } from './log-header-guess.ts';
import {
  describeFields,
  describeLogfmt,
  describeSyslog,
  type HeaderView,
  isSyslog,
  syslogFields,
} from './log-header-view.ts';
import {
  countLine,
  countsSchema,
  emptyLayout,
  type Layout,
  type LayoutCounts,
  layoutOf,
} from './log-layout.ts';
import { beginsAsLogfmt, logfmtFields } from './log-logfmt.ts';
import { TimeScanner } from './log-time.ts';

const learnedLines = 512;
const leastLines = 16;
/** `<`, which the priority of syslog begins with. */
const priority = 60;
const mostLayouts = 16;
const mostMisses = 512;
/** Share of a source's lines that a layout needs when its time is not the first field. */
const leastShare = 0.6;

const stateSchema = z.strictObject({
  lines: z.number(),
  layouts: z.array(z.tuple([z.int(), countsSchema, z.array(z.int()).nullable()])).max(mostLayouts),
});
/** What a reader has learned, to be stored as JSON. */
export type HeaderState = z.output<typeof stateSchema>;

interface Known {
  counts: LayoutCounts;
  layout: Layout | undefined;
  /** How many more lines did not fit the layout than did, lately. */
  misses: number;
  /** How many may be; twice as many each time, as lines of several programs never fit one layout. */
  patience: number;
}

const { time, level, letter, titled, sign } = fieldKinds;

/**
 * Finds the header of the lines of one source: time, level, host, process, and where the message begins. The fields at the
 * beginning of each line are told by their form; which of them are header follows from what the first lines
 * of the same form have in common, and is guessed line by line as long as there are fewer than 16.
 */
export class HeaderReader {
  readonly #fields = new FieldScanner();
  readonly #times = new TimeScanner();
  /** By where the first time stands, and its form. */
  readonly #known = new Map<number, Known>();
  /** Counted lines, without those that begin with a blank: they go on with the line before, as stack traces do. */
  #lines = 0;
  #depth = mostFields;

  /** Takes notice of a line; `read` does so, too. Give the first lines of a file before any is read. */
  learn(text: string): void {
    this.#fields.scan(text, mostFields);
    this.#count();
  }

  /** Reads a line. `reference` (ms) is when it was read, or said at the latest: what a time without a year refers to. */
  read(text: string, view: HeaderView, reference: number): void {
    const fields = this.#fields;
    fields.reference = reference;
    if (this.#isLogfmt(text, view, reference)) return;
    const known = this.#find(text);
    const syslog = text.charCodeAt(0) === priority && isSyslog(fields);
    const end = syslog ? syslogFields : this.#headerOf(known);
    view.to = endOf(text);
    view.header = end > 0;
    view.from = Math.min(view.to, startOf(text, fields, end));
    describeFields(view, fields, end);
    if (syslog) describeSyslog(view, fields);
  }

  state(): HeaderState {
    return {
      lines: this.#lines,
      layouts: [...this.#known].map(([key, { counts, layout }]) => [
        key,
        counts,
        layout ? [...layout] : null,
      ]),
    };
  }

  /** Goes on with what was stored. Throws a RangeError when it cannot be read. */
  restore(state: unknown): void {
    const read = stateSchema.safeParse(state);
    if (!read.success)
      throw new RangeError('the stored header layouts cannot be read', { cause: read.error });
    this.#known.clear();
    this.#lines = read.data.lines;
    for (const [key, counts, layout] of read.data.layouts)
      this.#known.set(key, { counts, layout: layout ?? undefined, misses: 0, patience: mostMisses });
    this.#deepen();
  }

  #isLogfmt(text: string, view: HeaderView, reference: number): boolean {
    if (!beginsAsLogfmt(text)) return false;
    this.#times.reference = reference;
    return describeLogfmt(view, text, { fields: logfmtFields(text), times: this.#times });
  }

  /** How many fields are header. Where most lines no longer fit their layout, it is learned anew. */
  #headerOf(known: Known | undefined): number {
    const layout = known?.layout;
    if (known === undefined || layout === undefined) return guessHeader(this.#fields);
    const end = fieldsOf(layout, this.#fields);
    if (end === layout.length) known.misses = Math.max(0, known.misses - 1);
    else if (++known.misses > known.patience) {
      known.counts = emptyLayout();
      known.misses = 0;
      known.patience *= 2;
      this.#depth = mostFields;
    }
    return end;
  }

  /** Scans a line as deep as the layouts reach, whole while its kind is still being learned. */
  #find(text: string): Known | undefined {
    const fields = this.#fields;
    fields.scan(text, text.charCodeAt(0) === priority ? mostFields : this.#depth);
    const known = this.#known.get(keyOf(fields));
    if (this.#depth === mostFields) return this.#count();
    if (known !== undefined && known.counts.lines >= learnedLines) return known;
    fields.scan(text, mostFields);
    return this.#count();
  }

  /** Once a kind of lines is learned, no more fields are needed than the deepest layout has, and one. */
  #deepen(): void {
    const all = [...this.#known.values()];
    if (!all.some(({ counts }) => counts.lines >= learnedLines)) return;
    this.#depth = Math.min(mostFields, 2 + Math.max(...all.map(({ layout }) => layout?.length ?? 0)));
  }

  #count(): Known | undefined {
    const fields = this.#fields;
    const key = keyOf(fields);
    let known = this.#known.get(key);
    if (known === undefined) {
      if (this.#known.size >= mostLayouts) return undefined;
      known = { counts: emptyLayout(), layout: undefined, misses: 0, patience: mostMisses };
      this.#known.set(key, known);
    }
    if (known.counts.lines >= learnedLines) return known;
    if (fields.starts[0] === 0) this.#lines++;
    countLine(known.counts, fields);
    const { lines } = known.counts;
    if (lines >= leastLines && (lines & (lines - 1)) === 0) this.#decide(key, known);
    return known;
  }

  #decide(key: number, known: Known): void {
    const { counts } = known;
    if (counts.lines < leastLines) return;
    const rare = key >= 8 && counts.lines < leastShare * this.#lines;
    known.layout = rare ? [] : layoutOf(counts);
    this.#deepen();
  }
}

function keyOf({ timeAt, timeForm }: FieldScanner): number {
  return timeAt < 0 ? -1 : timeAt * 8 + timeForm;
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
  const at = end < fields.count ? fields.starts[end]! : fields.rest;
  if (end === 0) return 0;
  if (text.charCodeAt(at) !== 91) return at;
  const clock = /\[ *\d+\.\d+\] */y;
  clock.lastIndex = at;
  return clock.test(text) ? clock.lastIndex : at;
}
