import { createWriteStream, type WriteStream } from 'node:fs';

export type Level = 'info' | 'warn' | 'error';

/** A service's log: one JSON object a line, `{time, level, service, instance, message, trace_id?}`. */
export class ServiceLog {
  readonly #out: WriteStream;
  readonly #who: { readonly service: string; readonly instance: string };

  constructor(file: string, who: { readonly service: string; readonly instance: string }) {
    this.#out = createWriteStream(file, { flags: 'a' });
    this.#who = who;
  }

  say(level: Level, message: string, fields: { readonly trace_id?: string } = {}): void {
    const time = new Date().toISOString();
    this.#out.write(`${JSON.stringify({ time, level, ...this.#who, message, ...fields })}\n`);
  }
}
