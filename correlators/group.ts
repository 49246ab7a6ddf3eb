import type { z } from 'zod';
import type { Alert, Suppressed } from '../core/alert.ts';
import type { CorrelationInput } from '../core/pipeline.ts';
import { sayCount } from '../core/say-name.ts';
import { saySpan } from '../core/say-time.ts';
import type { Topology } from '../core/topology.ts';
import { decodeState, encodeState } from './codec.ts';
import { closeMerged, mergeInto, shouldMerge, survivor } from './merge.ts';
import { nearIncidents } from './nearness.ts';
import {
  addMember,
  emptyIncident,
  endExpired,
  endMember,
  nextEnd,
  type OpenIncident,
  toIncident,
} from './open-incident.ts';
import { type CorrelatorOptions, correlatorOptions } from './options.ts';
import { isHeartbeat, type Place, placeOf, severityRank } from './place.ts';
import type { CorrelationResult, Correlator, Wanted } from './result.ts';
import { rankSuspects } from './root-cause.ts';
import { Sightings } from './sightings.ts';
import { Graph } from './topology.ts';

export type { CorrelationResult, Correlator, Joined, Wanted } from './result.ts';

interface Draft {
  readonly opened: string[];
  readonly grown: Set<OpenIncident>;
  readonly resolved: OpenIncident[];
  readonly ended: Set<OpenIncident>;
  readonly merged: { from: OpenIncident; into: OpenIncident }[];
  readonly joined: { alert: Alert; incident: OpenIncident; reason: string }[];
}

class GroupingCorrelator implements Correlator {
  readonly #options: CorrelatorOptions;
  readonly #open = new Map<string, OpenIncident>();
  readonly #byPlace = new Map<string, Set<OpenIncident>>();
  readonly #byAlert = new Map<string, OpenIncident>();
  #opened = 0;
  #topology: Topology | undefined;
  #graph = new Graph({ nodes: [], edges: [] });
  readonly #seen = new Sightings();

  constructor(options: CorrelatorOptions, state?: { opened: number; incidents: readonly OpenIncident[] }) {
    this.#options = options;
    this.#opened = state?.opened ?? 0;
    for (const incident of state?.incidents ?? []) this.#index(incident);
  }

