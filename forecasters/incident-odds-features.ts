import { saySpan } from '../core/say-time.ts';
import {
  countsAround,
  type HourlyPast,
  hour,
  hourOfWeek,
  hoursOfWeek,
  type OddsSignal,
} from './incident-odds-past.ts';

/** What a model looks at, and how a person says a value of it. */
export interface OddsFeature {
  readonly name: string;
  /** Whether the straight-line member may use it; the trees use all. */
  readonly straight: boolean;
  say(value: number): string;
}

/** What is usual at one place in each hour of the week: incidents and activity an hour. */
export interface PlaceProfile {
  readonly incidents: Float64Array;
  readonly activity: Float64Array;
}

/** Half-life of the level of today's activity against the usual, in hours, and how many events weigh as much as what is usual. */
const levelHalfLife = 2;
const levelPrior = 5;
/** More incidents than these in an hour are one happening. */
const mostAnHour = 3;
/** What is expected is known to no better than this. */
const leastIncidents = 0.02;

const ago = (hours: number) => saySpan(Math.round(hours * 60) * 60_000);
const whole = (value: number) => String(Math.round(value));

const levels = [2, 8, 24];
const windows = [4, 24, 168];
/** Half-lives of what an incident leaves behind, in hours. */
const echoes = [1, 72];

const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** What the straight line looks at, too. */
const straightFeatures: readonly Omit<OddsFeature, 'straight'>[] = [
  {
    name: 'expected activity',
    say: v => `about ${whole(Math.expm1(v))} events expected in the next 4 h, as today goes`,
  },
  {
    name: 'usual activity',
    say: v => `about ${whole(Math.expm1(v))} events are usual in the next 4 h`,
  },
  {
    name: 'usual incidents',
    say: v =>
      `${Math.max(0, Math.exp(v) - leastIncidents).toFixed(1)} incidents are usual in these 4 h of the week`,
  },
  { name: 'just now', say: v => `an incident began just before (echo ${v.toFixed(1)})` },
  { name: 'last days', say: v => `many incidents in the last days (echo ${Math.expm1(v).toFixed(1)})` },
];

/** What only the trees look at. */
const treeFeatures: readonly Omit<OddsFeature, 'straight'>[] = [
  { name: 'since the last', say: v => `the last incident began ${ago(Math.expm1(v))} ago` },
  ...windows.map(hours => ({
    name: `incidents ${hours} h`,
    say: (v: number) => `${whole(Math.expm1(v))} incidents in the last ${hours} h`,
  })),
  ...levels.map(hours => ({
    name: `level ${hours} h`,
    say: (v: number) => `${Math.exp(v).toFixed(1)} times the usual activity in the last ${hours} h`,
  })),
  { name: 'hour of the day', say: v => `the hour is ${whole(v)}:00 UTC` },
  { name: 'day of the week', say: v => `it is ${weekdays[v] ?? 'a day'}` },
];

/** All features, in the order of their columns. */
export function oddsFeatures(signals: readonly OddsSignal[]): readonly OddsFeature[] {
  return [
    ...straightFeatures.map(feature => ({ ...feature, straight: true })),
    ...treeFeatures.map(feature => ({ ...feature, straight: false })),
    ...signals.map(({ name, say }) => ({ name, straight: true, say })),
  ];
}

/** What the profile says of the `hours` after each row (before it where negative): a sum for each hour of the week. */
function usual({ from, rows }: HourlyPast, profile: Float64Array, hours: number): Float64Array {
  const sums = profile.map((_, how) => {
    let sum = 0;
    for (let k = Math.min(0, hours); k < Math.max(0, hours); k++)
      sum += profile[(how + k + hoursOfWeek) % hoursOfWeek]!;
    return sum;
  });
  const first = hourOfWeek(from);
  return Float64Array.from({ length: rows }, (_, i) => sums[(first + i) % hoursOfWeek]!);
}

