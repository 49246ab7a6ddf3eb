import { setTimeout as wait } from 'node:timers/promises';
import { glob } from 'tinyglobby';
import type { Component } from '../core/component.ts';
import type { LogCollector, LogLag, LogRecord, LogSink } from '../core/log.ts';
import {
  isDamaged,
  isUnfinished,
  MovedError,
  openGzip,
  openPlain,
  type Place,
  placeAt,
} from './file-source.ts';
import { StreamBook } from './file-tail-book.ts';
import { readablePlace } from './file-tail-family.ts';
import { lose, type MatchContext, matchPlaces } from './file-tail-match.ts';
import { type FileTailOptions, fileTailOptions } from './file-tail-options.ts';
import { PositionWriter } from './file-tail-position.ts';
import { FileReader } from './file-tail-reader.ts';
import { closeSource, type Stream } from './file-tail-stream.ts';

/** A batch is handed out when it has so many records or bytes, or when there is no more for now. */
const fullRecords = 4096;
const fullBytes = 1_048_576;
/** How often the globs are looked up, ms; more rarely when that takes long. */
const findEvery = 1000;
const findShare = 20;
/** A file that could not be read is well again, or gone, when it did not fail for so many looks. */
const forgivenAfter = 3;

/** One run from a position to the abort. */
class Tail {
  readonly #options: FileTailOptions;
  readonly #sink: LogSink;
  readonly #signal: AbortSignal;
  readonly #book: StreamBook;
  readonly #reader: FileReader;
  readonly #positions = new PositionWriter();
  readonly #held: MatchContext['held'] = new Map();
  #records: LogRecord[] = [];
  #bytes = 0;
  #moved = false;
  #hasLooked = false;
  /** Something moved: the globs are looked up at once. */
  #restless = true;
  #findAt = 0;
  #lookAt = 0;

  constructor(options: FileTailOptions, sink: LogSink, signal: AbortSignal) {
    this.#options = options;
    this.#sink = sink;
    this.#signal = signal;
    this.#book = new StreamBook(options, sink);
    this.#reader = new FileReader(options, sink.refuse.bind(sink));
  }

  lag(now: number): LogLag {
    return { ...this.#book.lag(now), blind: !this.#hasLooked };
  }

  async run(from: string | undefined): Promise<void> {
    this.#book.restore(from);
    // The first batch may be empty: its position says where reading began.
    this.#moved = true;
    try {
      while (!this.#signal.aborted) {
        await this.#pass();
        if (!this.#anyBusy()) await this.#pause();
      }
    } finally {
      for (const stream of this.#book.streams) closeSource(stream);
    }
  }

  async #pause(): Promise<void> {
    await wait(this.#options.poll_interval, undefined, { signal: this.#signal }).catch(() => undefined);
    this.#lookAt = 0;
  }

  #anyBusy(): boolean {
    return this.#restless || this.#ready().length > 0;
  }

  /** Those that may have more, each after the one that comes before it. */
  #ready(): Stream[] {
    return [...this.#book.streams].filter(stream => stream.busy && stream.after?.busy !== true);
  }

  /** Looks at everything when it is time, reads a chunk of each that has more and hands it out. */
  async #pass(): Promise<void> {
    const now = performance.now();
    const due = now >= this.#lookAt;
    if (due) this.#lookAt = now + this.#options.poll_interval;
    if (this.#restless || now >= this.#findAt) await this.#find(now);
    if (due) for (const stream of this.#book.streams) this.#look(stream, now);
    this.#hasLooked = true;
    for (const stream of this.#ready()) {
      if (this.#signal.aborted) return;
      await this.#turn(stream);
      if (this.#records.length >= fullRecords || this.#bytes >= fullBytes) await this.#handOut();
    }
    if (due) await this.#restAll(now);
    await this.#handOut();
  }

  async #find(now: number): Promise<void> {
    this.#restless = false;
    const places: Place[] = [];
    for (const file of await this.#files()) {
      try {
        const place = placeAt(file);
        if (place !== undefined) places.push(place);
      } catch (error) {
        this.#book.failed(file, error);
      }
    }
    try {
      await matchPlaces(places, this.#book.context(now, this.#held));
    } catch (error) {
      // Files change while they are compared: the next look sees them as they are then.
      this.#book.failed(this.#options.paths.join(', '), error);
    }
    const took = performance.now() - now;
    const pause = Math.max(findEvery, findShare * took);
    this.#findAt = now + pause;
    this.#book.forgive(forgivenAfter * pause);
  }

  async #files(): Promise<readonly string[]> {
    const { paths, exclude, gzip } = this.#options;
    try {
      const how = { ignore: [...exclude], absolute: true, dot: true, expandDirectories: false };
      const files = await glob([...paths], how);
      return gzip ? files : files.filter(file => !file.endsWith('.gz'));
    } catch (error) {
      this.#book.failed(paths.join(', '), error);
      return [];
    }
  }

  /** Sees whether a file has grown, was cut or lies elsewhere. */
  #look(stream: Stream, now: number): void {
    if (stream.place === undefined || stream.finished) return;
    const place = readablePlace(stream.path);
    if (place?.ino !== stream.place.ino || place.dev !== stream.place.dev) {
      this.#restless ||= stream.displacedAt === undefined;
      stream.displacedAt ??= now;
      stream.busy = stream.source !== undefined;
      return;
    }
    if (place.size === stream.size && place.mtime === stream.mtime) return;
    if (!this.#book.stillHolds(stream, place)) {
      this.#cut(stream, now);
      return;
    }
    stream.size = place.size;
    stream.mtime = place.mtime;
    stream.readAt = now;
    stream.busy = true;
  }

  #cut(stream: Stream, now: number): void {
    lose(stream, now);
    this.#restless = true;
  }

  async #turn(stream: Stream): Promise<void> {
    try {
      if (!this.#open(stream)) return;
      const before = stream.handed.at;
      const { progress, bytes } = await this.#reader.next(stream, this.#records);
      this.#bytes += bytes;
      this.#moved ||= stream.handed.at !== before;
      if (progress === 'cut') return this.#cut(stream, performance.now());
      stream.busy = progress === 'read';
      stream.size = Math.max(stream.size, stream.read.at);
      if (bytes > 0) stream.readAt = performance.now();
      if (progress === 'end' && stream.gzip) await this.#finish(stream);
    } catch (error) {
      this.#stumble(stream, error);
    }
  }

  /** A read that failed is tried again with the next look; .gz that ends too early when it has grown. */
  #stumble(stream: Stream, error: unknown): void {
    stream.busy = false;
    closeSource(stream);
    this.#restless ||= error instanceof MovedError;
    if (isUnfinished(error)) return;
    if (isDamaged(error)) {
      this.#book.damaged(stream);
      this.#moved = true;
      return;
    }
    this.#book.failed(stream.path, error);
    stream.mtime = Number.NaN;
  }

  /** False when the content is in no file that we know. */
  #open(stream: Stream): boolean {
    const { path, place, gzip } = stream;
    if (stream.source === undefined && place !== undefined)
      this.#book.opened(stream, gzip ? openGzip(path) : openPlain({ path, ...place }));
    if (stream.source === undefined) stream.busy = false;
    return stream.source !== undefined;
  }