  step(input: CorrelationInput): CorrelationResult {
    this.#observe(input);
    const draft: Draft = {
      opened: [],
      grown: new Set(),
      resolved: [],
      ended: new Set(),
      merged: [],
      joined: [],
    };
    this.#expire(input, draft);
    for (const alert of inOrder(input.alerts)) this.#take(alert, input.t, draft);
    for (const held of inOrderHeld(input.suppressed)) this.#fold(held, input.t, draft);
    for (const incident of [...this.#open.values()]) this.#advance(incident, input.t, draft);
    return this.#result(draft, input.t);
  }

  nextDue(): number | undefined {
    let next: number | undefined;
    for (const incident of this.#open.values()) {
      const at = incident.due ?? nextEnd(incident, this.#options.resolveAfter);
      if (at !== undefined && (next === undefined || at < next)) next = at;
    }
    return next;
  }

  toBytes(): Uint8Array {
    return encodeState({ opened: this.#opened, incidents: [...this.#open.values()] });
  }

  #observe(input: CorrelationInput): void {
    if (input.topology !== this.#topology) {
      this.#topology = input.topology;
      this.#graph = new Graph(input.topology);
    }
    let since = input.t;
    for (const incident of this.#open.values()) since = Math.min(since, incident.startsAt);
    this.#seen.add(input, since - this.#options.window);
  }

  /** Ends what was announced to end by now and is not sent again in this step. */
  #expire({ t, alerts }: CorrelationInput, draft: Draft): void {
    const again = new Set(alerts.map(alert => alert.fingerprint));
    for (const incident of this.#open.values()) if (endExpired(incident, t, again)) draft.ended.add(incident);
  }

  #take(alert: Alert, t: number, draft: Draft): void {
    if (isHeartbeat(alert.labels)) return;
    const member = this.#byAlert.get(alert.fingerprint);
    if (alert.endsAt !== undefined && alert.endsAt <= t) {
      if (member !== undefined && endMember(member, alert, t)) draft.ended.add(member);
      return;
    }
    const firing = { ...alert, startsAt: Math.min(alert.startsAt, t), endsAt: undefined };
    const known = member?.members.get(alert.fingerprint);
    if (member !== undefined && known !== undefined && known.alert.endsAt === undefined) {
      known.until = alert.endsAt;
      draft.joined.push({ alert, incident: member, reason: 'it is firing there already' });
      return;
    }
    const place = placeOf(firing, this.#graph, this.#options.labels);
    this.#join(firing, place, { t, draft, original: alert });
  }

  #join(alert: Alert, place: Place, at: { t: number; draft: Draft; original: Alert }): void {
    const { t, draft, original } = at;
    const near = nearIncidents(place, t, {
      graph: this.#graph,
      byPlace: this.#byPlace,
      options: this.#options,
    });
    const incident = near[0]?.incident ?? this.#openNew(t, alert, draft);
    const reason = near[0]?.reason ?? 'it opened the incident: nothing near was in trouble';
    addMember(incident, { alert, place, reason, since: t, until: original.endsAt, fired: 1 });
    this.#index(incident);
    draft.grown.add(incident);
    draft.joined.push({ alert: original, incident, reason });
    const other = near[1];
    if (near[0] !== undefined && other !== undefined && shouldMerge(near[0], other, this.#options.spread))
      this.#merge(incident, other.incident, { t, draft });
  }

  #openNew(t: number, alert: Alert, draft: Draft): OpenIncident {
    const id = `${new Date(t).toISOString().slice(0, 19).replace(/[-:]/g, '')}-${++this.#opened}`;
    const incident = emptyIncident(id, t, alert.startsAt);
    const waited = severityRank(alert.labels) >= 3 && t - alert.startsAt >= this.#options.groupWait;
    incident.due = waited ? t : t + this.#options.groupWait;
    draft.opened.push(id);
    return incident;
  }

  #merge(a: OpenIncident, b: OpenIncident, { t, draft }: { t: number; draft: Draft }): void {
    const [into, from] = survivor(a, b);
    mergeInto(into, from, t);
    closeMerged(from, into.id, t);
    this.#unindex(from);
    this.#index(into);
    draft.merged.push({ from, into });
    draft.grown.delete(from);
    draft.ended.delete(from);
    draft.grown.add(into);
    for (const one of draft.joined) if (one.incident === from) one.incident = into;
  }

  #fold({ alert, by }: Suppressed, t: number, draft: Draft): void {
    const over = alert.endsAt !== undefined && alert.endsAt <= t;
    if (over) this.#take(alert, t, draft);
    if (over || isHeartbeat(alert.labels) || this.#byAlert.has(alert.fingerprint)) return;
    const place = placeOf(alert, this.#graph, this.#options.labels);
    const near = nearIncidents(place, t, {
      graph: this.#graph,
      byPlace: this.#byPlace,
      options: this.#options,
    })[0];
    if (near === undefined) return;
    const reason = `held back: ${by}; ${near.reason}`;
    const firing = { ...alert, endsAt: undefined };
    addMember(near.incident, { alert: firing, place, reason, since: t, until: alert.endsAt, fired: 1 });
    this.#index(near.incident);
    draft.grown.add(near.incident);
  }

  #advance(incident: OpenIncident, t: number, draft: Draft): void {
    if (incident.due !== undefined && incident.due <= t) {
      incident.due = undefined;
      this.#tell(
        incident,
        t,
        `opened: ${sayCount(incident.members.size, 'alert')} on ${[...incident.places.keys()].slice(0, 3).join(', ')}`,
      );
      draft.grown.add(incident);
    } else if (incident.due === undefined && incident.severity > incident.toldSeverity) {
      this.#tell(incident, t, `severity rose: ${sayCount(incident.members.size, 'alert')} now`);
      draft.grown.add(incident);
    }
    if (incident.due !== undefined || incident.firing > 0 || t < incident.lastAt + this.#options.resolveAfter)
      return;
    incident.endsAt = incident.lastAt;
    this.#tell(incident, t, `resolved: quiet for ${saySpan(t - incident.lastAt)}`);
    draft.resolved.push(incident);
    draft.ended.add(incident);
    this.#unindex(incident);
  }

  #tell(incident: OpenIncident, at: number, why: string): void {
    incident.toldSeverity = incident.severity;
    incident.notifications.push({ at, why });
    incident.timeline.push({ at, what: `people were told: ${why.replace(/^opened: /, '')}` });
  }

  #index(incident: OpenIncident): void {
    this.#open.set(incident.id, incident);
    for (const fingerprint of incident.members.keys()) this.#byAlert.set(fingerprint, incident);
    for (const key of placeKeys(incident)) {
      const there = this.#byPlace.get(key);
      if (there === undefined) this.#byPlace.set(key, new Set([incident]));
      else there.add(incident);
    }
  }

  #unindex(incident: OpenIncident): void {
    this.#open.delete(incident.id);
    for (const fingerprint of incident.members.keys())
      if (this.#byAlert.get(fingerprint) === incident) this.#byAlert.delete(fingerprint);
    for (const key of placeKeys(incident)) {
      const there = this.#byPlace.get(key);
      there?.delete(incident);
      if (there?.size === 0) this.#byPlace.delete(key);
    }
  }

  #result(draft: Draft, t: number): CorrelationResult {
    const evidence = { graph: this.#graph, ...this.#seen.all() };
    for (const incident of draft.grown) incident.suspects = rankSuspects(incident, evidence);
    const away = draft.merged.map(({ from }) => from);
    const shown = new Set([...this.#open.values(), ...draft.resolved, ...away]);
    const touched = new Set([...draft.grown, ...draft.ended]);
    const opened = draft.opened.filter(id => this.#open.has(id));
    return {
      incidents: [...shown].map(toIncident),
      opened,
      grown: [...touched].map(one => one.id).filter(id => !opened.includes(id)),
      resolved: draft.resolved.map(one => one.id),
      merged: draft.merged.map(({ from, into }) => ({ from: from.id, into: into.id })),
      joined: draft.joined.map(one => ({ ...one, incident: one.incident.id })),
      wanted: [...draft.grown].flatMap(one => wantedOf(one, t)),
    };
  }
}

function wantedOf(incident: OpenIncident, t: number): Wanted[] {
  return incident.suspects
    .slice(0, 3)
    .map(({ entity }) => ({ incident: incident.id, entity, start: incident.startsAt - 1_800_000, end: t }));
}

function* placeKeys(incident: OpenIncident): Iterable<string> {
  yield* incident.places.keys();
  for (const other of incident.shared) yield `shared:${other}`;
}

function byTime(a: Alert, b: Alert): number {
  return (
    a.startsAt - b.startsAt || (a.fingerprint < b.fingerprint ? -1 : a.fingerprint > b.fingerprint ? 1 : 0)
  );
}

function inOrder(alerts: readonly Alert[]): readonly Alert[] {
  return [...alerts].sort(byTime);
}

function inOrderHeld(held: readonly Suppressed[]): readonly Suppressed[] {
  return [...held].sort((a, b) => byTime(a.alert, b.alert));
}

/** A correlator with nothing open. Throws a ZodError when an option is wrong. */
export function createCorrelator(options: z.input<typeof correlatorOptions> = {}): Correlator {
  return new GroupingCorrelator(correlatorOptions.parse(options));
}

/** A correlator as it was when `bytes` were written by `toBytes`. Throws an Error when they are something else. */
export function correlatorFromBytes(
  bytes: Uint8Array,
  options: z.input<typeof correlatorOptions> = {},
): Correlator {
  return new GroupingCorrelator(correlatorOptions.parse(options), decodeState(bytes));
}
