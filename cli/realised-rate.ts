import type { Entity } from '../core/batch.ts';
import type { Incident } from '../core/incident.ts';
import { includes, type Labels } from '../core/labels.ts';

/** Whether an incident that people were told of names an entity: as a member, or as a suspect. */
export function namedBy(incidents: readonly Incident[]): (entity: Entity) => boolean {
  const told = incidents.filter(({ notifications }) => notifications.length > 0);
  const members = told.flatMap(incident => incident.members.map(({ alert }) => alert.labels));
  const suspects: readonly Labels[] = told.flatMap(incident => incident.suspects.map(({ entity }) => entity));
  return entity =>
    members.some(labels => includes(labels, entity)) ||
    suspects.some(suspect => Object.keys(suspect).length > 0 && includes(entity, suspect));
}

/**
 * How often a row is flagged in normal life: flagged rows / judged rows, both outside of incidents that paged. What was
 * flagged before its incident was told counts as false, so the rate is rather too high than too low.
 */
export class RealisedRate {
  #judged = 0;
  #flagged = 0;

  /** One pass: the entities of the rows that were judged, and of those that were flagged among them. */
  count(judged: number, flagged: readonly Entity[], isNamed: (entity: Entity) => boolean): void {
    const named = flagged.filter(isNamed).length;
    this.#judged += judged - named;
    this.#flagged += flagged.length - named;
  }

  /** Undefined before the first row. */
  get rate(): number | undefined {
    return this.#judged === 0 ? undefined : this.#flagged / this.#judged;
  }
}
