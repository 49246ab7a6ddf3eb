/** A time (ms) in full, `2026-03-01 10:05:00 UTC`; words when it is none. */
export function sayTime(ms: number): string {
  if (!Number.isFinite(ms) || Math.abs(ms) > 8.64e15) return 'at an unknown time';
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** Only the clock of a time (ms), `10:05:00`: its zone, UTC, stands beside it or in the heading. */
export function sayClock(ms: number): string {
  return sayTime(ms).slice(11, 19);
}

const parts = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
  [1, 's'],
] as const;

/** A span (ms) to the second, two parts at most: `1 h 5 min`, `20 s`. */
export function saySpan(ms: number): string {
  let rest = Math.max(0, Math.round(ms / 1000));
  const said: string[] = [];
  for (const [size, unit] of parts) {
    const n = Math.floor(rest / size);
    rest -= n * size;
    if (n > 0) said.push(`${n} ${unit}`);
  }
  return said.slice(0, 2).join(' ') || '0 s';
}
