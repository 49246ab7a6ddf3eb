import type { KinshipInput } from './kinship.ts';
import type { IncidentRates } from './odds.ts';
import type { OpenIncident } from './open-incident.ts';

/** What must speak so many times more for a new beginning than for the incident that is there. */
const beyondDoubt = 3;

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
  let [best, beginning] = [Math.log(beyondDoubt), undefined as number | undefined];
  const newest = activity.alerts.filter(one => {
    const { since, fired } = incident.members.get(one)!;
    return fired === 1 && since > t - 1.5 * window && since - activity.first > window / 2;
  });
  const times = [...newest.map(one => incident.members.get(one)!.since), t];
  let old = Math.log(rates.symptom(t - activity.first, 0));
  for (let first = times.length - 2; first >= 0; first--) {
    old += Math.log(rates.symptom(times[first]! - activity.first, 0));
    let fresh = Math.log(chance);
    for (const time of times.slice(first + 1)) fresh += Math.log(rates.symptom(time - times[first]!, 0));
    if (fresh - old > best) [best, beginning] = [fresh - old, first];
  }
  return beginning === undefined ? undefined : newest.slice(beginning);
}
