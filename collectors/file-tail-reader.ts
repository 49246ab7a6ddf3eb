import type { LogRecord, LogSink } from '../core/log.ts';
import { checksum, type FileSource } from './file-source.ts';
import type { FileTailOptions } from './file-tail-options.ts';
import { type Head, headLength, type Mark, type Stream, tailLength } from './file-tail-stream.ts';
import { type SplitLines, splitLines } from './line-splitter.ts';

/** So much is read of one file before others have their turn. */
const chunkLength = 262_144;
const byteOrderMark = 0xfeff;

/** What a look into a file gave: something, its end as of now, or that what we have read is no longer there. */
export type Progress = 'read' | 'end' | 'cut';

type Options = Pick<FileTailOptions, 'max_line_bytes' | 'encoding'>;

/** Reads streams chunk by chunk with one buffer for all: the beginning of a line stays in its file until the line is whole. */
export class FileReader {
  readonly #options: Options;
  readonly #refuse: LogSink['refuse'];
  readonly #buffer: Buffer;
  readonly #small = Buffer.allocUnsafe(headLength);

  constructor(options: Options, refuse: LogSink['refuse']) {
    this.#options = options;
    this.#refuse = refuse;
    this.#buffer = Buffer.allocUnsafe(tailLength + options.max_line_bytes + chunkLength);
  }

  /** Reads a chunk of an open stream and appends its records to `into`. `last`: what has no line end is a line too. */
  async next(
    stream: Stream,
    into: LogRecord[],
    end: 'last' | 'open' = 'open',
  ): Promise<{ progress: Progress; bytes: number }> {
    const { source } = stream;
    if (source === undefined) return { progress: 'end', bytes: 0 };
    const tail = Math.min(tailLength, stream.read.at);
    // Before the rest: when the file is cut in between, the bytes before the mark tell it, and this is of no account.
    const longer = await this.#longerHead(source, stream);
    const filled = await this.#fill(source, stream, tail);
    if (filled === undefined) return { progress: 'cut', bytes: 0 };
    const body = this.#buffer.subarray(tail, filled);
    stream.head = longer ?? (stream.read.at === 0 ? headOf(body) : stream.head);
    const state = { skipping: stream.skipping, last: end === 'last' };
    const split = splitLines(body, { ...this.#split, encoding: this.#options.encoding }, state);
    this.#count(stream, split);
    if (stream.read.at === 0) dropMark(split.texts);
    const mark = (consumed: number) => this.#mark(stream, tail, consumed);
    if (stream.joiner === undefined)
      for (const text of split.texts) into.push({ text, labels: stream.labels });
    else join(stream, split, { into, mark });
    stream.read = mark(split.consumed);
    if (stream.joiner?.pending !== true) stream.handed = stream.read;
    stream.skipping = split.skipping;
    return { progress: split.consumed > 0 ? 'read' : 'end', bytes: split.consumed };
  }

  get #split() {
    return { maxLineBytes: this.#options.max_line_bytes };
  }

  /** How much of the buffer was filled; undefined when the bytes before the mark are others than those that were read. */
  async #fill(source: FileSource, stream: Stream, tail: number): Promise<number | undefined> {
    for (let want = chunkLength; ; want = this.#buffer.length - tail) {
      const into = this.#buffer.subarray(0, tail + want);
      const filled = await source.read(into, stream.read.at - tail);
      if (filled < tail || checksum(into.subarray(0, tail)) !== stream.read.tail) return undefined;
      if (filled < into.length || into.length === this.#buffer.length) return filled;
      if (into.indexOf(10, tail) >= 0) return filled;
    }
  }

  /** The head of a file that was shorter when it was read first. */
  async #longerHead(source: FileSource, { head, read, gzip }: Stream): Promise<Head | undefined> {
    if (head.length === headLength || read.at === 0 || gzip) return undefined;
    return headOf(this.#small.subarray(0, await source.read(this.#small, 0)));
  }

  #mark(stream: Stream, tail: number, consumed: number): Mark {
    const to = tail + consumed;
    const at = stream.read.at + consumed;
    return { at, tail: checksum(this.#buffer.subarray(to - Math.min(tailLength, at), to)) };
  }

  #count({ path }: Stream, { invalid, binary, tooLong }: SplitLines): void {
    if (invalid > 0) this.#refuse('invalid_utf8', invalid, `${path}: bytes that are no UTF-8 were replaced`);
    if (binary > 0) this.#refuse('binary', binary, `${path}: lines or gaps of NUL bytes were skipped`);
    const most = this.#options.max_line_bytes;
    if (tooLong > 0) this.#refuse('too_long', tooLong, `${path}: lines above ${most} bytes were cut`);
  }
}

function headOf(bytes: Buffer): Head {
  const first = bytes.subarray(0, headLength);
  return { sum: checksum(first), length: first.length };
}

function dropMark(texts: string[]): void {
  const [first] = texts;
  if (first?.charCodeAt(0) === byteOrderMark) texts[0] = first.slice(1);
}

/** Hands lines to the joiner; what was handed out ends where the pending event begins. */
function join(
  stream: Stream,
  { texts, starts }: SplitLines,
  { into, mark }: { readonly into: LogRecord[]; readonly mark: (consumed: number) => Mark },
): void {
  const { joiner, labels } = stream;
  if (joiner === undefined) return;
  for (let i = 0; i < texts.length; i++) {
    const pending = joiner.pending;
    const text = joiner.add(texts[i]!);
    if (text !== undefined) into.push({ text, labels });
    if (text !== undefined || !pending) stream.handed = mark(starts[i]!);
  }
}
