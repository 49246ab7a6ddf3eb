import type { Incident, Suspect } from './incident.ts';
import { includes } from './labels.ts';
import { saySignal } from './say-name.ts';

/** What alerts over a resource say of it; the resource is their label `resource`. */
const ofResources: Readonly<Record<string, string>> = {
  ForeshockResourceFilling: 'fills up',
  ForeshockResourceAlmostFull: 'is almost full',
  ForeshockLimitAhead: 'meets its limit within hours',
};

/** What a suspect of an incident shows: its signal in words, or what becomes of its resource, `filesystem fills up`. */
export function saySymptom({ signal, entity }: Suspect, { members }: Pick<Incident, 'members'>): string {
  const becomes = Object.hasOwn(ofResources, signal) ? ofResources[signal] : undefined;
  if (becomes === undefined) return saySignal(signal);
  const told = members.map(({ alert }) => alert.labels).filter(({ alertname }) => alertname === signal);
  const { resource } = told.find(labels => includes(labels, entity)) ?? told[0] ?? {};
  return `${saySignal(resource ?? 'a resource')} ${becomes}`;
}
