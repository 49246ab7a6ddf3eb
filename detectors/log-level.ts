import type { LogLevel } from '../core/log.ts';
import { levelOfSyslog } from '../core/log-level.ts';

/** Fewer than a field that holds a level may have: these stand among other words. */
const spellings: Readonly<Record<LogLevel, string>> = {
  trace: 'trace trc verbose finest finer',
  debug: 'debug dbg fine',
  info: 'info information informational notice note config log inf',
  warn: 'warn warning wrn',
  error: 'error err severe failure failed',
  fatal: 'fatal critical crit alert emerg emergency panic ftl',
};

const levels = new Map(
  Object.entries(spellings).flatMap(([level, words]) =>
    words.split(' ').map(word => [word, level as LogLevel] as const),
  ),
);
const letters = new Map<string, LogLevel>([
  ['V', 'trace'],
  ['T', 'trace'],
  ['D', 'debug'],
  ['I', 'info'],
  ['N', 'info'],
  ['W', 'warn'],
  ['E', 'error'],
  ['F', 'fatal'],
  ['C', 'fatal'],
]);

const longest = 13;

/** The level that a word names, in any of the usual spellings and in upper or lower case. */
export function levelOf(word: string): LogLevel | undefined {
  if (word.length < 3 || word.length > longest) return undefined;
  return levels.get(word) ?? levels.get(word.toLowerCase());
}

/** First letters of levels, by their code in lower case: most words need not be cut out to be told from a level. */
const initials = new Uint8Array(128);
for (const name of levels.keys()) initials[name.charCodeAt(0)] = 1;

/** The level that a piece of a text names, as `levelOf`. */
export function levelIn(text: string, from: number, to: number): LogLevel | undefined {
  const initial = text.charCodeAt(from) | 32;
  if (to - from > longest || initials[initial & 127] === 0) return undefined;
  return levelOf(text.slice(from, to));
}

/** The level that a single capital stands for. */
export function levelOfLetter(letter: string): LogLevel | undefined {
  return letters.get(letter);
}

/** The level of a syslog priority, facility x 8 + severity (RFC 5424, section 6.2.1). */
export function levelOfPriority(priority: number): LogLevel | undefined {
  return levelOfSyslog(priority & 7);
}
