import { type OpenIncident, type OpenMember, removeMember } from './open-incident.ts';
import type { Graph } from './topology.ts';

/** The open incidents, and where their alerts are: what is found by place and by alert without looking at all. */
export class Ledger {
  readonly open = new Map<string, OpenIncident>();
  readonly byPlace = new Map<string, Set<OpenIncident>>();
  readonly #byAlert = new Map<string, OpenIncident>();

  /** The incident to which an alert was last added. */
  of(fingerprint: string): OpenIncident | undefined {
    return this.#byAlert.get(fingerprint);
  }

  /** Takes an incident in with all that it has; the alerts in `elsewhere` were added to another since. */
  add(incident: OpenIncident, elsewhere: readonly string[]): void {
    this.open.set(incident.id, incident);
    const others = new Set(elsewhere);
    for (const fingerprint of incident.members.keys())
      if (!others.has(fingerprint)) this.#byAlert.set(fingerprint, incident);
    for (const key of placeKeys(incident)) this.#point(key, incident);
  }

  /** Notes one member that was just added; `graph` tells what explains its place. */
  note(incident: OpenIncident, { alert, place }: OpenMember, graph: Graph): void {
    this.open.set(incident.id, incident);
    this.#byAlert.set(alert.fingerprint, incident);
    for (const other of place.also) this.#point(`shared:${other}`, incident);
    if (this.byPlace.get(place.id)?.has(incident) === true) return;
    this.#point(place.id, incident);
    explain(incident, place.id, graph);
  }

  /** Forgets one member of an incident that goes on. */
  drop(incident: OpenIncident, fingerprint: string): void {
    removeMember(incident, fingerprint);
    if (this.#byAlert.get(fingerprint) === incident) this.#byAlert.delete(fingerprint);
  }

  /** Forgets the places of an incident that have no alert of it any more. */
  leaveEmptied(incident: OpenIncident): void {
    for (const [id, { alerts }] of incident.places) {
      if (alerts.length > 0) continue;
      incident.places.delete(id);
      this.#unpoint(id, incident);
    }
    for (const activity of incident.places.values())
      if (activity.callee !== undefined && !incident.places.has(activity.callee)) activity.callee = undefined;
  }

  /** The alerts of an incident that are no longer looked for in it. */
  elsewhere(incident: OpenIncident): string[] {
    return [...incident.members.keys()].filter(one => this.#byAlert.get(one) !== incident);
  }

  remove(incident: OpenIncident): void {
    this.open.delete(incident.id);
    for (const fingerprint of incident.members.keys())
      if (this.#byAlert.get(fingerprint) === incident) this.#byAlert.delete(fingerprint);
    for (const key of placeKeys(incident)) this.#unpoint(key, incident);
  }

  #unpoint(key: string, incident: OpenIncident): void {
    const there = this.byPlace.get(key);
    there?.delete(incident);
    if (there?.size === 0) this.byPlace.delete(key);
  }

  #point(key: string, incident: OpenIncident): void {
    const there = this.byPlace.get(key);
    if (there === undefined) this.byPlace.set(key, new Set([incident]));
    else there.add(incident);
  }
}

function* placeKeys(incident: OpenIncident): Iterable<string> {
  yield* incident.places.keys();
  for (const other of incident.shared) yield `shared:${other}`;
}

/** Notes which places of an incident call one that is in trouble too, now that `id` joined it. */
function explain(incident: OpenIncident, id: string, graph: Graph): void {
  const own = incident.places.get(id);
  for (const near of graph.near(id, 1)) {
    const other = incident.places.get(near.id);
    if (own === undefined || other === undefined) continue;
    if (near.side === 'callee') own.callee ??= near.id;
    else other.callee ??= id;
  }
}
