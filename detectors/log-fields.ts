import type { LogLevel } from '../core/log.ts';
import { levelIn, levelOf, levelOfLetter, levelOfPriority } from './log-level.ts';
import { TimeScanner, timeForms } from './log-time.ts';

/** What a field at the beginning of a line may be. The numbers are part of a stored layout. */
export const fieldKinds = {
  /** A time. */
  time: 0,
  /** A word for a level, also in brackets. */
  level: 1,
  /** A capital that may stand for a level. */
  letter: 2,
  /** A number, an address. */
  number: 3,
  /** Something in square brackets. */
  bracket: 4,
  /** Signs alone. */
  sign: 5,
  /** A name that ends with a colon: `sshd[24200]:`, `dfs.DataNode:`. */
  titled: 6,
  /** Ended by a bar or a tab. */
  cell: 7,
  /** Padded with blanks. */
  padded: 8,
  /** Has dots, digits or capitals inside, as the names of programs and classes do. */
  name: 9,
  word: 10,
} as const;

/** Fields that are looked at, and how far into the line. */
export const mostFields = 14;
const farthest = 320;
const longestBracket = 200;

function isBlank(c: number): boolean {
  return c === 32 || c === 9;
}
function isDigit(c: number): boolean {
  return c >= 48 && c <= 57;
}
function isUpper(c: number): boolean {
  return c >= 65 && c <= 90;
}
function isLetter(c: number): boolean {
  return (c >= 65 && c <= 90) || (c >= 97 && c <= 122) || c > 127;
}

const small = 0;
const capital = 1;
const figure = 2;
const end = 3;
/** A sign as names have it inside, and one that may end a word. */
const mark = 4;
const stop = 5;
const tokenKinds = Uint8Array.from({ length: 128 }, (_, c) => {
  if (isBlank(c)) return end;
  if (isDigit(c)) return figure;
  if (isUpper(c)) return capital;
  if (isLetter(c)) return small;
  return ':,!?'.includes(String.fromCharCode(c)) ? stop : mark;
});

/** Reads the fields at the beginning of a line, one line after another: `kinds`, `starts` and `ends` up to `count`. */
export class FieldScanner {
  readonly kinds = new Uint8Array(mostFields);
  readonly starts = new Int32Array(mostFields);
  readonly ends = new Int32Array(mostFields);
  readonly levels: (LogLevel | undefined)[] = new Array(mostFields).fill(undefined);
  count = 0;
  /** The first whole time among the fields, ms; its field and its form; -1: there is none. */
  t = Number.NaN;
  timeAt = -1;
  timeForm: number = timeForms.none;
  /** Where the field behind the last one begins. */
  rest = 0;
  readonly #times = new TimeScanner();
  #text = '';
  #to = 0;

  /** A time without a year or date is read as the one close before `reference`, ms. */
  set reference(t: number) {
    this.#times.reference = t;
  }

  /** Reads up to `most` fields. */
  scan(text: string, most: number): void {
    this.#text = text.length > 2 * farthest ? text.slice(0, 2 * farthest) : text;
    this.#to = Math.min(text.length, farthest);
    this.count = 0;
    this.t = Number.NaN;
    this.timeAt = -1;
    this.timeForm = timeForms.none;
    let at = 0;
    while (at < this.#to && this.count < most) {
      const start = this.#skipBlanks(at);
      if (start >= this.#to) break;
      at = this.#field(start);
    }
    this.rest = this.#skipBlanks(at);
  }

  text(field: number): string {
    return this.#text.slice(this.starts[field], this.ends[field]);
  }

  #skipBlanks(from: number): number {
    let at = from;
    while (at < this.#to && isBlank(this.#text.charCodeAt(at))) at++;
    return at;
  }

  #field(start: number): number {
    const text = this.#text;
    this.levels[this.count] = undefined;
    const c = text.charCodeAt(start);
    const end = c === 91 ? this.#bracket(start) : this.#timeField(start);
    if (end > start) return end;
    if (c === 60 && isDigit(text.charCodeAt(start + 1))) {
      const close = text.indexOf('>', start);
      if (close > start && close < start + 5) {
        this.levels[this.count] = levelOfPriority(Number.parseInt(text.slice(start + 1, close), 10));
        return this.#put(start, close + 1, fieldKinds.bracket);
      }
    }
    return this.#token(start);
  }

