import { classOf, delimiter, hexLetter, quote } from './log-characters.ts';

/** What stands for a variable part in a template. */
export const mask = '<*>';

/** FNV-1a, 32 bits. */
export const hashSeed = 0x811c9dc5 | 0;
export const hashPrime = 0x01000193;

/** The end of a part that varies, and of a blank between words. */
const varying = -1;
const between = -2;

/**
 * The parts of one message: constant ones, from `starts` to `ends`, variable ones, blanks. Filled from left to right and
 * used over and over; constant parts that touch are one, variable ones side by side, too.
 */
export class MessageParts {
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  readonly #hashes: Int32Array;
  count = 0;
  /** A hash of 64 bits of all parts, once `hash` was called. */
  low = 0;
  high = 0;
  text = '';

  constructor(most: number) {
    this.#starts = new Int32Array(most);
    this.#ends = new Int32Array(most);
    this.#hashes = new Int32Array(most);
  }

  start(text: string): void {
    this.text = text;
    this.count = 0;
  }

  blank(at: number): void {
    if (this.count === 0) return;
    this.#starts[this.count] = at;
    this.#ends[this.count++] = between;
  }

  /** Whether the last word varies and a blank stands behind it: what follows may be its unit. */
  get behindVariable(): boolean {
    const last = this.count - 1;
    return last > 0 && this.#ends[last] === between && this.#ends[last - 1] === varying;
  }

  dropLast(): void {
    this.count--;
  }

  /** Drops a blank that nothing followed. */
  trim(): void {
    if (this.count > 0 && this.#ends[this.count - 1] === between) this.count--;
  }

  /** The words of the scanned message: split at blanks, variable parts as masks. */
  words(): string[] {
    const words: string[] = [];
    let word = '';
    for (let k = 0; k < this.count; k++) {
      const end = this.#ends[k]!;
      if (end === between) {
        words.push(word);
        word = '';
      } else word += end === varying ? mask : this.text.slice(this.#starts[k], end);
    }
    if (word !== '' || words.length === 0) words.push(word);
    return words;
  }

  constant(from: number, to: number): number {
    let hash = hashSeed;
    for (let at = from; at < to; at++) hash = Math.imul(hash ^ this.text.charCodeAt(at), hashPrime);
    return this.hashed(from, to, hash);
  }

  /** A constant part whose hash is known; the same characters in other pieces are the same part. */
  hashed(from: number, to: number, hash: number): number {
    const last = this.count - 1;
    if (last >= 0 && this.#ends[last] === from) {
      this.#ends[last] = to;
      this.#hashes[last] = Math.imul(this.#hashes[last]!, 0x2c1b3c6d) ^ hash;
    } else {
      this.#starts[this.count] = from;
      this.#hashes[this.count] = hash;
      this.#ends[this.count++] = to;
    }
    return to;
  }

  /** One mask for `a`, for `a:b`, `a-b`, `a/b`: what hangs together without a letter or bracket in between. */
  variable(from: number): void {
    const last = this.count - 1;
    if (last >= 0 && this.#ends[last] === varying) return;
    if (last >= 1 && this.#ends[last] === between && this.#ends[last - 1] === varying) {
      this.count = last;
      return;
    }
    if (last >= 1 && this.#ends[last - 1] === varying && this.#joins(last, from)) {
      this.count = last;
      return;
    }
    this.#starts[this.count] = from;
    this.#ends[this.count++] = varying;
  }

  #joins(part: number, to: number): boolean {
    if (this.#ends[part]! < 0) return false;
    for (let at = this.#starts[part]!; at < to; at++) {
      const kind = classOf(this.text.charCodeAt(at));
      if (kind === delimiter || kind === quote || kind >= hexLetter) return false;
    }
    return true;
  }

  /** Two hashes over the parts. */
  hash(): void {
    let low = hashSeed;
    let high = 0x12345;
    for (let k = 0; k < this.count; k++) {
      const end = this.#ends[k]!;
      const part = end >= 0 ? this.#hashes[k]! : end;
      low = Math.imul(low ^ part, hashPrime);
      low ^= low >>> 15;
      high = Math.imul(high, 0x5bd1e995) + part;
      high ^= high >>> 13;
    }
    this.low = low | 0;
    this.high = high | 0;
  }
}
