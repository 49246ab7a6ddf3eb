import type { Labels } from '../core/labels.ts';
import type { Series } from '../core/series.ts';
import type { Matcher } from '../promql/ast.ts';
import { anchored } from '../promql/regexp.ts';
import type { ReadTarget } from '../server/remote-read.ts';
import { bandNames } from './band-series.ts';
import { budgetNames } from './budget-series.ts';
import { computedEvery, computedTimes, lazySeries, type Samples } from './computed-series.ts';
import type { SampledSeries } from './sampled-series.ts';
import { stateName } from './state-series.ts';

const day = 86_400_000;
/** What is computed only when a query names it. */
const computedNames = [...bandNames, stateName, ...budgetNames];

const isOnName = ({ label }: Matcher) => label === '__name__';

/** The computed series that a pattern names; one that fits any name, or none at all, names none of them. */
function namedBy(matchers: readonly Matcher[]): readonly string[] {
  const patterns = matchers.filter(each => isOnName(each) && each.op === '=~');
  const tests = patterns.map(({ value, at }) => anchored(value, at));
  if (tests.every(test => test.test('up'))) return [];
  return computedNames.filter(name => tests.every(test => test.test(name)));
}

function candidates(ours: SampledSeries, matchers: readonly Matcher[], span: readonly [number, number]) {
  const named = matchers.find(each => isOnName(each) && each.op === '=');
  if (named !== undefined)
    return named.value.startsWith('foreshock_') ? ours.select([named.value], ...span) : [];
  const computed = namedBy(matchers);
  const stored = ours.select([], ...span);
  return computed.length === 0 ? stored : [...stored, ...ours.select(computed, ...span)];
}

/** Each sample again and again until the next one, or until it no longer counts: who reads looks back five minutes only. */
function held(
  { t, v }: Samples,
  from: number,
  until: { readonly end: number; readonly counts: number },
): Samples {
  // A reader may ask from the beginning of all time on.
  const first = Math.max(from, t[0] ?? Number.POSITIVE_INFINITY);
  const times = computedTimes(first, Math.min(until.end, (t.at(-1) ?? first) + until.counts));
  const values = new Float64Array(times.length).fill(Number.NaN);
  let next = 0;
  for (let i = 0; i < times.length; i++) {
    while (next < t.length && t[next]! <= times[i]!) next++;
    if (next > 0 && times[i]! - t[next - 1]! <= until.counts) values[i] = v[next - 1]!;
  }
  return { t: times, v: values };
}

/** Whether a matcher lets labels through that carry the external labels, too; a label that is not there is empty. */
function testOf({ label, op, value, at }: Matcher, externalLabels: Labels): (labels: Labels) => boolean {
  const otherwise = Object.hasOwn(externalLabels, label) ? externalLabels[label]! : '';
  const of = (labels: Labels) => (Object.hasOwn(labels, label) ? labels[label]! : otherwise);
  if (op === '=') return labels => of(labels) === value;
  if (op === '!=') return labels => of(labels) !== value;
  const pattern = anchored(value, at);
  return labels => pattern.test(of(labels)) === (op === '=~');
}

/**
 * Our own series for remote read. Each carries `externalLabels` too, as those that a Prometheus hands out do: a reader adds its
 * own to what it asks. `lookback` tells how long a sample of a metric counts, ms.
 */
export function createReadTarget(
  ours: SampledSeries,
  options: { readonly externalLabels: Labels; readonly lookback: (names: readonly string[]) => number },
): ReadTarget {
  const { externalLabels, lookback } = options;
  const asRead = (series: Series, start: number, end: number): Series => {
    const counts = lookback([series.labels.__name__ ?? '']);
    const labels = { ...externalLabels, ...series.labels };
    if (counts <= computedEvery) return lazySeries(labels, () => series);
    return lazySeries(labels, () => held(series, start, { end, counts }));
  };
  return {
    select({ start, end, matchers }) {
      const passes = matchers.map(matcher => testOf(matcher, externalLabels));
      return candidates(ours, matchers, [start - day, end])
        .filter(({ labels }) => passes.every(test => test(labels)))
        .map(series => asRead(series, start, end));
    },
  };
}
