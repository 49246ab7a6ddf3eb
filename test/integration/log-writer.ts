import { appendFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { createRandom } from '../../core/random.ts';

const second = 1000;

/** Services that write a log each: a past at once, then a present, line by line in real time. */
export class LogWriter {
  readonly #directory: string;
  readonly #random = createRandom(5);
  #timer: NodeJS.Timeout | undefined;
  #failing: string | undefined;

  constructor(directory: string) {
    this.#directory = directory;
    mkdirSync(directory, { recursive: true });
  }

  /** Writes what was said from `from` to `to` (ms). */
  past(from: number, to: number): void {
    for (const service of ['checkout', 'cart']) {
      const lines: string[] = [];
      for (let t = from; t < to; t += second) lines.push(...this.#said(service, t));
      this.#append(service, lines);
    }
  }

  /** Writes on in real time. */
  begin(): void {
    this.#timer = setInterval(() => {
      for (const service of ['checkout', 'cart']) this.#append(service, this.#said(service, Date.now()));
    }, second);
  }

  /** From now on a service fails as it never did before. */
  fail(service: string): void {
    this.#failing = service;
  }

  end(): void {
    clearInterval(this.#timer);
  }

  #append(service: string, lines: readonly string[]): void {
    if (lines.length > 0)
      appendFileSync(path.join(this.#directory, `${service}.log`), `${lines.join('\n')}\n`);
  }

  #said(service: string, t: number): string[] {
    const random = this.#random;
    const at = new Date(t).toISOString();
    const whole = (below: number) => Math.floor(random() * below);
    const count = 2 + whole(4);
    const lines = Array.from({ length: count }, () =>
      random() < 0.7
        ? `${at} INFO http: GET /${service}/${whole(10_000)} 200 in ${whole(90)} ms`
        : `${at} INFO store: key ${whole(10_000)} written to shard ${whole(16)}`,
    );
    if (random() < 0.02) lines.push(`${at} WARN http: slow answer of upstream: ${1000 + whole(900)} ms`);
    if (this.#failing === service)
      for (let i = 0; i < 6; i++)
        lines.push(
          `${at} ERROR pool: no connection to db-${whole(4)} for user=ann@example.com password=hush${whole(99)}: timeout after ${whole(5000)} ms`,
        );
    return lines;
  }
}
