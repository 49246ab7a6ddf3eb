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
  endOfMethod,
  endOfUrl,
  isBeforeDate,
  isComparison,
  isDots,
  isName,
  kindsIn,
  urlIn,
} from './log-forms.ts';
import { hashPrime, hashSeed, MessageParts } from './log-parts.ts';
import { datePart, literals, units } from './log-vocabulary.ts';

/** Parts of a message that are looked at; what follows counts as one variable. */
const mostParts = 1024;
/** Characters of a message that are looked at. */
const longestMessage = 1 << 14;

const longestUnit = 9;
/** Characters that a literal or a part of a date begins with; hexadecimal words, too. */
const mayBeValue = new Uint8Array(128);
for (const word of [...literals, ...datePart, ...'abcdefABCDEF']) mayBeValue[word.charCodeAt(0)] = 1;

/**
 * Cuts messages into constant parts and variable ones. The variable ones are found by their form: whatever holds a digit
 * (numbers, addresses, UUIDs, hex, times, durations, sizes, ids), paths, URLs, mail addresses, quoted strings. One scanner
 * is used over and over.
 */
export class MessageScanner {
  readonly #parts = new MessageParts(longestMessage + 8);
  #text = '';
  #to = 0;

  /** The parts of a message; the same object for each. */
  scan(text: string, from: number, to: number): MessageParts {
    const parts = this.#parts;
    parts.start(text);
    this.#text = text;
    this.#to = Math.min(to, from + longestMessage);
    let at = from;
    while (at < this.#to && parts.count < mostParts) {
      const kind = classOf(text.charCodeAt(at));
      if (kind === blank) at = this.#blanks(at);
      else if (kind === delimiter) at = this.#delimiter(at);
      else if (kind === quote) at = this.#quote(at);
      else if (kind === dot && text.charCodeAt(at + 1) === 46) at = this.#dots(at);
      else at = this.#piece(at);
    }
    if (at < to) parts.variable(at);
    parts.trim();
    parts.hash();
    return parts;
  }

  #blanks(from: number): number {
    let at = from + 1;
    while (at < this.#to && classOf(this.#text.charCodeAt(at)) === blank) at++;
    this.#parts.blank(from);
    return at;
  }

  #dots(from: number): number {
    let at = from;
    while (at < this.#to && this.#text.charCodeAt(at) === 46) at++;
    return this.#parts.constant(from, at);
  }

  #delimiter(from: number): number {
    const text = this.#text;
    const c = text.charCodeAt(from);
    const before = from > 0 ? classOf(text.charCodeAt(from - 1)) : blank;
    const next = from + 1 < this.#to ? text.charCodeAt(from + 1) : 32;
    if ((c === 60 || c === 62) && isComparison(text, from, this.#to)) return from + 1;
    this.#parts.constant(from, from + 1);
    if (c === 61 && before >= digit && (classOf(next) === blank || next === 44 || next === 59))
      this.#parts.variable(from + 1);
    if (c === 40 && next === 41 && before === blank) this.#parts.variable(from + 1);
    if (c === 123 && (before >= digit || text.charCodeAt(from - 1) === 61 || next === 34))
      return this.#upTo(from + 1, closingBrace(text, from, this.#to));
    return from + 1;
  }

  #quote(from: number): number {
    const close = closingQuote(this.#text, from, this.#to);
    this.#parts.constant(from, from + 1);
    const method = close < 0 ? -1 : endOfMethod(this.#text, from + 1, close);
    if (method < 0) return this.#upTo(from + 1, close);
    this.#parts.constant(from + 1, method);
    return this.#upTo(this.#blanks(method), close);
  }

  /** What stands before a closing sign is a value, when there is one. */
  #upTo(from: number, close: number): number {
    if (close <= from) return from;
    this.#parts.variable(from);
    return this.#parts.constant(close, close + 1);
  }

  #piece(from: number): number {
    const text = this.#text;
    let at = from;
    let seen = 0;
    let colons = 0;
    let hash = hashSeed;
    for (const to = this.#to; at < to; at++) {
      const c = text.charCodeAt(at);
      const bit = bitOf(c);
      if (bit & (wordEnd | wordMark)) {
        if (bit & wordEnd || (bit === 1 << dot && at > from && isDots(text, at))) break;
        if (bit === 1 << colon) colons++;
      }
      seen |= bit;
      hash = Math.imul(hash ^ c, hashPrime);
    }
    if ((seen & ~letterBits) === 0)
      return this.#isLettersValue(from, at, seen) ? at : this.#parts.hashed(from, at, hash);
    if (colons > 0) return this.#colons(from, at, seen, colons);
    return this.#word(from, at, seen);
  }

  /** A word of letters alone is constant, but for units, dates and a few literals. */
  #isLettersValue(from: number, to: number, seen: number): boolean {
    const length = to - from;
    if (length <= longestUnit) {
      if (this.#isUnit(from, to)) {
        this.#parts.dropLast();
        return true;
      }
      const first = this.#text.charCodeAt(from);
      if (length < 3 || first > 127 || mayBeValue[first] === 0 || !this.#isValue(from, to, seen))
        return false;
    } else if (seen !== 1 << hexLetter) return false;
    this.#parts.variable(from);
    return true;
  }

  #word(from: number, to: number, seen: number): number {
    let end = to;
    const text = this.#text;
    if (seen & ~(letterBits | (1 << digit))) while (end > from && !isWord(text.charCodeAt(end - 1))) end--;
    if (end === from) return this.#parts.constant(from, to);
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
        this.#parts.dropLast();
        return end < to ? this.#parts.constant(end, to) : to;
      }
      return this.#parts.constant(from, to);
    }
    if (start > from && text.charCodeAt(start - 1) !== 45 && text.charCodeAt(start - 1) !== 43)
      this.#parts.constant(from, start);
    this.#parts.variable(start);
    if (end < to) this.#parts.constant(end, to);
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
    if (to - from > longestUnit || !this.#parts.behindVariable) return false;
    return units.has(this.#text.slice(from, to));
  }

  #colons(from: number, to: number, seen: number, colons: number): number {
    const text = this.#text;
    let end = to;
    while (end > from && !isWord(text.charCodeAt(end - 1))) end--;
    if (colons > 1 && (seen & ((1 << letter) | (1 << atSign) | (1 << slash))) === 0 && seen & (1 << digit)) {
      this.#parts.variable(from);
      return end < to ? this.#parts.constant(end, to) : to;
    }
    if (text.charCodeAt(from + 1) === 58 && text.charCodeAt(from + 2) === 92) {
      this.#parts.variable(from);
      return end < to ? this.#parts.constant(end, to) : to;
    }
    const url = urlIn(text, from, to);
    if (url > from) {
      this.#parts.variable(from);
      return endOfUrl(text, url + 3, this.#to);
    }
    let start = from;
    for (let k = from; k < to; k++) {
      if (text.charCodeAt(k) !== 58) continue;
      if (k > start) this.#word(start, k, kindsIn(text, start, k));
      this.#parts.constant(k, k + 1);
      start = k + 1;
    }
    if (start < to) this.#word(start, to, kindsIn(text, start, to));
    return to;
  }
}
