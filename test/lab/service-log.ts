import { createWriteStream, type WriteStream } from 'node:fs';

export type Level = 'info' | 'warn' | 'error';

const mostErrorsASecond = 2;

/**
 * A service's log: one JSON object a line, `{time, level, service, instance, message, trace_id?}`. Of the errors and
 * warnings of a second only the first two are written.
 */
export class ServiceLog {
  readonly #out: WriteStream;
  #second = '';
  #written = 0;
  readonly #who: { readonly service: string; readonly instance: string };

  constructor(file: string, who: { readonly service: string; readonly instance: string }) {
    this.#out = createWriteStream(file, { flags: 'a' });
    this.#who = who;
  }

  say(level: Level, message: string, fields: { readonly trace_id?: string } = {}): void {
    const time = new Date().toISOString();
    if (level !== 'info' && this.#full(time.slice(0, 19))) return;
    this.#out.write(`${JSON.stringify({ time, level, ...this.#who, message, ...fields })}\n`);
  }

  /** Whether enough errors and warnings of this second are written. */
  #full(second: string): boolean {
    if (second !== this.#second) this.#written = 0;
    this.#second = second;
    return this.#written++ >= mostErrorsASecond;
  }
}
