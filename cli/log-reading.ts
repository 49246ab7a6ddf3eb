import type { Labels } from '../core/labels.ts';
import type { LogLevel, LogRecord } from '../core/log.ts';
import { eventOf, type LogEvent } from '../core/log-event.ts';
import { fieldsOf, type LogFields } from '../core/log-fields.ts';
import { HeaderReader, type HeaderState } from '../detectors/log-header.ts';
import { createHeaderView } from '../detectors/log-header-view.ts';
import type { MessageSpan } from '../detectors/log-template.ts';

/** How a config says whose a line is, and what it belongs to. */
export interface ReadingOptions {
  /** Labels and fields that name the service, the best first. */
  readonly service: readonly string[];
  /** Fields that tie lines to a session, the best first. */
  readonly session: readonly string[];
  /** Its structured records are events of security or audit, too. */
  readonly events: boolean;
}

/** An event, and the stream that it is of. */
export interface ReadEvent {
  readonly event: LogEvent;
  /** One object for all events of a stream. */
  readonly entity: Labels;
}

/** A record as it is understood; one object, filled again for each record. */
export interface ReadRecord {
  /** Where the message stands. */
  text: string;
  readonly span: { from: number; to: number; t: number };
  level: LogLevel | undefined;
  /** One object for all lines of a service. */
  entity: Labels;
  session: string | undefined;
  event: ReadEvent | undefined;
  /** What a structured record says beside the message, its host included; nothing of a line. */
  attributes: Labels;
}

const none: Labels = {};
const mostEntities = 10_000;
const longestJson = 1 << 20;
/** Of lines that are longer only the beginning is looked at. */
const longestText = 1 << 16;

/** The record of a line that is a JSON object. */
function jsonOf(text: string): Readonly<Record<string, unknown>> | undefined {
  if (text.charCodeAt(0) !== 123 || text.length > longestJson) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** `app` of `/var/log/app.log`. */
function stemOf(file: string): string {
  const name = file.slice(file.lastIndexOf('/') + 1);
  const dot = name.indexOf('.', 1);
  return dot < 0 ? name : name.slice(0, dot);
}

/**
 * Understands the records of one source, one after another: structured ones by their fields, lines by their header, which it
 * learns to find.
 */
export class LogReading {
  readonly #options: ReadingOptions;
  readonly #lines = new HeaderReader();
  /** Messages inside of structured records have headers of their own, or none. */
  readonly #inner = new HeaderReader();
  readonly #view = createHeaderView();
  readonly #entities = new Map<string, Labels>();
  readonly #read: ReadRecord = {
    text: '',
    span: { from: 0, to: 0, t: Number.NaN },
    level: undefined,
    entity: {},
    session: undefined,
    event: undefined,
    attributes: {},
  };

  constructor(options: ReadingOptions) {
    this.#options = options;
  }

  /** `now` (ms) is when the record was read: the time of what names none. */
  read(record: LogRecord, now: number): ReadRecord {
    const { fields = jsonOf(record.text) } = record;
    const read = this.#read;
    if (fields === undefined) this.#line(record, now);
    else this.#structured(record, fieldsOf(fields), now);
    if (read.span.to > longestText) read.span.to = Math.max(read.span.from, longestText);
    return read;
  }

  #line({ text, t, labels }: LogRecord, now: number): void {
    const view = this.#view;
    const read = this.#read;
    this.#lines.read(text, view, t ?? now);
    this.#put(text, view);
    read.span.t = t ?? (Number.isNaN(view.t) ? now : view.t);
    read.level = view.level;
    // What looks like a process is a logger where no host stands before it.
    read.entity = this.#entityOf(labels, undefined, view.host === undefined ? undefined : view.process);
    read.session = this.#sessionOf(labels, undefined);
    read.event = undefined;
    read.attributes = none;
  }

  #structured({ text, t, labels }: LogRecord, fields: LogFields, now: number): void {
    const view = this.#view;
    const read = this.#read;
    const message = fields.message ?? text;
    this.#inner.read(message, view, t ?? now);
    this.#put(message, view);
    read.span.t = fields.t ?? t ?? (Number.isNaN(view.t) ? now : view.t);
    read.level = fields.level ?? view.level;
    read.entity = this.#entityOf(labels, fields, undefined);
    read.session = this.#sessionOf(labels, fields);
    read.event = this.#options.events ? this.#eventOf(labels, fields) : undefined;
    read.attributes =
      fields.host === undefined ? fields.attributes : { ...fields.attributes, host: fields.host };
  }

  #put(text: string, { from, to }: MessageSpan): void {
    const read = this.#read;
    read.text = text;
    read.span.from = from;
    read.span.to = to;
  }

  #entityOf(labels: Labels, fields: LogFields | undefined, process: string | undefined): Labels {
    const service = this.#serviceOf(labels, fields, process);
    return this.#entities.get(service) ?? this.#known(service, { service });
  }

  /** The object that stands for an entity: the same one each time. */
  #known(key: string, entity: Labels): Labels {
    const known = this.#entities.get(key);
    if (known !== undefined) return known;
    if (this.#entities.size >= mostEntities) this.#entities.clear();
    this.#entities.set(key, entity);
    return entity;
  }

  #eventOf(labels: Labels, { attributes }: LogFields): ReadEvent {
    const topic = labels.topic ?? labels.index ?? labels.tag ?? 'events';
    return { event: eventOf(attributes), entity: this.#known(`topic ${topic}`, { topic }) };
  }

  #serviceOf(labels: Labels, fields: LogFields | undefined, process: string | undefined): string {
    for (const name of this.#options.service) {
      const value = labels[name] ?? this.#named(name, fields, process);
      if (value !== undefined && value !== '') return name === 'filename' ? stemOf(value) : value;
    }
    return 'unknown';
  }

  #named(name: string, fields: LogFields | undefined, process: string | undefined): string | undefined {
    if (name === 'process') return process;
    if (name === 'service' || name === 'service.name') return fields?.service;
    return fields?.attributes[name];
  }

  #sessionOf(labels: Labels, fields: LogFields | undefined): string | undefined {
    for (const name of this.#options.session) {
      const value = name === 'trace.id' ? fields?.traceId : undefined;
      const found = value ?? fields?.attributes[name] ?? labels[name];
      if (found !== undefined && found !== '') return found;
    }
    return undefined;
  }

  /** What it has learned of headers, to be stored as JSON. */
  state(): readonly HeaderState[] {
    return [this.#lines.state(), this.#inner.state()];
  }

  /** Goes on with what was stored. Throws a RangeError when it cannot be read. */
  restore(state: unknown): void {
    if (!Array.isArray(state)) throw new RangeError('the stored headers of a log cannot be read');
    this.#lines.restore(state[0]);
    this.#inner.restore(state[1]);
  }
}
