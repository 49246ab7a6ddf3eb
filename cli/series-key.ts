import type { Labels } from '../core/labels.ts';

/** The name under which a series of ours is stored: its labels, sorted. */
export function seriesKey(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort());
}

/** The labels that `seriesKey` wrote. */
export function labelsOfKey(key: string): Labels {
  const parsed: unknown = JSON.parse(key);
  const out: Record<string, string> = {};
  if (Array.isArray(parsed)) for (const [label, value] of parsed) out[String(label)] = String(value);
  return out;
}
