import type { IndicatorType } from '../core/indicator.ts';
import { normalDomain, normalUrl } from '../core/indicator-value.ts';
import { networkOfIpv4, networkOfIpv6, parseIpv4, parseIpv6 } from '../core/ip-address.ts';

/** Told of each thing in a text that may be an indicator, in its one form (`normalValue`). */
export interface ScanSink {
  /** Lengths of prefixes of networks that are looked for. */
  prefixes(type: 'ipv4' | 'ipv6'): Iterable<number>;
  found(type: IndicatorType, value: string): void;
}

const [word, hex, digit] = [1, 2, 4];
/** What stands in words: letters, digits, `.`, `-` and `_`. */
const kinds = new Uint8Array(128);
for (const c of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.') kinds[c.charCodeAt(0)] = word;
for (const c of 'abcdefABCDEF') kinds[c.charCodeAt(0)] = word | hex;
for (const c of '0123456789') kinds[c.charCodeAt(0)] = word | hex | digit;
const kindOf = (code: number): number => (code < 128 ? kinds[code]! : 0);

const [dot, colon, slash, at] = [46, 58, 47, 64];
const hashLengths = new Set([32, 40, 56, 64, 96, 128]);
const longestUrl = 2048;
const longestLocal = 64;

/** One text as it is looked through. */
interface Scan {
  readonly text: string;
  readonly from: number;
  readonly to: number;
  readonly sink: ScanSink;
  /** URLs so far: reading one is dear, and a line of nothing else is no line. */
  urls: number;
}

const mostUrls = 32;

/** Reads a text once, from the left, word by word. Takes time that is linear in its length. */
export function scanIndicators(text: string, sink: ScanSink, from = 0, to = text.length): void {
  const scan: Scan = { text, from, to, sink, urls: 0 };
  let i = from;
  while (i < to) {
    if ((kindOf(text.charCodeAt(i)) & word) !== 0) i = wordAt(scan, i);
    else if (text.charCodeAt(i) === colon && text.charCodeAt(i + 1) === colon) i = ipv6At(scan, i, i);
    else i++;
  }
}

/** Where to go on after the word that begins at `start`. */
function wordAt(scan: Scan, start: number): number {
  const { text, to, sink } = scan;
  let [i, dots, all] = [start, 0, 7];
  for (; i < to; i++) {
    const c = text.charCodeAt(i);
    const kind = kindOf(c);
    if ((kind & word) === 0) break;
    if (c === dot) dots++;
    else all &= kind;
  }
  const isHex = (all & hex) !== 0;
  if (i < to && text.charCodeAt(i) === colon && isHex && dots === 0 && i - start <= 4) {
    const next = ipv6At(scan, start, i);
    if (next > i) return next;
  }
  if (dots > 0) nameAt(scan, { start, end: i, isNumber: (all & digit) !== 0 });
  else if (isHex && hashLengths.has(i - start)) sink.found('hash', text.slice(start, i).toLowerCase());
  else if (text.charCodeAt(start - 1) === slash) urlAt(scan, start);
  return i;
}

interface Name {
  readonly start: number;
  readonly end: number;
  /** Of digits and dots alone. */
  readonly isNumber: boolean;
}

/** A word with dots: an address, a name, what stands after `@`, or the host of a URL. */
function nameAt(scan: Scan, name: Name): void {
  const { text, from, sink } = scan;
  let [start, end] = [name.start, name.end];
  while (start < end && !isEdge(text.charCodeAt(start))) start++;
  while (end > start && !isEdge(text.charCodeAt(end - 1))) end--;
  if (start > from && text.charCodeAt(start - 1) === slash) urlAt(scan, start);
  const shown = text.slice(start, end);
  if (name.isNumber) {
    ipv4In(shown, sink);
    return;
  }
  // What stands before `@` is no name of a host.
  if (text.charCodeAt(name.end) === at) return;
  const domain = normalDomain(shown);
  if (domain === undefined) return;
  if (start > from && text.charCodeAt(start - 1) === at) emailAt(scan, start, domain);
  for (let k = -1; ; ) {
    const own = k < 0 ? domain : domain.slice(k + 1);
    k = domain.indexOf('.', k + 1);
    if (k < 0) return;
    sink.found('domain', own);
  }
}

/** A letter or a digit, or the underscore that names of services begin with. */
function isEdge(code: number): boolean {
  return code !== dot && code !== 45;
}

function ipv4In(shown: string, sink: ScanSink): void {
  const address = parseIpv4(shown);
  if (address === undefined) return;
  sink.found('ipv4', shown);
  for (const bits of sink.prefixes('ipv4')) sink.found('ipv4', networkOfIpv4(address, bits));
}

/** Where to go on after the address that begins at `start` and holds the colon at `i`; after the colon where a text begins with it. */
function ipv6At({ text, to, sink }: Scan, start: number, i: number): number {
  let [end, colons, isShort] = [i, 0, false];
  for (; end < to && end - start < 46; end++) {
    const c = text.charCodeAt(end);
    if (c === colon) {
      colons++;
      if (text.charCodeAt(end + 1) === colon) isShort = true;
    } else if ((kindOf(c) & hex) === 0 && c !== dot) break;
  }
  const after = start === i ? i + 1 : i;
  if (end - start < 4 || colons < 2 || (!isShort && colons !== 7 && colons !== 6)) return after;
  let last = end;
  while (last > i && (text.charCodeAt(last - 1) === dot || isLoneColon(text, last))) last--;
  const groups = parseIpv6(text.slice(start, last));
  if (groups === undefined) return after;
  sink.found('ipv6', networkOfIpv6(groups, 128));
  for (const bits of sink.prefixes('ipv6')) sink.found('ipv6', networkOfIpv6(groups, bits));
  return Math.max(last, after);
}

/** A colon after an address that is no part of it. */
function isLoneColon(text: string, end: number): boolean {
  return text.charCodeAt(end - 1) === colon && text.charCodeAt(end - 2) !== colon;
}

/** The mail address whose domain begins at `start`. */
function emailAt({ text, from, sink }: Scan, start: number, domain: string): void {
  let local = start - 1;
  while (local > from && start - local <= longestLocal && isLocal(text.charCodeAt(local - 1))) local--;
  if (local < start - 1) sink.found('email', `${text.slice(local, start - 1).toLowerCase()}@${domain}`);
}

/** What stands before `@` unquoted, RFC 5322 section 3.2.3, but what mostly surrounds an address. */
function isLocal(code: number): boolean {
  return (kindOf(code) & word) !== 0 || code === 43 || code === 37 || code === 126 || code === 33;
}

/** The URL whose host begins at `start`, with its query and without. */
function urlAt(scan: Scan, start: number): void {
  const { text, from, to, sink } = scan;
  if (start < from + 4 || text.charCodeAt(start - 2) !== slash || text.charCodeAt(start - 3) !== colon)
    return;
  if (scan.urls++ >= mostUrls) return;
  let scheme = start - 3;
  while (scheme > from && start - scheme < 20 && (kindOf(text.charCodeAt(scheme - 1)) & word) !== 0) scheme--;
  let end = start;
  while (end < to && end - start < longestUrl && !endsUrl(text.charCodeAt(end))) end++;
  while (end > start && trailing.has(text[end - 1]!)) end--;
  const url = normalUrl(text.slice(scheme, end));
  if (url === undefined) return;
  sink.found('url', url);
  const query = url.indexOf('?');
  if (query > 0) sink.found('url', normalUrl(url.slice(0, query)) ?? '');
}

/** What ends a sentence or a bracket, not a URL. */
const trailing = new Set('.,;:!?)]}');
/** Blanks, control characters, quotes, angle brackets, backslash, pipe. */
const ends = new Set([34, 39, 60, 62, 92, 96, 124]);
const endsUrl = (code: number): boolean => code <= 32 || ends.has(code);
