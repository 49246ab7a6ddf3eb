import type { Band } from '../core/detector.ts';
import type { Series } from '../core/series.ts';
import type { ClassWatch } from './class-watch.ts';
import { computedEvery, computedTimes, lazySeries } from './computed-series.ts';
import type { LabelMatches } from './label-matches.ts';
import type { AskedSeries, SampledSeries } from './sampled-series.ts';

const hour = 3_600_000;
const day = 24 * hour;
/** As far as the band is told: it knows hours of the week, which come again. */
const past = 365 * day;
const ahead = 35 * day;
/** So many samples one query may have computed. */
const mostComputed = 10_000_000;

const parts = {
  foreshock_expected: 'mid',
  foreshock_expected_lower: 'low',
  foreshock_expected_upper: 'high',
} as const satisfies Readonly<Record<string, keyof Band>>;
type BandName = keyof typeof parts;

function isBandName(name: string): name is BandName {
  return Object.hasOwn(parts, name);
}

/** Names of the series that this file makes. */
export const bandNames: readonly string[] = Object.keys(parts);

/** Lets so many samples be computed. */
class Allowance {
  #left = mostComputed;

  take(count: number): void {
    this.#left -= count;
    if (this.#left < 0)
      throw new RangeError(
        `the query reads more than ${mostComputed} samples of expected bands: name fewer series or a shorter time`,
      );
  }
}

interface Cell {
  readonly watch: ClassWatch;
  readonly row: number;
  readonly signal: number;
}

/** One edge of the band at each time; it changes with the hour. */
function edge({ watch, row, signal }: Cell, t: Float64Array, part: 'low' | 'mid' | 'high'): Float64Array {
  const v = new Float64Array(t.length);
  let known = Number.NaN;
  for (let i = 0; i < t.length; i++) {
    if (i === 0 || t[i]! % hour < computedEvery)
      known = watch.model?.bandOf(row, signal, t[i]!)?.[part] ?? Number.NaN;
    v[i] = known;
  }
  return v;
}

/** What is asked for of every class. */
interface Asked {
  readonly names: readonly BandName[];
  readonly t: Float64Array;
  readonly allowance: Allowance;
  readonly matches: LabelMatches;
}

const ownLabels = ['class', 'signal', '__name__'];

function seriesOf(watch: ClassWatch, { names, t, allowance, matches }: Asked): Series[] {
  const { name, signals } = watch.watch.class;
  return watch.entities.flatMap((entity, row) => {
    if (!matches(entity, ownLabels)) return [];
    return signals.flatMap((spec, signal) =>
      names.flatMap(__name__ => {
        const labels = { ...entity, class: name, signal: spec.name, __name__ };
        if (!matches(labels)) return [];
        return lazySeries(labels, () => {
          allowance.take(t.length);
          return { t, v: edge({ watch, row, signal }, t, parts[__name__]) };
        });
      }),
    );
  });
}

/**
 * The range that the models expect of each signal now, for times from a year back to five weeks ahead: computed when a query
 * names it, stored nowhere. What is not known yet has no samples.
 */
export function bandSeries(
  watches: () => readonly ClassWatch[],
  options: { readonly now: () => number },
): SampledSeries {
  const matching = ({ names: asked, start, end, matches }: AskedSeries) => {
    const names = asked.filter(isBandName);
    if (names.length === 0) return [];
    const now = options.now();
    const t = computedTimes(Math.max(start, now - past, 0), Math.min(end, now + ahead));
    if (t.length === 0) return [];
    const given = { names, t, allowance: new Allowance(), matches };
    const fitted = watches().filter(watch => watch.fitted && watch.leftOut === undefined);
    return fitted.flatMap(watch => seriesOf(watch, given));
  };
  return { matching, select: (names, start, end) => matching({ names, start, end, matches: () => true }) };
}
