import { isAbout } from '../core/about.ts';
import type { Incident, TimelineEntry } from '../core/incident.ts';
import type { CorrelateStage } from '../core/pipeline.ts';
import { sayEntity } from '../core/say-name.ts';
import type { Change } from '../core/topology.ts';

/** A change may act so long before the first alert, ms. */
const reach = 1_800_000;
/** So many changes stand in one timeline, the newest. */
const mostShown = 20;

function entryOf({ t, entity, kind, text, link }: Change): TimelineEntry {
  const where = link === undefined ? '' : ` (${link})`;
  return { at: t, what: `${kind} of ${sayEntity(entity)}: ${text}${where}`, kind: 'change' };
}

/** The incident with the changes around it in its timeline: those of what it is about, from half an hour before on, until its end. */
export function withChanges(incident: Incident, changes: readonly Change[]): Incident {
  const { startsAt, endsAt = Number.POSITIVE_INFINITY, members, suspects } = incident;
  const near = changes.filter(({ t }) => t >= startsAt - reach && t <= endsAt);
  if (near.length === 0) return incident;
  const things = [...members.map(({ alert }) => alert.labels), ...suspects.map(({ entity }) => entity)];
  const told = near
    .filter(({ entity }) => things.some(labels => isAbout(entity, labels)))
    .sort((a, b) => a.t - b.t)
    .slice(-mostShown)
    .map(entryOf);
  if (told.length === 0) return incident;
  return { ...incident, timeline: [...incident.timeline, ...told].sort((a, b) => a.at - b.at) };
}

/** The stage with the changes that `all` knows in the timelines of its incidents. */
export function tellingChanges(stage: CorrelateStage, all: () => readonly Change[]): CorrelateStage {
  return {
    step(input) {
      const { incidents, ...rest } = stage.step(input);
      const changes = all();
      return { ...rest, incidents: incidents.map(incident => withChanges(incident, changes)) };
    },
  };
}
