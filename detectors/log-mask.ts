import {
  atSign,
  bitOf,
  blank,
  classOf,
  colon,
  delimiter,
  digit,
  dot,
  hexLetter,
  isWord,
  letter,
  letterBits,
  other,
  quote,
  slash,
  wordEnd,
  wordMark,
} from './log-characters.ts';
import {
  closingBrace,
  closingQuote,
  endOfUrl,
  isBeforeDate,
  isDots,
  isName,
  kindsIn,
  urlIn,
} from './log-forms.ts';
import { datePart, literals, units } from './log-vocabulary.ts';

/** What stands for a variable part in a template. */
export const mask = '<*>';

/** Parts of a message that are looked at; what follows counts as one variable. */
const mostParts = 1024;
/** Characters of a message that are looked at. */
const longestMessage = 1 << 14;

const longestUnit = 9;
/** FNV-1a, 32 bits. */
const seed = 0x811c9dc5 | 0;
const prime = 0x01000193;
/** Characters that a literal or a part of a date begins with; hexadecimal words, too. */
const mayBeValue = new Uint8Array(128);
for (const word of [...literals, ...datePart, ...'abcdefABCDEF']) mayBeValue[word.charCodeAt(0)] = 1;

/**
 * Cuts messages into constant parts and variable ones. The variable ones are found by their form: whatever holds a digit
 * (numbers, addresses, UUIDs, hex, times, durations, sizes, ids), paths, URLs, mail addresses, quoted strings. One scanner
 * is used over and over: `scan` fills `starts` and `ends` with `count` parts; a blank between words is a part that
 * begins with a space, a variable part has the end -1; `low` and `high` are a hash of the parts.
 */
export class MessageScanner {
  readonly starts = new Int32Array(longestMessage + 8);
  readonly ends = new Int32Array(longestMessage + 8);
  readonly #hashes = new Int32Array(longestMessage + 8);
  count = 0;
  low = 0;
  high = 0;
  #text = '';
  #to = 0;

  scan(text: string, from: number, to: number): void {
    this.#text = text;
    this.#to = Math.min(to, from + longestMessage);
    this.count = 0;
    let at = from;
    while (at < this.#to && this.count < mostParts) {
      const kind = classOf(text.charCodeAt(at));
      if (kind === blank) at = this.#blanks(at);
      else if (kind === delimiter) at = this.#delimiter(at);
      else if (kind === quote) at = this.#quote(at);
      else if (kind === dot && text.charCodeAt(at + 1) === 46) at = this.#dots(at);
      else at = this.#piece(at);
    }
    if (at < to) this.#variable(at);
    if (this.count > 0 && this.ends[this.count - 1] === -2) this.count--;
    this.#hash();
  }

  /** The words of the scanned message: split at blanks, variable parts as masks. */
  words(): string[] {
    const words: string[] = [];
    let word = '';
    for (let k = 0; k < this.count; k++) {
      const end = this.ends[k]!;
      if (end === -2) {
        words.push(word);
        word = '';
      } else word += end === -1 ? mask : this.#text.slice(this.starts[k], end);
    }
    if (word !== '' || words.length === 0) words.push(word);
    return words;
  }

  #blanks(from: number): number {
    let at = from + 1;
    while (at < this.#to && classOf(this.#text.charCodeAt(at)) === blank) at++;
    if (this.count > 0) {
      this.starts[this.count] = from;
      this.ends[this.count++] = -2;
    }
    return at;
  }

  #constant(from: number, to: number): number {
    let hash = seed;
    for (let at = from; at < to; at++) hash = Math.imul(hash ^ this.#text.charCodeAt(at), prime);
    return this.#hashed(from, to, hash);
  }