  #put(start: number, end: number, kind: number): number {
    const text = this.#text;
    const k = this.count++;
    this.starts[k] = start;
    this.ends[k] = end;
    const next = text.charCodeAt(end);
    let is = kind;
    const bare = kind >= fieldKinds.name || kind === fieldKinds.number;
    if (next === 124 || next === 9) {
      if (bare) is = fieldKinds.cell;
    } else if (next === 32 && kind >= fieldKinds.name && text.charCodeAt(end + 1) === 32)
      is = fieldKinds.padded;
    this.kinds[k] = is;
    return next === 124 ? end + 1 : end;
  }

  #noteTime(): void {
    const { form, ms } = this.#times;
    if (this.timeAt < 0 || this.timeForm === timeForms.date) {
      if (this.timeAt < 0) this.timeAt = this.count;
      this.timeForm = form;
      this.t = ms;
    }
  }

  #timeField(start: number): number {
    const text = this.#text;
    const c = text.charCodeAt(start);
    if (!isDigit(c) && !isUpper(c)) return -1;
    const times = this.#times;
    let end = times.read(text, start);
    if (end < 0) return -1;
    const next = text.charCodeAt(end);
    if (isDigit(next) || isLetter(next) || (next === 46 && isDigit(text.charCodeAt(end + 1)))) return -1;
    if (next === 45 || next === 47 || next === 58 || next === 95)
      if (!isBlank(text.charCodeAt(end + 1)) && end + 1 < text.length) return -1;
    this.#noteTime();
    if (times.form === timeForms.klog) this.levels[this.count] = levelOfLetter(text[start]!);
    if (next === 44 || next === 58 || next === 93) end++;
    return this.#put(start, end, fieldKinds.time);
  }

  #bracket(start: number): number {
    const text = this.#text;
    const most = Math.min(text.length, start + longestBracket);
    let depth = 0;
    let close = -1;
    for (let at = start; at < most && close < 0; at++) {
      const c = text.charCodeAt(at);
      if (c === 91) depth++;
      else if (c === 93 && --depth === 0) close = at;
    }
    if (close < 0) return -1;
    const c = text.charCodeAt(close + 1);
    const end = c === 58 || c === 44 ? close + 2 : close + 1;
    const from = this.#skipBlanks(start + 1);
    const timeEnd = this.#times.read(text, from);
    if (timeEnd > 0 && timeEnd <= close && !isLetter(text.charCodeAt(timeEnd))) {
      this.#noteTime();
      return this.#put(start, end, fieldKinds.time);
    }
    const level = levelOf(text.slice(from, close).trim());
    this.levels[this.count] = level;
    return this.#put(start, end, level === undefined ? fieldKinds.bracket : fieldKinds.level);
  }

  #token(start: number): number {
    const text = this.#text;
    let at = start;
    let marks = 0;
    let letters = 0;
    let inner = 0;
    for (const to = this.#to; at < to; at++) {
      const c = text.charCodeAt(at);
      const kind = c < 128 ? tokenKinds[c]! : small;
      if (kind === small) letters++;
      else if (kind === capital) {
        letters++;
        if (at > start && !isUpper(text.charCodeAt(at - 1))) inner++;
      } else if (kind === figure) inner++;
      else if (kind === end || (c === 124 && at > start)) break;
      else {
        marks++;
        if (kind === mark) inner++;
        if (c === 91 && at > start) at = this.#closeOf(at);
        if (c === 58 && letters > 0 && this.#endsAt(start, at)) return this.#endAt(start, at + 1);
      }
    }
    if (marks === at - start) return this.#put(start, at, fieldKinds.sign);
    return this.#named({ start, end: at, letters, inner });
  }

  #closeOf(open: number): number {
    const close = this.#text.indexOf(']', open);
    const blank = this.#text.indexOf(' ', open);
    return close > 0 && (blank < 0 || close < blank) ? close : open;
  }

  /** Whether a colon ends a field: behind a level, or behind a name that hangs on the field before. */
  #endsAt(start: number, colon: number): boolean {
    return (this.count > 0 && this.ends[this.count - 1] === start) || this.#levelBefore(start, colon);
  }

  #endAt(start: number, end: number): number {
    return this.#put(start, end, this.levels[this.count] ? fieldKinds.level : fieldKinds.titled);
  }

  /** `INFO:` of `INFO:root:message`. */
  #levelBefore(start: number, colon: number): boolean {
    if (!isUpper(this.#text.charCodeAt(start + 1))) return false;
    const level = levelIn(this.#text, start, colon);
    this.levels[this.count] = level;
    return level !== undefined;
  }

  #named({
    start,
    end,
    letters,
    inner,
  }: {
    start: number;
    end: number;
    letters: number;
    inner: number;
  }): number {
    const text = this.#text;
    const last = text.charCodeAt(end - 1);
    const bare = last === 58 || last === 44 ? end - 1 : end;
    if (letters === 0)
      return this.#put(start, end, last === 58 && inner > 3 ? fieldKinds.titled : fieldKinds.number);
    if (inner === 0 || bare < end) {
      if (bare - start === 1 && isUpper(text.charCodeAt(start))) return this.#letter(start, end);
      const level = letters === bare - start ? levelIn(text, start, bare) : undefined;
      this.levels[this.count] = level;
      if (level !== undefined) return this.#put(start, end, fieldKinds.level);
    }
    if (last === 58 || (last === 93 && this.count > 0 && text.lastIndexOf('[', end) < start))
      return this.#put(start, end, fieldKinds.titled);
    if (last === 93 && text.charCodeAt(end) === 32 && text.charCodeAt(end + 1) === 40) {
      const close = text.indexOf('):', end);
      if (close > 0 && close - end < longestBracket) return this.#put(start, close + 2, fieldKinds.titled);
    }
    return this.#put(start, end, inner > 0 ? fieldKinds.name : fieldKinds.word);
  }

  #letter(start: number, end: number): number {
    const level = levelOfLetter(this.#text[start]!);
    this.levels[this.count] = level;
    return this.#put(start, end, level === undefined ? fieldKinds.word : fieldKinds.letter);
  }
}
