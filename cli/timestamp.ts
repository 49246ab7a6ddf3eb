/**
 * A timestamp as files may hold it, in ms: Unix seconds (fractions allowed) or ISO 8601; a blank for the T is taken,
 * and no zone means UTC. NaN for anything else.
 */
export function parseTimestamp(text: string): number {
  const trimmed = text.trim();
  if (/^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(trimmed)) return Number(trimmed) * 1000;
  const parts = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?(Z|[+-]\d{2}:?\d{2})?$/.exec(
    trimmed,
  );
  if (!parts) return Number.NaN;
  const [, date, time = '00:00:00', zone = 'Z'] = parts;
  return Date.parse(`${date}T${time}${zone.replace(/^([+-]\d{2})(\d{2})$/, '$1:$2')}`);
}

/** ISO 8601 UTC; whole seconds have no fraction. */
export function formatTimestamp(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}
