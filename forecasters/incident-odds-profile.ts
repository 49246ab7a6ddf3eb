import { type HourlyPast, hourOfWeek, hoursOfWeek } from './incident-odds-past.ts';

/** Which rows of each past may be learned from. */
export type UsedRows = readonly Uint8Array[];

interface Sums {
  readonly sum: Float64Array;
  readonly rows: Float64Array;
}

/** Hours that shape the mean of a day type are worth to the hour of a week, in rows; and hours of all places to those of one. */
const pull = { week: 20, place: 20, rate: 48, all: 20 };
const kinds = 72;

/** Working days, Saturdays and Sundays share their hours. */
const kindOf = (how: number) => {
  const day = Math.floor(how / 24);
  return (day < 5 ? 0 : day - 4) * 24 + (how % 24);
};

function sumsOf(past: HourlyPast, counts: Float64Array, used: Uint8Array): Sums {
  const sum = new Float64Array(hoursOfWeek);
  const rows = new Float64Array(hoursOfWeek);
  for (let i = 0; i < past.rows; i++) {
    const value = counts[i]!;
    if (used[i] === 0 || Number.isNaN(value)) continue;
    const how = hourOfWeek(past.from + i * 3_600_000);
    sum[how] = sum[how]! + value;
    rows[how] = rows[how]! + 1;
  }
  return { sum, rows };
}

function byKind({ sum, rows }: Sums): Sums {
  const all = { sum: new Float64Array(kinds), rows: new Float64Array(kinds) };
  for (let how = 0; how < hoursOfWeek; how++) {
    const kind = kindOf(how);
    all.sum[kind] = all.sum[kind]! + sum[how]!;
    all.rows[kind] = all.rows[kind]! + rows[how]!;
  }
  return all;
}

const total = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0);

/** Shares of the kinds of hour in profiles, 1 on the average. */
function kindsOf(profiles: readonly Float64Array[]): Float64Array {
  const { sum, rows } = addKinds(
    profiles.map(profile => byKind({ sum: profile, rows: profile.map(() => 1) })),
  );
  const mean = total(sum) / total(rows);
  return sum.map((each, kind) => (mean > 0 ? each / rows[kind]! / mean : 1));
}

function addKinds(places: readonly Sums[]): Sums {
  const all = { sum: new Float64Array(kinds), rows: new Float64Array(kinds) };
  for (const place of places)
    for (let kind = 0; kind < kinds; kind++) {
      all.sum[kind] = all.sum[kind]! + place.sum[kind]!;
      all.rows[kind] = all.rows[kind]! + place.rows[kind]!;
    }
  return all;
}

/** The mean of each kind of hour over all places, drawn to the mean of all hours in the shape of what it is thought to be like. */
function sharedShape(
  places: readonly Sums[],
  like: readonly Float64Array[] | undefined,
): { readonly mean: number; readonly shape: Float64Array } {
  const { sum, rows } = addKinds(places.map(byKind));
  const mean = total(sum) / Math.max(1, total(rows));
  const guess = like === undefined ? sum.map(() => 1) : kindsOf(like);
  return {
    mean,
    shape: sum.map((each, kind) => (each + pull.all * mean * guess[kind]!) / (rows[kind]! + pull.all)),
  };
}

/**
 * What is expected in each hour of the week at each place: the mean of the hour, drawn to that of the same hour of like days,
 * which is drawn to that of all places times how much more the place has (empirical Bayes, three levels of gamma means).
 */
export function weeklyProfiles(
  pasts: readonly HourlyPast[],
  counts: readonly Float64Array[],
  { used, like }: { readonly used: UsedRows; readonly like?: readonly Float64Array[] },
): readonly Float64Array[] {
  const places = pasts.map((past, k) => sumsOf(past, counts[k]!, used[k]!));
  const { mean, shape } = sharedShape(places, like);
  return places.map(place => {
    const rate = (total(place.sum) + pull.rate * mean) / (total(place.rows) + pull.rate);
    const share = mean > 0 ? rate / mean : 1;
    const kind = byKind(place);
    const ofKind = kind.sum.map(
      (sum, k) => (sum + pull.place * share * shape[k]!) / (kind.rows[k]! + pull.place),
    );
    return place.sum.map(
      (sum, how) => (sum + pull.week * ofKind[kindOf(how)]!) / (place.rows[how]! + pull.week),
    );
  });
}
