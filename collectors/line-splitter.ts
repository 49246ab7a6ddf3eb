import { isAscii, isUtf8 } from 'node:buffer';

const newline = 10;
const carriageReturn = 13;
/** A line of which more than this share is NUL is no text. */
const mostNul = 0.1;

export interface SplitOptions {
  /** A longer line is cut; the rest of it is skipped. */
  readonly maxLineBytes: number;
  readonly encoding: 'utf-8' | 'latin1';
}

/** What was found in some bytes. */
export interface SplitLines {
  /** Whole lines in order, without line end; empty ones are left out. Each is a string of its own, no slice of the bytes. */
  readonly texts: string[];
  /** For each text, where its line begins in the bytes. */
  readonly starts: number[];
  /** So many bytes are dealt with; the rest is the beginning of a line. */
  readonly consumed: number;
  /** True when the bytes end inside of a line that is skipped: the next ones begin with its rest. */
  readonly skipping: boolean;
  /** Lines with bytes that are no UTF-8, which were replaced. */
  readonly invalid: number;
  /** Lines that are not text, and runs of NUL before a line; left out. */
  readonly binary: number;
  readonly tooLong: number;
}

/** Where a scan begins and what the end of the bytes means. */
export interface SplitState {
  /** The bytes begin with the rest of a line to be skipped. */
  readonly skipping: boolean;
  /** Nothing follows: what has no line end is a line too. */
  readonly last: boolean;
}

interface Found {
  readonly texts: string[];
  readonly starts: number[];
  invalid: number;
  binary: number;
  tooLong: number;
}

interface Scan {
  readonly bytes: Buffer;
  readonly options: SplitOptions;
  readonly found: Found;
  readonly hasNul: boolean;
  /** All of it is valid as it is, so that no line need be looked at by itself. */
  readonly valid: boolean;
}

/**
 * Splits bytes into lines. The same bytes give the same lines however they are cut into pieces, when the rest that was
 * not consumed stands before the next piece and `skipping` is handed on. Never throws, whatever the bytes are.
 */
export function splitLines(bytes: Buffer, options: SplitOptions, state: SplitState): SplitLines {
  const found: Found = { texts: [], starts: [], invalid: 0, binary: 0, tooLong: 0 };
  let at = 0;
  if (state.skipping) {
    at = bytes.indexOf(newline) + 1;
    if (at === 0) return { ...found, consumed: bytes.length, skipping: !state.last };
  }
  const valid = options.encoding === 'latin1' || isAscii(bytes) || isUtf8(bytes);
  const scan: Scan = { bytes, options, found, valid, hasNul: bytes.indexOf(0) >= 0 };
  for (let end = bytes.indexOf(newline, at); end >= 0; end = bytes.indexOf(newline, at)) {
    takeLine(scan, at, end);
    at = end + 1;
  }
  const rest = bytes.length - at;
  if (rest > 0 && state.last) takeLine(scan, at, bytes.length);
  if (state.last) return { ...found, consumed: bytes.length, skipping: false };
  const nuls = scan.hasNul ? leadingNuls(bytes, at, bytes.length) : 0;
  if (nuls > 0) found.binary++;
  if (rest - nuls <= options.maxLineBytes) return { ...found, consumed: at + nuls, skipping: false };
  takeLine(scan, at + nuls, bytes.length);
  return { ...found, consumed: bytes.length, skipping: true };
}

/** A file that was cut under a writer that does not append begins with a hole of NUL. */
function leadingNuls(bytes: Buffer, from: number, to: number): number {
  let at = from;
  while (at < to && bytes[at] === 0) at++;
  return at - from;
}

function takeLine(scan: Scan, from: number, to: number): void {
  const { bytes, options, found } = scan;
  const nuls = scan.hasNul ? leadingNuls(bytes, from, to) : 0;
  if (nuls > 0) found.binary++;
  const start = from + nuls;
  let end = to > start && bytes[to - 1] === carriageReturn ? to - 1 : to;
  if (end - start > options.maxLineBytes) {
    found.tooLong++;
    end = wholeCharacters(bytes, start + options.maxLineBytes);
  }
  if (end <= start) return;
  if (scan.hasNul && isBinary(bytes, start, end)) {
    found.binary++;
    return;
  }
  if (!scan.valid && !isUtf8(bytes.subarray(start, end))) found.invalid++;
  found.texts.push(bytes.toString(options.encoding === 'latin1' ? 'latin1' : 'utf8', start, end));
  found.starts.push(from);
}

/** `end`, or up to three bytes before it, so that no character of UTF-8 is cut. */
function wholeCharacters(bytes: Buffer, end: number): number {
  let at = end;
  while (at > end - 3 && (bytes[at]! & 0xc0) === 0x80) at--;
  return at;
}

function isBinary(bytes: Buffer, from: number, to: number): boolean {
  let nuls = 0;
  for (let at = bytes.indexOf(0, from); at >= 0 && at < to; at = bytes.indexOf(0, at + 1)) nuls++;
  return nuls > (to - from) * mostNul;
}
