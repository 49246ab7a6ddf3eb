import { z } from 'zod';
import { blended } from './incident-odds-blend.ts';
import { oddsDrivers } from './incident-odds-drivers.ts';
import { featureColumns, oddsFeatures } from './incident-odds-features.ts';
import { type LearnedOdds, learnOdds, rowAt } from './incident-odds-learner.ts';
import { memberOdds } from './incident-odds-members.ts';
import { decidedRows, type HourlyPast, hour, type OddsSignal } from './incident-odds-past.ts';

/** Hours that the odds look ahead. */
export const oddsAhead = 4;

export const incidentOddsOptions = z.strictObject({
  days: z.number().min(7).default(14).describe('Days of history below which nothing is told of a place.'),
  incidents: z.int().min(5).default(20).describe('Incidents of all places below which nothing is told.'),
  seed: z.int().default(1).describe('Seed of everything random.'),
});

export interface IncidentOddsSettings extends z.output<typeof incidentOddsOptions> {
  /** Nothing from then on is learned from, ms. */
  readonly until: number;
  /** What is known at each row beside the incidents, in the order of the columns. */
  readonly signals: readonly OddsSignal[];
}

/** The chance that at least one incident begins at a place within four hours of `at` (ms); undefined = it abstains, `drivers` says why. */
export interface IncidentOdds {
  readonly at: number;
  readonly p: number | undefined;
  readonly drivers: readonly string[];
}

/** What was learned, as plain data that passes between threads; without `learned` it abstains for the reason `short`. */
export interface IncidentOddsModel {
  readonly until: number;
  readonly days: number;
  /** The places, with how many days of each were learned from. */
  readonly places: readonly { readonly name: string; readonly days: number }[];
  readonly short: string | undefined;
  readonly learned: LearnedOdds | undefined;
}

/** Made by `readIncidentOdds`, asked for rows of the places that were learned from. */
export interface FittedIncidentOdds {
  /** The odds at the rows in [from, until) (ms) of a place, by what was known at each. A place that was not learned from abstains. */
  over(past: HourlyPast, span: { readonly from: number; readonly until: number }): readonly IncidentOdds[];
}

const percent = (p: number) => `${Math.round(100 * p)} %`;

function abstaining(
  past: HourlyPast,
  span: { from: number; until: number },
  why: string,
): readonly IncidentOdds[] {
  return rowsIn(past, span).map(i => ({ at: past.from + i * hour, p: undefined, drivers: [why] }));
}

function rowsIn({ from, rows }: HourlyPast, span: { from: number; until: number }): readonly number[] {
  const first = Math.max(0, Math.ceil((span.from - from) / hour));
  const end = Math.min(rows, Math.ceil((span.until - from) / hour));
  return Array.from({ length: Math.max(0, end - first) }, (_, k) => first + k);
}

const logit = (p: number) => Math.log(p / (1 - p));

/** Whether odds say hardly more than that it is as usual. */
function saysLittle({ doubt }: LearnedOdds, p: number): boolean {
  return Math.abs(logit(p) - logit(doubt.usual)) < doubt.width;
}

/** Too little to learn from, in words; undefined when it is enough. */
function shortage(
  pasts: readonly HourlyPast[],
  { until, incidents, days }: IncidentOddsSettings,
): string | undefined {
  const longest = Math.max(0, ...pasts.map(past => decidedRows(past, until, oddsAhead) / 24));
  if (longest < days) return `${Math.floor(longest)} days of history, ${days} are needed`;
  const count = pasts.reduce((sum, { begun }) => sum + begun.filter(t => t < until).length, 0);
  return count < incidents ? `${count} incidents so far, ${incidents} are needed` : undefined;
}

/**
 * Learns the odds of an incident in the next four hours from the pasts of places, all at once: what is usual at the hour, a
 * straight line and boosted trees over what was known, and a self-exciting rate, blended and made honest on rows that they
 * had not learned from. Deterministic; linear in places x hours.
 */
export function learnIncidentOdds(
  pasts: readonly HourlyPast[],
  settings: IncidentOddsSettings,
): IncidentOddsModel {
  const { until, seed, signals, days } = settings;
  const short = shortage(pasts, settings);
  const places = pasts.map(past => ({ name: past.name, days: decidedRows(past, until, oddsAhead) / 24 }));
  const learned =
    short === undefined ? learnOdds(pasts, { until, ahead: oddsAhead, seed, signals }) : undefined;
  return { until, days, places, short, learned };
}

/** Why nothing is told of a place, in words; undefined where something is. */
function silence({ places, days, short }: IncidentOddsModel, name: string): string | undefined {
  if (short !== undefined) return short;
  const place = places.find(each => each.name === name);
  if (place === undefined) return 'this place is new: the next fit knows it';
  return place.days < days ? `${Math.floor(place.days)} days of history, ${days} are needed` : undefined;
}

/** A model as it answers; `signals` are those that it was learned with. */
export function readIncidentOdds(
  model: IncidentOddsModel,
  signals: readonly OddsSignal[],
): FittedIncidentOdds {
  const features = oddsFeatures(signals);
  const numbers = new Map(model.places.map(({ name }, k) => [name, k]));
  const answer = (learned: LearnedOdds, row: readonly number[], at: number): IncidentOdds => {
    const p = blended(learned.blend, memberOdds(learned.members, row, features));
    if (!saysLittle(learned, p)) return { at, p, drivers: oddsDrivers(learned, row, features) };
    const usual = percent(learned.doubt.usual);
    return { at, p: undefined, drivers: [`as usual: hardly more is known than ${usual}`] };
  };
  return {
    over(past, span) {
      const { learned } = model;
      const why = silence(model, past.name);
      if (why !== undefined || learned === undefined) return abstaining(past, span, why ?? '');
      const columns = featureColumns(past, learned.profiles[numbers.get(past.name)!]!, oddsAhead);
      return rowsIn(past, span).map(i => answer(learned, rowAt(columns, i), past.from + i * hour));
    },
  };
}

/** Learns and reads at once. */
export function fitIncidentOdds(
  pasts: readonly HourlyPast[],
  settings: IncidentOddsSettings,
): FittedIncidentOdds {
  return readIncidentOdds(learnIncidentOdds(pasts, settings), settings.signals);
}
