import { z } from 'zod';
import { consolidate } from './log-consolidate.ts';
import { MessageScanner } from './log-mask.ts';
import { type MessageParts, mask } from './log-parts.ts';
import { PatternIndex } from './log-pattern.ts';
import { shorten } from './log-repeats.ts';
import { ShapeCache } from './log-shapes.ts';
import {
  createEntry,
  type Entry,
  entryOf,
  headSchema,
  type MinerChanges,
  recordOf,
  recordSchema,
} from './log-template-record.ts';

/** Which part of a line is the message, and when it was said (ms, NaN = unknown). */
export interface MessageSpan {
  readonly from: number;
  readonly to: number;
  readonly t: number;
}

/** What is known of a template. `examples` are raw lines: whoever shows them masks personal data. */
export interface LogTemplate {
  readonly index: number;
  /** Eight hexadecimal digits, from the first message of its kind; it never names another template. */
  readonly id: string;
  /** The constant words, `<*>` for what varies. */
  readonly text: string;
  readonly count: number;
  /** When it was first and last said, ms; NaN = unknown. */
  readonly first: number;
  readonly last: number;
  readonly examples: readonly string[];
}

export const minerOptions = z.strictObject({
  templates: z
    .int()
    .min(16)
    .max(1_000_000)
    .default(20_000)
    .describe('Templates that are kept at most; beyond, those not seen for longest count as other lines.'),
});
export type MinerOptions = z.output<typeof minerOptions>;

const mostExamples = 3;
const longestExample = 1000;
const mostWords = 256;
const longestWord = 256;
const leastFresh = 32;
const freshShare = 8;

/** A string of its own: a piece of a large text would keep all of it in memory. */
function ownCopy(text: string): string {
  const copy: string = JSON.parse(JSON.stringify(text));
  return copy;
}

/** FNV-1a, 32 bits, in hexadecimal. */
function hashOf(text: string): string {
  let h = 0x811c9dc5 | 0;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return (Math.imul(h ^ (h >>> 15), 0x2c1b3c6d) >>> 0).toString(16).padStart(8, '0');
}

/**
 * Groups log messages by what the programmer wrote: constant words and places that vary. Online: one message at a time,
 * each known shape found by its hash; a shape never seen is matched by pattern or begins a template; whenever enough
 * began, those that differ only in values are merged (`settle`). A merged index answers with the template it became.
 */
export class LogTemplateMiner {
  readonly #scanner = new MessageScanner();
  /** Those of the message at hand. */
  #parts: MessageParts = this.#scanner.scan('', 0, 0);
  readonly #cache = new ShapeCache<Entry>();
  readonly #patterns = new PatternIndex<Entry>();
  readonly #most: number;
  /** By index: those that live, and merged ones, of which the oldest are forgotten. */
  readonly #entries = new Map<number, Entry>();
  readonly #live = new Map<string, Entry>();
  readonly #ids = new Set<string>();
  /** All lines of templates that were forgotten. */
  #others = createEntry(0, '00000000', [mask]);
  /** Numbers of words of which templates began or were reworded: only among those there is something to merge. */
  readonly #begun = new Set<number>();
  #gone: number[] = [];
  #next = 1;
  #lines = 0;
  #fresh = 0;

  constructor(options: MinerOptions) {
    this.#most = options.templates;
    this.#entries.set(0, this.#others);
    this.#ids.add(this.#others.id);
  }

