import { type HourlyPast, hour, type OddsSignal } from '../forecasters/incident-odds-past.ts';
import type { HourSeen } from './odds-hours.ts';
import { everywhere, type Spell, troublesOf } from './odds-onsets.ts';

const count = (value: number) => Math.round(Math.expm1(value));

/** What is known of a place beside its incidents. */
export const liveSignals: readonly OddsSignal[] = [
  { name: 'firing here', say: value => `${count(value)} alerts fire here` },
  { name: 'firing elsewhere', say: value => `${count(value)} alerts fire elsewhere` },
  {
    name: 'abnormal',
    say: value => `${(100 * value).toFixed(1)} % of its rows were abnormal in the last hour`,
  },
  {
    name: 'rarest',
    say: value => `its rarest row of the last hour comes by chance once in ${Math.round(10 ** value)}`,
  },
];

/** What pasts are made of: spells of all places up to `until` (ms), and what the passes saw. */
export interface OddsKnown {
  /** The first and the last full hour, ms. */
  readonly from: number;
  readonly until: number;
  readonly alerts: readonly Spell[];
  readonly incidents: readonly Spell[];
  seen(t: number, place: string): HourSeen | undefined;
}

/** Places with the most troubles are told of, others only as a part of the whole. */
const mostPlaces = 200;

const rowsOf = ({ from, until }: OddsKnown) => Math.floor((until - from) / hour) + 1;

/** How many spells are open at each row: a sum over begins and ends. */
function openAt(spells: readonly Spell[], known: OddsKnown): Float64Array {
  const rows = rowsOf(known);
  const steps = new Float64Array(rows + 1);
  for (const spell of spells) {
    const first = Math.max(0, Math.floor((spell.from - known.from) / hour) + 1);
    const end = Math.max(first, Math.min(rows, Math.floor((spell.to - known.from) / hour) + 1));
    if (first >= rows) continue;
    steps[first] = steps[first]! + 1;
    steps[end] = steps[end]! - 1;
  }
  let open = 0;
  return steps.subarray(0, rows).map(step => {
    open += step;
    return open;
  });
}

/** How many spells begin in the hour before each row; nothing is known of the hour before the first. */
function begunBefore(spells: readonly Spell[], known: OddsKnown): Float64Array {
  const counts = new Float64Array(rowsOf(known));
  for (const { from } of spells) {
    const row = Math.floor((from - known.from) / hour) + 1;
    if (row > 0 && row < counts.length) counts[row] = counts[row]! + 1;
  }
  counts[0] = Number.NaN;
  return counts;
}

/** Spells by their place; those of no known place belong to the whole only. */
function byPlace(spells: readonly Spell[]): ReadonlyMap<string, readonly Spell[]> {
  const grouped = new Map<string, Spell[]>();
  for (const spell of spells) {
    const list = grouped.get(spell.place);
    if (list === undefined) grouped.set(spell.place, [spell]);
    else list.push(spell);
  }
  return grouped;
}

const begins = (spells: readonly Spell[]) => troublesOf(spells).map(({ from }) => from);

interface Place {
  readonly name: string;
  readonly spells: readonly Spell[];
  /** When its troubles began, ms. */
  readonly begun: readonly number[];
}

function pastOf({ name, spells, begun }: Place, all: readonly Spell[], known: OddsKnown): HourlyPast {
  const times = Float64Array.from({ length: rowsOf(known) }, (_, i) => known.from + i * hour);
  const ascending = Float64Array.from(begun).sort();
  const here = openAt(spells, known);
  const anywhere = openAt(all, known);
  const seen = (k: 0 | 1) => times.map(t => known.seen(t, name)?.[k] ?? Number.NaN);
  return {
    name,
    from: known.from,
    rows: times.length,
    begun: ascending,
    known: ascending,
    activity: begunBefore(spells, known),
    signals: [here.map(Math.log1p), anywhere.map((n, i) => Math.log1p(n - here[i]!)), seen(0), seen(1)],
  };
}

/** The pasts of the whole, in which every trouble of a place counts, and of each place that had trouble, those with most of it first. */
export function livePasts(known: OddsKnown): readonly HourlyPast[] {
  const all = [...known.alerts, ...known.incidents].filter(({ from }) => from < known.until);
  const places = [...byPlace(all)]
    .map(([name, spells]): Place => ({ name, spells, begun: begins(spells) }))
    .sort((a, b) => b.begun.length - a.begun.length || (a.name < b.name ? -1 : 1));
  const whole: Place = { name: everywhere, spells: all, begun: places.flatMap(({ begun }) => begun) };
  const named = places.filter(({ name }) => name !== everywhere).slice(0, mostPlaces);
  return [whole, ...named].map(place => pastOf(place, all, known));
}
