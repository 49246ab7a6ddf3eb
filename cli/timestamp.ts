/** The largest time a Date holds (ECMA-262, 21.4.1.1), ms. */
const farthest = 8.64e15;

function isDay(date: string): boolean {
  const at = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(date);
}

/** Whole microseconds, so that 1.1 s and 1100 ms are one time. */
function fromSeconds(seconds: number): number {
  const ms = Math.round(seconds * 1e6) / 1e3;
  return Math.abs(ms) <= farthest ? ms : Number.NaN;
}

/**
 * A timestamp as files may hold it, in ms: Unix seconds (fractions allowed) or ISO 8601; a blank for the T is taken,
 * and no zone means UTC. NaN for anything else.
 */
export function parseTimestamp(text: string): number {
  const trimmed = text.trim();
  if (/^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(trimmed)) return fromSeconds(Number(trimmed));
  const parts =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?(Z|[+-]\d{2}(?::?\d{2})?)?$/.exec(
      trimmed,
    );
  if (!parts) return Number.NaN;
  const [, date = '', time = '00:00:00', zone = 'Z'] = parts;
  // Date.parse takes February 31 as March 2.
  if (!isDay(date)) return Number.NaN;
  return Date.parse(
    `${date}T${time}${zone.replace(/^([+-]\d{2}):?(\d{2})?$/, (_, h, m) => `${h}:${m ?? '00'}`)}`,
  );
}

/** ISO 8601 UTC; whole seconds have no fraction. */
export function formatTimestamp(ms: number): string {
  return new Date(Math.round(ms)).toISOString().replace('.000Z', 'Z');
}
