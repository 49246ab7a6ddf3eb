import type { Case } from '../correlators/escalation-case.ts';
import {
  fitIncidentOdds,
  type IncidentOdds,
  incidentOddsOptions,
  oddsAhead,
} from '../forecasters/incident-odds.ts';
import { countBefore, type HourlyPast, hour, type OddsSignal } from '../forecasters/incident-odds-past.ts';

/** Priorities that count as an incident: 1 and 2. */
const mostSevere = 2;

const ascending = (times: readonly number[]) => Float64Array.from(times).sort();

const knownAt = ({ openedAt, events }: Case) => Math.max(openedAt, events[0]!.t);

const priorityOf = (fields: Case['events'][number]['fields']) => Number(fields.priority ?? Number.NaN);

/** When the priority of a case was raised to a severe one, ms. */
function raisedAt({ events: [first, ...rest] }: Case): readonly number[] {
  if (priorityOf(first!.fields) <= mostSevere) return [];
  const raised = rest.find(({ fields }) => priorityOf(fields) <= mostSevere);
  return raised === undefined ? [] : [raised.t];
}

const namesItem = ({ events }: Case) => (events[0]!.fields.cmdb_ci ?? '') !== '';

const say = (what: string) => (value: number) => `${Math.round(Math.expm1(value))} ${what} in the last 4 h`;

/** What a service desk tells beside its severe incidents. */
export const deskSignals: readonly OddsSignal[] = [
  { name: 'openings with an item', say: say('openings that name a configuration item') },
  { name: 'raised', say: say('priorities raised to 1 or 2') },
];

/** How many of `times` lie in the `hours` before `t`. */
function within(times: Float64Array, t: number, hours: number): number {
  return countBefore(times, t) - countBefore(times, t - hours * hour);
}

/** The whole desk hour by hour, as it was known before `until` (ms): severe incidents and how many were opened. */
export function pastOfDesk(cases: readonly Case[], until: number): HourlyPast {
  const seen = cases.filter(one => one.openedAt < until && knownAt(one) < until);
  const first = seen.reduce((least, { openedAt }) => Math.min(least, openedAt), until);
  const from = Math.ceil(first / hour) * hour;
  const rows = Math.max(0, Math.floor((until - from) / hour) + 1);
  const severe = seen.filter(({ events }) => priorityOf(events[0]!.fields) <= mostSevere);
  const known = ascending(seen.map(knownAt));
  const items = ascending(seen.filter(namesItem).map(knownAt));
  const raised = ascending(seen.flatMap(raisedAt));
  const times = Float64Array.from({ length: rows }, (_, i) => from + i * hour);
  const logged = (events: Float64Array) => times.map(t => Math.log1p(within(events, t, 4)));
  return {
    name: '',
    from,
    rows,
    begun: ascending(severe.map(({ openedAt }) => openedAt)),
    known: ascending(severe.map(knownAt)),
    activity: times.map(t => within(known, t, 1)),
    signals: [logged(items), logged(raised)],
  };
}

/** The end of the hours that can be asked for: the log must reach four hours further for an answer to be of use. */
const lastHour = (cases: readonly Case[]) =>
  cases.reduce((most, { openedAt }) => Math.max(most, openedAt), 0) - oddsAhead * hour;

/**
 * The odds that a severe incident is opened in the four hours from each full hour in [from, until) (ms) on, learned from what was
 * known before `from`; none where the log ends before the four hours do.
 */
export function deskOdds(
  history: readonly Case[],
  { from, until, seed }: { readonly from: number; readonly until: number; readonly seed: number },
): readonly IncidentOdds[] {
  const end = Math.min(until, lastHour(history) + 1);
  const settings = { ...incidentOddsOptions.parse({ seed }), until: from, signals: deskSignals };
  const model = fitIncidentOdds([pastOfDesk(history, from)], settings);
  return model.over(pastOfDesk(history, Math.max(from, end)), { from, until: end });
}