  /** Counts a message and answers the index of its template. */
  learn(text: string, span: MessageSpan): number {
    const entry = this.#known(text, span) ?? this.#begin();
    entry.count++;
    entry.seen = ++this.#lines;
    entry.changed = true;
    if (!(entry.first <= span.t)) entry.first = span.t;
    if (!(entry.last >= span.t)) entry.last = span.t;
    if (entry.examples.length < mostExamples) this.#keepExample(entry, text);
    if (this.#fresh >= leastFresh && this.#fresh * freshShare >= this.#live.size) this.settle();
    return entry.index;
  }

  /** The index of the template of a message, learning nothing; undefined when it is new. */
  match(text: string, span: MessageSpan): number | undefined {
    return this.#known(text, span)?.index;
  }

  /** The template that an index stands for today; for one that was forgotten, that of all other lines. */
  templateOf(index: number): LogTemplate {
    let entry = this.#entries.get(index) ?? this.#others;
    while (entry.into !== undefined) entry = entry.into;
    return entry;
  }

  /** How many templates there are. */
  get size(): number {
    return this.#live.size + (this.#others.count > 0 ? 1 : 0);
  }

  /** All templates by index; the one of other lines only when it has any. */
  templates(): readonly LogTemplate[] {
    const all = [...this.#live.values()].sort((a, b) => a.index - b.index);
    return this.#others.count > 0 ? [this.#others, ...all] : all;
  }

  /** Merges the templates that turned out to be one. `learn` does so from time to time; a reader where its input ends. */
  settle(): void {
    this.#fresh = 0;
    while (this.#begun.size > 0) {
      const merges = consolidate(this.#live.values(), this.#begun);
      this.#begun.clear();
      for (const { members, words } of merges) {
        this.#begun.add(words.length);
        if (members.some(({ into }) => into !== undefined)) continue;
        const [first, ...rest] = [...members].sort((a, b) => a.index - b.index);
        for (const entry of rest) this.#merge(entry, first!);
        this.#reword(first!, words);
      }
    }
    this.#forget();
    this.#index();
  }

  /** What changed since the last call. */
  changes(): MinerChanges {
    const changed = [...this.#entries.values()].filter(entry => entry.changed);
    for (const entry of changed) entry.changed = false;
    const gone = this.#gone;
    this.#gone = [];
    const head = { next: this.#next, lines: this.#lines, fresh: this.#fresh };
    return { head, templates: changed.map(recordOf), gone };
  }

  /** Becomes the miner that was stored; the records in any order. Throws a RangeError when they cannot be read. */
  restore(head: unknown, records: Iterable<unknown>): void {
    const known = headSchema.safeParse(head);
    const all = z.array(recordSchema).safeParse([...records]);
    if (!known.success || !all.success)
      throw new RangeError('the stored log templates cannot be read', { cause: known.error ?? all.error });
    this.#entries.clear();
    this.#ids.clear();
    this.#live.clear();
    const sorted = [...all.data].sort((a, b) => a.index - b.index);
    for (const record of sorted) this.#entries.set(record.index, entryOf(record));
    this.#others = this.#entries.get(0) ?? this.#others;
    this.#entries.set(0, this.#others);
    for (const { index, into } of sorted)
      if (into !== null && into < index)
        this.#entries.get(index)!.into = this.#entries.get(into) ?? this.#others;
    for (const entry of this.#entries.values()) {
      this.#ids.add(entry.id);
      if (entry.into !== undefined || entry === this.#others) continue;
      this.#live.set(entry.text, entry);
      this.#begun.add(entry.words.length);
    }
    ({ next: this.#next, lines: this.#lines, fresh: this.#fresh } = known.data);
    this.#index();
  }

  #known(text: string, { from, to }: MessageSpan): Entry | undefined {
    this.#parts = this.#scanner.scan(text, from, to);
    const { low, high } = this.#parts;
    const cached = this.#cache.get(low, high);
    if (cached !== undefined) return cached;
    const words = this.#words();
    const entry = this.#live.get(words.join(' ')) ?? this.#patterns.find(words);
    if (entry !== undefined) this.#cache.set(low, high, entry);
    return entry;
  }

  #words(): string[] {
    const words = shorten(this.#parts.words());
    const short = words.length > mostWords ? [...words.slice(0, mostWords - 1), mask] : words;
    return short.map(word => (word.length > longestWord ? `${word.slice(0, longestWord)}${mask}` : word));
  }

  #begin(): Entry {
    const text = ownCopy(this.#words().join(' '));
    const entry = createEntry(this.#next++, this.#idOf(text), text.split(' '));
    this.#entries.set(entry.index, entry);
    this.#live.set(entry.text, entry);
    this.#cache.set(this.#parts.low, this.#parts.high, entry);
    this.#fresh++;
    this.#begun.add(entry.words.length);
    return entry;
  }

  /** The hash of its text; of two texts with one hash the second goes on until it is free. */
  #idOf(text: string): string {
    let id = hashOf(text);
    while (this.#ids.has(id)) id = hashOf(`${id} ${text}`);
    this.#ids.add(id);
    return id;
  }

  #keepExample(entry: Entry, text: string): void {
    const example = ownCopy(text.slice(0, longestExample));
    if (!entry.examples.includes(example)) entry.examples.push(example);
  }

  #merge(entry: Entry, into: Entry): void {
    this.#live.delete(entry.text);
    into.count += entry.count;
    into.seen = Math.max(into.seen, entry.seen);
    if (!(into.first <= entry.first)) into.first = entry.first;
    if (!(into.last >= entry.last)) into.last = entry.last;
    if (into !== this.#others)
      into.examples = [...new Set([...into.examples, ...entry.examples])].slice(0, mostExamples);
    into.changed = true;
    Object.assign(entry, { into, words: [mask], text: mask, examples: [], changed: true });
  }

  /** Gives a template other words; one that has them already joins it, or it joins that one. */
  #reword(entry: Entry, words: readonly string[]): void {
    this.#live.delete(entry.text);
    entry.words = words;
    entry.text = words.join(' ');
    entry.learned = true;
    const same = this.#live.get(entry.text);
    if (same === undefined) this.#live.set(entry.text, entry);
    else if (same.index < entry.index) {
      this.#merge(entry, same);
      same.learned = true;
      this.#live.set(same.text, same);
    } else {
      this.#merge(same, entry);
      this.#live.set(entry.text, entry);
    }
  }

  /** Where there are too many: those not seen for longest join the others, merged ones are no longer known. */
  #forget(): void {
    if (this.#live.size > this.#most) {
      const oldest = [...this.#live.values()].sort((a, b) => a.seen - b.seen);
      const keep = Math.floor(this.#most * 0.9);
      for (const entry of oldest.slice(0, oldest.length - keep)) this.#merge(entry, this.#others);
    }
    const merged = [...this.#entries.values()].filter(entry => entry.into !== undefined);
    if (merged.length <= 2 * this.#most) return;
    const doomed = new Set(merged.slice(0, merged.length - this.#most));
    for (const entry of doomed) {
      this.#entries.delete(entry.index);
      this.#ids.delete(entry.id);
      this.#gone.push(entry.index);
    }
    for (const entry of merged.slice(doomed.size)) this.#shortcut(entry, doomed);
  }

  /** What went into a forgotten one goes into what that one became. */
  #shortcut(entry: Entry, forgotten: ReadonlySet<Entry>): void {
    while (entry.into !== undefined && forgotten.has(entry.into)) {
      entry.into = entry.into.into;
      entry.changed = true;
    }
  }

  #index(): void {
    this.#cache.clear();
    this.#patterns.rebuild([...this.#live.values()].filter(entry => entry.learned));
  }
}
