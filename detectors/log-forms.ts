import { blank, classOf, digit, isWord, quote, slash } from './log-characters.ts';
import { datePart, methods } from './log-vocabulary.ts';

/** `a.b.c`, `a.b/c`, `./a`: hosts, classes, properties, files; the names of exceptions stay what they are. */
export function isName(text: string, from: number, to: number): boolean {
  let dots = 0;
  for (let at = from + 1; at < to - 1; at++)
    if (text.charCodeAt(at) === 46 && isWord(text.charCodeAt(at + 1))) dots++;
  if (kindsIn(text, from, to) & (1 << slash)) return dots > 0 || text.charCodeAt(from) === 46;
  if (dots < 2) return false;
  return !(text.endsWith('Exception', to) || text.endsWith('Error', to));
}

/** Whether a number or another part of a date follows. */
export function isBeforeDate(text: string, from: number, to: number): boolean {
  let at = from;
  while (at < to && (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 44)) at++;
  if (at === from || at >= to) return false;
  const kind = classOf(text.charCodeAt(at));
  return kind === digit || datePart.has(text.slice(at, at + 3));
}

/** The classes of characters in a part of a text, a bit each. */
export function kindsIn(text: string, from: number, to: number): number {
  let seen = 0;
  for (let at = from; at < to; at++) seen |= 1 << classOf(text.charCodeAt(at));
  return seen;
}

const longestQuote = 256;
/** Where the quote that begins here is closed, -1 when it is none: an apostrophe, a lone one, nothing inside. */
export function closingQuote(text: string, from: number, to: number): number {
  const c = text.charCodeAt(from);
  const double = c === 34;
  if (!double && from > 0 && isWord(text.charCodeAt(from - 1))) return -1;
  const end = Math.min(to, from + longestQuote);
  let close = from + 1;
  while (close < end && text.charCodeAt(close) !== c) close++;
  if (close >= end || close === from + 1) return -1;
  return double || close + 1 >= to || !isWord(text.charCodeAt(close + 1)) ? close : -1;
}

const longestBraces = 1024;
/** Where the brace that opens here is closed, -1 when it is not. */
export function closingBrace(text: string, from: number, to: number): number {
  const end = Math.min(to, from + longestBraces);
  let depth = 0;
  for (let at = from; at < end; at++) {
    const c = text.charCodeAt(at);
    if (c === 123) depth++;
    else if (c === 125 && --depth === 0) return at;
  }
  return -1;
}

/** Where a URL ends whose path begins here: before a blank, a quote, a closing bracket, or the full stop of a sentence. */
export function endOfUrl(text: string, from: number, to: number): number {
  let at = from;
  for (; at < to; at++) {
    const c = text.charCodeAt(at);
    const kind = classOf(c);
    if (kind === blank || kind === quote || c === 41 || c === 93 || c === 62 || c === 125) break;
  }
  while (at > from && !isWord(text.charCodeAt(at - 1)) && text.charCodeAt(at - 1) !== 47) at--;
  return at;
}

/** Where `://` stands, -1 when nowhere. */
export function urlIn(text: string, from: number, to: number): number {
  for (let at = from; at < to - 2; at++)
    if (text.charCodeAt(at) === 58 && text.charCodeAt(at + 1) === 47 && text.charCodeAt(at + 2) === 47)
      return at;
  return -1;
}

/** Whether a run of dots begins behind the first character of a word: `threshold......0`. */
export function isDots(text: string, at: number): boolean {
  return text.charCodeAt(at + 1) === 46 && text.charCodeAt(at + 2) === 46;
}

const longestMethod = 8;
/** Where the method of a request ends that begins here, -1 when none does. */
export function endOfMethod(text: string, from: number, to: number): number {
  const end = Math.min(to, from + longestMethod);
  let at = from;
  while (at < end && text.charCodeAt(at) >= 65 && text.charCodeAt(at) <= 90) at++;
  if (at - from < 3 || text.charCodeAt(at) !== 32) return -1;
  return methods.has(text.slice(from, at)) ? at : -1;
}

/** Whether the sign that stands here compares: `<1 sec`, and is not a bracket: `<34>`. */
export function isComparison(text: string, from: number, to: number): boolean {
  if (from > 0 && classOf(text.charCodeAt(from - 1)) !== blank) return false;
  let at = from + 1;
  while (at < to && classOf(text.charCodeAt(at)) === digit) at++;
  return at > from + 1 && text.charCodeAt(at) !== 62;
}
