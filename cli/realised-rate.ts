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
  /** Of the last pass, until it is settled. */
  #last: { readonly judged: number; readonly flagged: readonly Entity[] } | undefined;

  /** One pass: how many rows were judged, and the entities of those that were flagged among them. */
  saw(judged: number, flagged: readonly Entity[]): void {
    this.#last = { judged, flagged };
  }

  /** Counts the last pass, once it is known whom incidents name. */
  settle(isNamed: (entity: Entity) => boolean): void {
    if (this.#last === undefined) return;
    const { judged, flagged } = this.#last;
    this.#last = undefined;
    const named = flagged.filter(isNamed).length;
    this.#judged += judged - named;
    this.#flagged += flagged.length - named;
  }

  /** Undefined before the first row. */
  get rate(): number | undefined {
    return this.#judged === 0 ? undefined : this.#flagged / this.#judged;
  }
}
