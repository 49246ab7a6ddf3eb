import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const block = 1 << 16;

/** Keeps one number a line on disk until all lines are known. Made, filled, read once, closed. */
export class LineSpool {
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'foreshock-lines-'));
  readonly #file = openSync(path.join(this.#folder, 'lines'), 'w+');
  readonly #block = new Int32Array(block);
  #filled = 0;
  count = 0;

  add(value: number): void {
    if (this.#filled === block) this.#flush();
    this.#block[this.#filled++] = value;
    this.count++;
  }

  /** The numbers in the order in which they came, some thousand at a time; each array is valid until the next one. */
  *read(): Generator<Int32Array> {
    this.#flush();
    const bytes = new Uint8Array(this.#block.buffer);
    for (let at = 0; at < this.count * 4; ) {
      const read = readSync(this.#file, bytes, 0, bytes.length, at);
      yield this.#block.subarray(0, read / 4);
      at += read;
    }
  }

  close(): void {
    closeSync(this.#file);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #flush(): void {
    writeSync(this.#file, this.#block, 0, this.#filled * 4);
    this.#filled = 0;
  }
}