  /** A constant part whose hash is known; the same characters in other pieces are the same part. */
  #hashed(from: number, to: number, hash: number): number {
    const last = this.count - 1;
    if (last >= 0 && this.ends[last] === from) {
      this.ends[last] = to;
      this.#hashes[last] = Math.imul(this.#hashes[last]!, 0x2c1b3c6d) ^ hash;
    } else {
      this.starts[this.count] = from;
      this.#hashes[this.count] = hash;
      this.ends[this.count++] = to;
    }
    return to;
  }

  /** One mask for `a`, for `a:b`, `a-b`, `a/b`: what hangs together without a letter or bracket in between. */
  #variable(from: number): void {
    const last = this.count - 1;
    if (last >= 0 && this.ends[last] === -1) return;
    if (last >= 1 && this.ends[last] === -2 && this.ends[last - 1] === -1) {
      this.count = last;
      return;
    }
    if (last >= 1 && this.ends[last - 1] === -1 && this.#joins(last, from)) {
      this.count = last;
      return;
    }
    this.starts[this.count] = from;
    this.ends[this.count++] = -1;
  }

  #joins(part: number, to: number): boolean {
    if (this.ends[part]! < 0) return false;
    for (let at = this.starts[part]!; at < to; at++) {
      const kind = classOf(this.#text.charCodeAt(at));
      if (kind === delimiter || kind === quote || kind >= hexLetter) return false;
    }
    return true;
  }

  #dots(from: number): number {
    let at = from;
    while (at < this.#to && this.#text.charCodeAt(at) === 46) at++;
    return this.#constant(from, at);
  }

  #delimiter(from: number): number {
    const text = this.#text;
    const c = text.charCodeAt(from);
    const before = from > 0 ? classOf(text.charCodeAt(from - 1)) : blank;
    const next = from + 1 < this.#to ? text.charCodeAt(from + 1) : 32;
    this.#constant(from, from + 1);
    if (c === 61 && before >= digit && (classOf(next) === blank || next === 44 || next === 59))
      this.#variable(from + 1);
    if (c === 40 && next === 41 && before === blank) this.#variable(from + 1);
    if (c === 123 && (before >= digit || text.charCodeAt(from - 1) === 61 || next === 34))
      return this.#upTo(from + 1, closingBrace(text, from, this.#to));
    return from + 1;
  }

  #quote(from: number): number {
    const close = closingQuote(this.#text, from, this.#to);
    this.#constant(from, from + 1);
    return this.#upTo(from + 1, close);
  }

  /** What stands before a closing sign is a value, when there is one. */
  #upTo(from: number, close: number): number {
    if (close <= from) return from;
    this.#variable(from);
    return this.#constant(close, close + 1);
  }

  #piece(from: number): number {
    const text = this.#text;
    let at = from;
    let seen = 0;
    let colons = 0;
    let hash = seed;
    for (const to = this.#to; at < to; at++) {
      const c = text.charCodeAt(at);
      const bit = bitOf(c);
      if (bit & (wordEnd | wordMark)) {
        if (bit & wordEnd || (bit === 1 << dot && at > from && isDots(text, at))) break;
        if (bit === 1 << colon) colons++;
      }
      seen |= bit;
      hash = Math.imul(hash ^ c, prime);
    }
    if ((seen & ~letterBits) === 0)
      return this.#isLettersValue(from, at, seen) ? at : this.#hashed(from, at, hash);
    if (colons > 0) return this.#colons(from, at, seen, colons);
    return this.#word(from, at, seen);
  }

  /** A word of letters alone is constant, but for units, dates and a few literals. */
  #isLettersValue(from: number, to: number, seen: number): boolean {
    const length = to - from;
    if (length <= longestUnit) {
      if (this.#isUnit(from, to)) {
        this.count--;
        return true;
      }
      const first = this.#text.charCodeAt(from);
      if (length < 3 || first > 127 || mayBeValue[first] === 0 || !this.#isValue(from, to, seen))
        return false;
    } else if (seen !== 1 << hexLetter) return false;
    this.#variable(from);
    return true;
  }

  #word(from: number, to: number, seen: number): number {
    let end = to;
    const text = this.#text;
    if (seen & ~(letterBits | (1 << digit))) while (end > from && !isWord(text.charCodeAt(end - 1))) end--;
    if (end === from) return this.#constant(from, to);
    let start = from;
    while (start < end && classOf(text.charCodeAt(start)) === other && text.charCodeAt(start) !== 126)
      start++;
    const variable =
      (seen & (1 << digit)) !== 0 ||
      (seen & (1 << atSign)) !== 0 ||
      ((seen & (1 << slash)) !== 0 && text.charCodeAt(start) === 47) ||
      this.#isValue(start, end, seen);
    if (!variable) {
      if (this.#isUnit(start, end)) {
        this.count--;
        return end < to ? this.#constant(end, to) : to;
      }
      return this.#constant(from, to);
    }
    if (start > from && text.charCodeAt(start - 1) !== 45 && text.charCodeAt(start - 1) !== 43)
      this.#constant(from, start);
    this.#variable(start);
    if (end < to) this.#constant(end, to);
    return to;
  }

  #isValue(from: number, to: number, seen: number): boolean {
    const length = to - from;
    if ((seen & (1 << dot)) !== 0) return isName(this.#text, from, to);
    if (seen === 1 << hexLetter && length >= 8) return true;
    if (length < 3 || length > 9) return false;
    const word = this.#text.slice(from, to);
    if (literals.has(word)) return true;
    return datePart.has(word) && isBeforeDate(this.#text, to, this.#to);
  }

  #isUnit(from: number, to: number): boolean {
    const k = this.count - 1;
    if (k < 1 || this.ends[k] !== -2 || this.ends[k - 1] !== -1 || to - from > longestUnit) return false;
    return units.has(this.#text.slice(from, to));
  }

  #colons(from: number, to: number, seen: number, colons: number): number {
    const text = this.#text;
    let end = to;
    while (end > from && !isWord(text.charCodeAt(end - 1))) end--;
    if (colons > 1 && (seen & ((1 << letter) | (1 << atSign) | (1 << slash))) === 0 && seen & (1 << digit)) {
      this.#variable(from);
      return end < to ? this.#constant(end, to) : to;
    }
    if (text.charCodeAt(from + 1) === 58 && text.charCodeAt(from + 2) === 92) {
      this.#variable(from);
      return end < to ? this.#constant(end, to) : to;
    }
    const url = urlIn(text, from, to);
    if (url > from) {
      this.#variable(from);
      return endOfUrl(text, url + 3, this.#to);
    }
    let start = from;
    for (let k = from; k < to; k++) {
      if (text.charCodeAt(k) !== 58) continue;
      if (k > start) this.#word(start, k, kindsIn(text, start, k));
      this.#constant(k, k + 1);
      start = k + 1;
    }
    if (start < to) this.#word(start, to, kindsIn(text, start, to));
    return to;
  }

  /** Two hashes over the parts. */
  #hash(): void {
    let low = seed;
    let high = 0x12345;
    for (let k = 0; k < this.count; k++) {
      const end = this.ends[k]!;
      const part = end >= 0 ? this.#hashes[k]! : end;
      low = Math.imul(low ^ part, prime);
      low ^= low >>> 15;
      high = Math.imul(high, 0x5bd1e995) + part;
      high ^= high >>> 13;
    }
    this.low = low | 0;
    this.high = high | 0;
  }
}
