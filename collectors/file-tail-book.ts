import type { LogLag, LogSink } from '../core/log.ts';
import { bytesAt, checksum, type FileSource, MovedError, type Place } from './file-source.ts';
import type { MatchContext } from './file-tail-match.ts';
import type { FileTailOptions } from './file-tail-options.ts';
import { type PositionEntry, readPosition } from './file-tail-position.ts';
import { closeSource, createStream, headLength, type Stream, tailLength } from './file-tail-stream.ts';
import { LineJoiner } from './multiline.ts';

/** So many files are open at the same time. */
const mostOpen = 200;
/** How long what was deleted is remembered while we run, ms, and of how many: its compressed form may turn up. */
const keepGone = 600_000;
const mostGone = 1000;

/** The streams of one run, and what was said about them. */
export class StreamBook {
  readonly streams = new Set<Stream>();
  readonly #options: FileTailOptions;
  readonly #sink: LogSink;
  /** Streams with an open file, the one that was opened first first. */
  readonly #open = new Set<Stream>();
  /** Paths that cannot be read, and when that was seen last. */
  readonly #failing = new Map<string, number>();
  #first = false;

  constructor(options: FileTailOptions, sink: LogSink) {
    this.#options = options;
    this.#sink = sink;
  }

  /** Takes up a stored position; one that cannot be read is told, and reading begins as at the very first start. */
  restore(from: string | undefined): void {
    this.#first = from === undefined;
    if (from === undefined) return;
    try {
      for (const entry of readPosition(from)) this.streams.add(this.#restored(entry));
    } catch (error) {
      this.#first = true;
      const why = error instanceof Error ? error.message.slice(0, 200) : String(error);
      this.#sink.refuse('gone', 1, `the stored position is no use, reading begins anew: ${why}`);
    }
  }

  #restored(entry: PositionEntry): Stream {
    const { path, origin, dev, ino, fingerprint, offset, tail, gzip, skipping, finished } = entry;
    const stream = this.#create({ path, dev, ino, size: offset, mtime: 0 }, origin);
    stream.place = ino === 0 ? undefined : { dev, ino };
    stream.head = { sum: fingerprint[0], length: fingerprint[1] };
    stream.handed = { at: offset, tail };
    stream.read = stream.handed;
    return Object.assign(stream, {
      gzip,
      skipping,
      finished,
      unverified: true,
      displacedAt: path === origin && ino !== 0 ? undefined : performance.now(),
    });
  }

  #create(place: Place, origin: string): Stream {
    const { multiline, labels, max_line_bytes } = this.#options;
    const joiner = multiline === undefined ? undefined : new LineJoiner(multiline, max_line_bytes);
    return createStream({
      place,
      origin,
      labels: { ...labels, filename: origin },
      joiner,
      now: performance.now(),
    });
  }

  /** What a look for files is done with. */
  context(now: number, held: MatchContext['held']): MatchContext {
    const atEnd = this.#first && this.#options.start_at === 'end';
    this.#first = false;
    return {
      streams: this.streams,
      now,
      held,
      begin: (place, before) => {
        const stream = this.#create(place, before?.origin ?? place.path);
        if (atEnd && !stream.gzip) jumpToEnd(stream, place);
        else bytesAt(place, 0, 1);
        this.#works(place.path);
        return stream;
      },
      failed: (place, error) => this.failed(place.path, error),
      damaged: place => {
        const stream = this.#create(place, place.path);
        this.streams.add(stream);
        this.damaged(stream);
      },
    };
  }

  /** Notes an open file, and closes another one when there are too many. */
  opened(stream: Stream, source: FileSource): void {
    this.#works(stream.path);
    stream.source = source;
    for (const each of this.#open) if (each.source === undefined) this.#open.delete(each);
    this.#open.add(stream);
    if (this.#open.size <= mostOpen) return;
    const idle = [...this.#open].find(each => !each.busy && each.displacedAt === undefined);
    const closed = idle ?? this.#open.values().next().value;
    if (closed === undefined || closed === stream) return;
    closeSource(closed);
    this.#open.delete(closed);
  }

  failed(path: string, error: unknown): void {
    if (error instanceof MovedError) return;
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    this.#failing.set(path, performance.now());
    const why = error instanceof Error ? error.message : String(error);
    const more = this.#failing.size > 1 ? ` (and ${this.#failing.size - 1} more files)` : '';
    this.#sink.trouble(`cannot read ${path}${more}: ${why}`);
  }

  #works(path: string): void {
    if (this.#failing.delete(path) && this.#failing.size === 0) this.#sink.trouble(undefined);
  }

  /** What has not failed again for `ms` is gone, or works. */
  forgive(ms: number): void {
    for (const [path, at] of this.#failing) if (performance.now() - at > ms) this.#works(path);
  }

  /** A .gz file that cannot be read to its end is done with. */
  damaged(stream: Stream): void {
    closeSource(stream);
    stream.busy = false;
    stream.finished = true;
    this.#sink.refuse('binary', 1, `${stream.path}: no gzip, or damaged; nothing more is read of it`);
  }

  /** False when the file was cut, also when it has grown again since: what we have read is no longer there. */
  stillHolds(stream: Stream, place: Place): boolean {
    if (stream.gzip) return true;
    if (place.size < stream.read.at) return false;
    try {
      return checksum(bytesAt(place, 0, stream.head.length)) === stream.head.sum;
    } catch {
      return true;
    }
  }

  /** Drops what is gone for long. */
  forget(stream: Stream, quiet: number): void {
    if (stream.place !== undefined) return;
    const gone = [...this.streams].filter(each => each.place === undefined).length;
    if (quiet >= keepGone || gone > mostGone) this.streams.delete(stream);
  }

  lag(now: number): LogLag {
    let [bytes, newest] = [0, 0];
    for (const stream of this.streams) {
      if (!stream.gzip && !stream.finished) bytes += Math.max(0, stream.size - stream.read.at);
      if (stream.read.at > 0) newest = Math.max(newest, stream.mtime);
    }
    return newest === 0 ? { bytes } : { bytes, ms: Math.max(0, now - newest) };
  }
}

/** Begins at the end; when the file ends inside of a line, with the next one. */
function jumpToEnd(stream: Stream, place: Place): void {
  const { size } = place;
  const head = bytesAt(place, 0, headLength);
  const length = Math.min(tailLength, size);
  const tail = bytesAt(place, size - length, length);
  stream.head = { sum: checksum(head), length: head.length };
  stream.handed = { at: size, tail: checksum(tail) };
  stream.read = stream.handed;
  stream.skipping = tail.at(-1) !== 10;
  stream.busy = false;
}
