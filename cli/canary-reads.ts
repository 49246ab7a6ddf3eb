import { type ClassHistory, readBatches } from '../collectors/class-reader.ts';
import type { SignalSpec } from '../core/pack.ts';
import type { SeriesSource } from '../core/series.ts';
import type { WatchedClass } from '../core/watched-class.ts';
import { addMatchers } from '../promql/matchers.ts';
import type { CanaryPair } from './canary-comparison.ts';

/** What is compared: matchers as written between braces, and a range in ms. */
export interface CanaryQuestion {
  readonly baseline: string;
  readonly canary: string;
  readonly from: number;
  readonly to: number;
}

/** What follows from the share of traffic that a version gets, and says nothing of how good it is. */
const shares: readonly string[] = ['traffic', 'network', 'user_behavior'];

/** Reads both versions of a class at the same moments; several entities of a version are averaged. */
export async function readPairs(
  source: SeriesSource,
  watch: WatchedClass,
  { baseline, canary, from, to }: CanaryQuestion,
): Promise<readonly CanaryPair[]> {
  const compared = comparable(watch);
  if (compared.class.signals.length === 0) return [];
  const read = (matchers: string) =>
    readBatches(
      source,
      { ...compared, queries: compared.queries.map(query => addMatchers(query, matchers)) },
      { start: from, end: to },
    );
  const [before, after] = [await read(baseline), await read(canary)];
  return compared.class.signals.map((signal, k) => ({
    ...pairHead(watch, signal),
    baseline: meanColumn(before, k),
    canary: meanColumn(after, k),
  }));
}

function pairHead({ class: { name: of } }: WatchedClass, { name, kind, unit, bad, floor }: SignalSpec) {
  return { class: of, name, kind, unit, bad, floor };
}

function comparable(watch: WatchedClass): WatchedClass {
  const kept = watch.class.signals.flatMap(({ kind }, k) => (shares.includes(kind) ? [] : [k]));
  return {
    ...watch,
    class: { ...watch.class, signals: kept.map(k => watch.class.signals[k]!) },
    queries: kept.map(k => watch.queries[k]!),
  };
}

function meanColumn({ batches }: ClassHistory, k: number): Float64Array {
  return Float64Array.from(batches, ({ values, entities, class: { signals } }) => {
    let sum = 0;
    let count = 0;
    for (let row = 0; row < entities.length; row++) {
      const value = values[row * signals.length + k]!;
      if (!Number.isFinite(value)) continue;
      sum += value;
      count++;
    }
    return count === 0 ? Number.NaN : sum / count;
  });
}
