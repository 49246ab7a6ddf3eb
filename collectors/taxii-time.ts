/** A time of TAXII in microseconds, as servers count; undefined for what is none. */
export function microsOf(text: string): bigint | undefined {
  const [, seconds, fraction = '', zone] = /^(.{19})(?:\.(\d+))?(Z|[+-]\d\d:?\d\d)$/i.exec(text.trim()) ?? [];
  const ms = seconds === undefined ? Number.NaN : Date.parse(`${seconds}${zone}`);
  return Number.isFinite(ms) ? BigInt(ms) * 1000n + BigInt(fraction.slice(0, 6).padEnd(6, '0')) : undefined;
}

/** Microseconds as TAXII writes them. */
export function timeOfMicros(micros: bigint): string {
  const fraction = micros % 1_000_000n;
  const seconds = new Date(Number((micros - fraction) / 1000n)).toISOString().slice(0, 19);
  return `${seconds}.${String(fraction).padStart(6, '0')}Z`;
}

/** Where reading a collection stands: what was added after it is to be read; all times in microseconds. */
export interface PageTimes {
  /** From here on this reading was asked. */
  readonly after: bigint | undefined;
  /** `X-TAXII-Date-Added-Last` of the newest answer. */
  readonly last: bigint | undefined;
  /** The server's own clock. */
  readonly date: bigint | undefined;
}

/** Between two pages: others of the last one's time may be on the next page, so its time is read again after a crash. */
export function withinPages({ after, last }: PageTimes): bigint | undefined {
  return last === undefined ? after : later(after, last - 1n);
}

/**
 * After the last page: what the server was still writing when it answered may become visible late, so the newest `overlap` of
 * its own clock is read again.
 */
export function afterPages({ after, last, date }: PageTimes, overlap: bigint): bigint | undefined {
  const settled = date === undefined ? undefined : date - overlap;
  if (last === undefined) return after;
  return later(after, settled === undefined ? last - overlap : last < settled ? last : settled);
}

function later(a: bigint | undefined, b: bigint): bigint {
  return a === undefined || b > a ? b : a;
}
