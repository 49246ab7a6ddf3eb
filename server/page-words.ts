import { formatDuration } from '../core/duration.ts';
import type { Labels } from '../core/labels.ts';

/** A time (ms) as the page writes it: `2026-03-01 10:05:00 UTC`; words when it is none. */
export function when(ms: number): string {
  if (!Number.isFinite(ms) || Math.abs(ms) > 8.64e15) return 'at an unknown time';
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** Only the clock of a time (ms), `10:05:00`. */
export function clock(ms: number): string {
  return when(ms).slice(11, 19);
}

/** A span (ms) to the second, two parts at most: `1h5m`. */
export function span(ms: number): string {
  const whole = formatDuration(Math.max(0, Math.round(ms / 1000) * 1000));
  return (whole.match(/\d+[a-z]+/g) ?? []).slice(0, 2).join(' ');
}

/** An entity in words: its values when it has one or two labels, else `name=value` pairs. */
export function entityWords(labels: Labels): string {
  const pairs = Object.entries(labels);
  if (pairs.length === 0) return 'unknown entity';
  if (pairs.length === 1) return pairs[0]![1];
  return pairs.map(([name, value]) => `${name}=${value}`).join(' ');
}

/** A list in words, `a, b and 3 more`. */
export function listWords(words: readonly string[], most = 4): string {
  if (words.length === 0) return 'nothing else';
  const shown = words.slice(0, most);
  const rest = words.length - shown.length;
  if (rest > 0) return `${shown.join(', ')} and ${rest} more`;
  return shown.length === 1 ? shown[0]! : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

/** `1 alert`, `2 alerts`. */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

/** A rate 0..1 as percent, or `not known yet`. */
export function percent(rate: number | undefined): string {
  if (rate === undefined || !Number.isFinite(rate)) return 'not known yet';
  return `${Number((rate * 100).toPrecision(2))} %`;
}
