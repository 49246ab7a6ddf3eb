import { appendFileSync, renameSync, statSync } from 'node:fs';

const mostBytes = 1 << 20;
const askedEvery = 1000;

/** A file of lines on a service's own disk; it is begun anew at one MiB, and the one before is kept. */
export class Journal {
  readonly #file: string;
  #lines = 0;

  constructor(file: string) {
    this.#file = file;
  }

  /** Writes one line before it returns, as a journal must; throws what the disk says. */
  append(line: string): void {
    appendFileSync(this.#file, `${line}\n`);
    if (++this.#lines % askedEvery === 0 && statSync(this.#file).size > mostBytes)
      renameSync(this.#file, `${this.#file}.1`);
  }
}
