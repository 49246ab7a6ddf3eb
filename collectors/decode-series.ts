import type { Series } from '../core/series.ts';
import { SourceError } from '../core/series.ts';

/**
 * One element of a query answer: `{metric, values: [[seconds, "value"], ...]}`, or `value` with one pair. A series of
 * native histograms only has no float samples and comes out empty. Throws a SourceError for anything else.
 */
export function decodeSeries(element: unknown): Series {
  if (!isRecord(element) || !isRecord(element.metric)) throw malformed('a series has no "metric"');
  const labels: Record<string, string> = {};
  for (const [name, value] of Object.entries(element.metric)) {
    if (typeof value !== 'string') throw malformed(`the label "${name}" is not a string`);
    labels[name] = value;
  }
  const pairs = 'values' in element ? element.values : 'value' in element ? [element.value] : [];
  if (!Array.isArray(pairs)) throw malformed('"values" is not a list');
  return { labels, ...decodePairs(pairs) };
}

/** A sample value as Prometheus writes it: a decimal number, `NaN`, `+Inf` or `-Inf`. */
export function decodeValue(text: string): number {
  const value = Number(text);
  if (!Number.isNaN(value) && text !== '') return value;
  if (text === 'NaN') return Number.NaN;
  if (text === '+Inf' || text === 'Inf') return Number.POSITIVE_INFINITY;
  if (text === '-Inf') return Number.NEGATIVE_INFINITY;
  throw malformed(`"${text.slice(0, 40)}" is not a sample value`);
}

function decodePairs(pairs: readonly unknown[]): { t: Float64Array; v: Float64Array } {
  const t = new Float64Array(pairs.length);
  const v = new Float64Array(pairs.length);
  for (let i = 0; i < pairs.length; i++) {
    const pair = pairs[i];
    if (!Array.isArray(pair) || pair.length !== 2) throw malformed('a sample is not a pair');
    const [seconds, text]: unknown[] = pair;
    if (typeof seconds !== 'number' || typeof text !== 'string')
      throw malformed('a sample is not [seconds, "value"]');
    t[i] = Math.round(seconds * 1000);
    v[i] = decodeValue(text);
  }
  return { t, v };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function malformed(why: string): SourceError {
  return new SourceError(`the answer is malformed: ${why}`, { retryable: false });
}
