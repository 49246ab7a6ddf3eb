import type { KinshipInput } from './kinship.ts';
import type { IncidentRates } from './odds.ts';
import type { OpenIncident } from './open-incident.ts';

/** What must speak so many times more for a new beginning than for the incident that is there. */
const beyondDoubt = 10;
/** Alerts nearer in time are one event: one evaluation of one rule tells of several instances. */
const sameMoment = 1000;

interface Scale {
  readonly rates: IncidentRates;
  readonly window: number;
  /** The rate (an ms) at which something begins at a place. */
  readonly chance: number;
}

/**
 * New symptoms of a place that has been in trouble for some time, as many together as a new incident brings and an old one
 * hardly: the alerts (fingerprints) among the newest of `incident` that begin it together with `input`, or undefined when
 * they are likelier to be stragglers. Compares the likelihoods of both stories over the last symptoms there.
 */
export function freshStart(
  incident: OpenIncident,
  { place, t }: KinshipInput,
  { rates, window, chance }: Scale,
): readonly string[] | undefined {
  const activity = incident.places.get(place.id);
  if (activity === undefined || t - activity.first < window / 2) return undefined;
  const sinceOf = (one: string) => incident.members.get(one)!.since;
  const newest = activity.alerts.filter(one => {
    const since = sinceOf(one);
    const first = incident.members.get(one)!.fired === 1;
    return first && since > t - 1.5 * window && since - activity.first > window / 2;
  });
  const moments = momentsOf([...newest.map(sinceOf), t]);
  let [best, beginning] = [Math.log(beyondDoubt), undefined as number | undefined];
  const before = activity.alerts.length - newest.length - 1;
  const straggles = (k: number) => Math.log(rates.symptom(moments[k]! - activity.first, 0, before + k));
  let old = straggles(moments.length - 1);
  for (let k = moments.length - 2; k >= 0; k--) {
    old += straggles(k);
    const first = moments[k]!;
    let fresh = Math.log(chance);
    for (const [seen, moment] of moments.slice(k + 1).entries())
      fresh += Math.log(rates.symptom(moment - first, 0, seen));
    if (fresh - old > best) [best, beginning] = [fresh - old, first];
  }
  return beginning === undefined ? undefined : newest.filter(one => sinceOf(one) >= beginning);
}

/** Times in order, those of one moment once. */
function momentsOf(times: readonly number[]): readonly number[] {
  const out: number[] = [];
  for (const time of times) if (out.length === 0 || time - out.at(-1)! >= sameMoment) out.push(time);
  return out;
}