/** s_i = s_(i-1) 2^(-1 / half) + x_i. */
function decayed(values: Float64Array, half: number): Float64Array {
  const keep = 0.5 ** (1 / half);
  let sum = 0;
  return values.map(value => {
    sum = sum * keep + (Number.isNaN(value) ? 0 : value);
    return sum;
  });
}

function levelOf(past: HourlyPast, profile: Float64Array): Float64Array {
  const expected = usual(past, profile, -1).map((value, i) => (Number.isNaN(past.activity[i]!) ? 0 : value));
  const seen = decayed(past.activity, levelHalfLife);
  const due = decayed(expected, levelHalfLife);
  return seen.map((value, i) => (value + levelPrior) / (due[i]! + levelPrior));
}

function hoursSince({ from, rows, known }: HourlyPast): Float64Array {
  let next = 0;
  return Float64Array.from({ length: rows }, (_, i) => {
    const t = from + i * hour;
    while (next < known.length && known[next]! < t) next++;
    return next === 0 ? i + 1 : (t - known[next - 1]!) / hour;
  });
}

function windowSum(values: Float64Array, hours: number): Float64Array {
  let sum = 0;
  return values.map((value, i) => {
    sum += Number.isNaN(value) ? 0 : value;
    const left = values[i - hours];
    if (left !== undefined && !Number.isNaN(left)) sum -= left;
    return sum;
  });
}

/** Incidents that became known in the hour before each row, few at most. */
function knownAnHour(past: HourlyPast): Float64Array {
  return countsAround(past, past.known, 1).map(count => Math.min(mostAnHour, count));
}

/** What began in the hour after each row, few at most. */
export function begunAnHour(past: HourlyPast): Float64Array {
  return countsAround(past, past.begun, -1).map(count => Math.min(mostAnHour, count));
}

/** The activity of the hour after each row; unknown at the last. */
export function activityAnHour({ activity }: HourlyPast): Float64Array {
  return activity.map((_, i) => activity[i + 1] ?? Number.NaN);
}

/** Where the columns of `usualColumns` stand among those of all features. */
export const usualFeatures: readonly number[] = [
  0,
  1,
  2,
  ...levels.map((_, k) => straightFeatures.length + 1 + windows.length + k),
];

/** The columns that what is usual enters, in the order of `usualFeatures`. */
export function usualColumns(past: HourlyPast, profile: PlaceProfile, ahead: number): Float64Array[] {
  const expected = usual(past, profile.activity, ahead);
  const level = levelOf(past, profile.activity);
  return [
    expected.map((value, i) => Math.log1p(value * level[i]!)),
    expected.map(Math.log1p),
    usual(past, profile.incidents, ahead).map(value => Math.log(value + leastIncidents)),
    ...levels.map(hours => {
      const due = usual(past, profile.activity, -hours);
      return windowSum(past.activity, hours).map((value, i) => Math.log((value + 2) / (due[i]! + 2)));
    }),
  ];
}

/** The columns of all features, one value a row; a row looks at what was known by then. */
export function featureColumns(
  past: HourlyPast,
  profile: PlaceProfile,
  ahead: number,
): readonly Float64Array[] {
  const known = knownAnHour(past);
  const times = Float64Array.from({ length: past.rows }, (_, i) => past.from + i * hour);
  const columns = [
    decayed(known, echoes[0]!),
    decayed(known, echoes[1]!).map(Math.log1p),
    hoursSince(past).map(Math.log1p),
    ...windows.map(hours => countsAround(past, past.known, hours).map(Math.log1p)),
    times.map(t => hourOfWeek(t) % 24),
    times.map(t => Math.floor(hourOfWeek(t) / 24)),
    ...past.signals,
  ];
  for (const [k, column] of usualColumns(past, profile, ahead).entries())
    columns.splice(usualFeatures[k]!, 0, column);
  return columns;
}
