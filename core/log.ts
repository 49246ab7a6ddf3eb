import type { Labels } from './labels.ts';

/** Levels in rising order; what a source calls them is brought to these. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export type LogLevel = (typeof logLevels)[number];

/** One event as a collector read it, before anything in it is understood. */
export interface LogRecord {
  /** The line as it came, without its line end; lines that belong together joined by `\n`. Empty where `fields` says all. */
  readonly text: string;
  /** What a structured source says, nested or dotted; undefined for plain text. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** The time that the transport gives it, ms; undefined = it stands in the text, or nowhere. */
  readonly t?: number;
  /** Where it comes from: the labels of the config and the place (`filename`, `topic`, `tag`). One object for many records. */
  readonly labels: Labels;
}

/** What was read in one go. `position` is opaque to all but the collector: everything up to there is in this batch or before. */
export interface RecordBatch {
  readonly records: readonly LogRecord[];
  readonly position: string;
}

/** What was read and could not be taken, by reason; never a record that is lost without a count. */
export type Refusal =
  | 'too_long'
  | 'invalid_utf8'
  | 'binary'
  | 'invalid_json'
  | 'invalid_message'
  | 'unauthorized'
  | 'late'
  | 'gone';

/** Where a collector puts what it reads; handed to it, never closed by it. */
export interface LogSink {
  /** Resolves when there is room for more: a collector reads no further before (back-pressure). Stored is another matter. */
  take(batch: RecordBatch): Promise<void>;
  /** Counts what was refused, cut or repaired, and tells each kind of it once. */
  refuse(reason: Refusal, count: number, what: string): void;
  /** The outside does not answer (a message), or answers again (undefined). Told once, counted each time. */
  trouble(message: string | undefined): void;
}

/** How far behind a collector is; what it cannot know is left out. */
export interface LogLag {
  /** Read by nobody yet, bytes. */
  readonly bytes?: number;
  /** Read by nobody yet, records. */
  readonly records?: number;
  /** Age of the newest record that was read, ms at `now`. */
  readonly ms?: number;
  /** True while there may be more than it knows of: it has not looked at all that is there since it started. */
  readonly blind?: boolean;
}

/**
 * Reads logs at least once. Made from checked options; `start` reads from a stored position (undefined = the beginning that
 * its options name) until the signal aborts, then resolves; it rejects for nothing that may pass by itself. `commit` is
 * called when all that came of everything up to `position` is on disk: only then may the outside forget it.
 */
export interface LogCollector {
  readonly name: string;
  start(sink: LogSink, from: string | undefined, signal: AbortSignal): Promise<void>;
  commit(position: string): Promise<void>;
  lag(now: number): LogLag;
}

/** One line as it is understood: what miner, counts and people read. */
export interface LogLine {
  /** ms; that of its reading where it names none. */
  readonly t: number;
  readonly entity: Labels;
  readonly level: LogLevel | undefined;
  /** The message without the header of the line. */
  readonly message: string;
  readonly attributes: Labels;
}

/** Lines of one source up to a position. */
export interface LogBatch {
  readonly source: string;
  readonly lines: readonly LogLine[];
  readonly position: string;
}
