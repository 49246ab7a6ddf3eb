import type { Incident } from '../core/incident.ts';
import type { Labels } from '../core/labels.ts';
import type { Series } from '../core/series.ts';

/** A time in which something was wrong at a place; `to` is when it was last seen. ms. */
export interface Spell {
  readonly place: string;
  readonly from: number;
  readonly to: number;
}

/** The place of everything together. */
export const everywhere = '';

/** How `ALERTS` is sampled, ms. */
export const alertStep = 300_000;
/** Alerts that say that something is wrong; ours are known from our own incidents. */
export const alertsQuery =
  'max by (alertname, service, job, instance) (ALERTS{alertstate="firing", generator!="foreshock", severity!~"none|info"})';
/** An alert that is missing for a sample fires on; a place that is quiet for less is in the same trouble. */
const quiet = 3 * alertStep;

/** The service that labels name, as our alerts are routed. */
export function placeOf({ service, job, instance }: Labels): string | undefined {
  return service ?? job ?? instance;
}

/** A spell that may go on. */
export type OpenSpell = { -readonly [key in keyof Spell]: Spell[key] };

/** Where an alert is; one that names no place is a place of its own. */
export function alertPlace(labels: Labels): string {
  return placeOf(labels) ?? labels.alertname ?? everywhere;
}

/** Puts samples of an alert, all later than what is known of it, to its spells. */
export function addSamples(
  { place, spells }: { readonly place: string; readonly spells: OpenSpell[] },
  { t, v }: Pick<Series, 't' | 'v'>,
): void {
  for (let i = 0; i < t.length; i++) {
    if (Number.isNaN(v[i]!)) continue;
    const last = spells.at(-1);
    if (last !== undefined && t[i]! - last.to <= quiet) last.to = t[i]!;
    else spells.push({ place, from: t[i]!, to: t[i]! });
  }
}

/** When each service that an incident of ours names was in it; an open one lasts until `now`. */
export function incidentSpells(incidents: readonly Incident[], now: number): readonly Spell[] {
  return incidents.flatMap(({ members, startsAt, endsAt = now }) => {
    const places = new Set(members.flatMap(({ alert }) => placeOf(alert.labels) ?? []));
    return [...places].map(place => ({ place, from: startsAt, to: endsAt }));
  });
}

/** Spells that overlap, or nearly, as one: the troubles of one place. Ascending. */
export function troublesOf(spells: readonly Spell[]): readonly Spell[] {
  const troubles: { place: string; from: number; to: number }[] = [];
  for (const { place, from, to } of [...spells].sort((a, b) => a.from - b.from)) {
    const last = troubles.at(-1);
    if (last !== undefined && from - last.to <= quiet) last.to = Math.max(last.to, to);
    else troubles.push({ place, from, to });
  }
  return troubles;
}
