import { HeaderReader } from '../detectors/log-header.ts';
import { createHeaderView } from '../detectors/log-header-view.ts';
import type { MessageSpan } from '../detectors/log-template.ts';

/** How lines are read: as JSON objects, as text, or as either, told line by line. */
export type LineFormat = 'json' | 'text' | 'either';

/** Fields that hold the message of a JSON line, the most telling first; dots lead into objects. */
const messageFields = [
  'message',
  'msg',
  '@message',
  'log',
  'body.stringValue',
  'body',
  'Body',
  'MESSAGE',
  'short_message',
  'textPayload',
  'jsonPayload.message',
  'log.message',
  'event.original',
  'event',
  'text',
] as const;

/** What is known of a line: where the message stands in which text. One object, filled again for each line. */
export interface LineMessage {
  text: string;
  span: MessageSpan;
}

function fieldOf(object: object, path: string): unknown {
  const direct: unknown = Reflect.get(object, path);
  if (direct !== undefined) return direct;
  const dot = path.indexOf('.');
  if (dot < 0) return undefined;
  const inner: unknown = Reflect.get(object, path.slice(0, dot));
  return typeof inner === 'object' && inner !== null ? fieldOf(inner, path.slice(dot + 1)) : undefined;
}

/** The message of a JSON line; undefined when it is no object, or has none. */
function messageOf(line: string): string | undefined {
  let object: unknown;
  try {
    object = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof object !== 'object' || object === null) return undefined;
  for (const field of messageFields) {
    const value = fieldOf(object, field);
    if (typeof value === 'string' && value.trim() !== '') return value;
  }
  return undefined;
}

function looksLikeJson(line: string): boolean {
  return line.charCodeAt(0) === 123 && line.trimEnd().endsWith('}');
}

/** Finds the messages of the lines of one source. Give its first lines to `learn` before any is read. */
export class LineReader {
  readonly #format: LineFormat;
  readonly #headers = { text: new HeaderReader(), json: new HeaderReader() };
  readonly #view = createHeaderView();
  readonly #out: LineMessage = { text: '', span: this.#view };
  /** Lines whose header was found; JSON lines with a message; JSON lines without one, or that are not JSON. */
  readonly counts = { headers: 0, json: 0, unreadable: 0 };

  constructor(format: LineFormat) {
    this.#format = format;
  }

  learn(line: string): void {
    const message = this.#structured(line);
    if (message === undefined) this.#headers.text.learn(line);
    else this.#headers.json.learn(message);
  }

  /** The message of a line, in an object that is filled again by the next call. */
  read(line: string): LineMessage {
    const message = this.#structured(line);
    if (message !== undefined) this.counts.json++;
    else if (this.#format === 'json') this.counts.unreadable++;
    const reader = message === undefined ? this.#headers.text : this.#headers.json;
    this.#out.text = message ?? line;
    reader.read(this.#out.text, this.#view, Number.NaN);
    if (this.#view.header) this.counts.headers++;
    return this.#out;
  }

  #structured(line: string): string | undefined {
    if (this.#format === 'text') return undefined;
    return this.#format === 'json' || looksLikeJson(line) ? messageOf(line) : undefined;
  }
}