  async #restAll(now: number): Promise<void> {
    for (const stream of this.#book.streams) {
      if (stream.busy) continue;
      try {
        await this.#rest(stream, now);
      } catch (error) {
        this.#stumble(stream, error);
      }
    }
  }

  /** What is due for a stream that has no more for now: an event or a line that is not completed any more, its end. */
  async #rest(stream: Stream, now: number): Promise<void> {
    const { multiline, partial_line_timeout: partial, rotated_wait } = this.#options;
    const quiet = now - Math.max(stream.readAt, stream.displacedAt ?? 0);
    if (stream.finished) return this.#book.forget(stream, quiet);
    if (stream.gzip && stream.place !== undefined && quiet >= rotated_wait) return this.#book.damaged(stream);
    if (stream.displacedAt !== undefined && quiet >= rotated_wait) return this.#leave(stream);
    if (partial > 0 && quiet >= partial && stream.read.at < stream.size) await this.#readRest(stream);
    if (multiline !== undefined && quiet >= multiline.timeout) this.#flushEvent(stream);
  }

  async #readRest(stream: Stream): Promise<void> {
    if (stream.place === undefined || !this.#open(stream)) return;
    await this.#reader.next(stream, this.#records, 'last');
    this.#moved = true;
  }

  #flushEvent(stream: Stream): void {
    const text = stream.joiner?.flush();
    if (text === undefined) return;
    this.#records.push({ text, labels: stream.labels });
    stream.handed = stream.read;
    this.#moved = true;
  }

  async #finish(stream: Stream): Promise<void> {
    await this.#readRest(stream);
    this.#flushEvent(stream);
    closeSource(stream);
    stream.finished = true;
    this.#moved = true;
  }

  /** Nothing was written to a rotated file for long: its last line is taken as it is, its file given back. */
  async #leave(stream: Stream): Promise<void> {
    if (stream.source !== undefined || stream.read.at < stream.size) await this.#readRest(stream);
    this.#flushEvent(stream);
    closeSource(stream);
    if (stream.outside) stream.place = undefined;
    if (stream.place !== undefined) return;
    stream.finished = true;
    this.#moved = true;
    const unread = stream.size - stream.handed.at;
    if (unread > 0)
      this.#sink.refuse('gone', 1, `${stream.path}: cut or deleted with ${unread} bytes unread`);
  }

  async #handOut(): Promise<void> {
    if (!this.#moved) return;
    const records = this.#records;
    this.#records = [];
    this.#bytes = 0;
    this.#moved = false;
    await this.#sink.take({ records, position: this.#positions.write(this.#book.streams) });
  }
}

/** Files as they grow, over rotations and restarts. */
export const fileTail: Component<typeof fileTailOptions, LogCollector> = {
  name: 'file_tail',
  summary: 'Lines of files that grow, are rotated, cut, renamed or compressed.',
  options: fileTailOptions,
  create(options) {
    let tail: Tail | undefined;
    return {
      name: options.name,
      async start(sink, from, signal) {
        tail = new Tail(options, sink, signal);
        await tail.run(from);
      },
      commit: async () => undefined,
      lag: now => tail?.lag(now) ?? { blind: true },
    };
  },
};
