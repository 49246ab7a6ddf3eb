import type { z } from 'zod';
import type { Alert, Suppressed } from '../core/alert.ts';
import type { Anomaly } from '../core/detector.ts';
import type { Incident } from '../core/incident.ts';
import type { CorrelateStage, CorrelationInput } from '../core/pipeline.ts';
import type { Change, Topology } from '../core/topology.ts';
import { decodeState, encodeState } from './codec.ts';
import { mergeInto, shouldMerge } from './merge.ts';
import { nearIncidents } from './nearness.ts';
import { addMember, emptyIncident, endMember, type OpenIncident, toIncident } from './open-incident.ts';
import { type CorrelatorOptions, correlatorOptions } from './options.ts';
import { isHeartbeat, type Place, placeOf, severityRank } from './place.ts';
import { rankSuspects } from './root-cause.ts';
import { Graph } from './topology.ts';

/** Where one alert went in this step. */
export interface Joined {
  readonly alert: Alert;
  readonly incident: string;
  readonly reason: string;
}

/** Frames that would make the next ranking better. */
export interface Wanted {
  readonly incident: string;
  readonly entity: Readonly<Record<string, string>>;
  /** Range in ms. */
  readonly start: number;
  readonly end: number;
}

/** What one step answers; `incidents` are those that are open or changed in it. */
export interface CorrelationResult {
  readonly incidents: readonly Incident[];
  readonly opened: readonly string[];
  readonly grown: readonly string[];
  readonly resolved: readonly string[];
  readonly merged: readonly { readonly from: string; readonly into: string }[];
  readonly joined: readonly Joined[];
  readonly wanted: readonly Wanted[];
}

/** Made once, fed step by step in order of time; `toBytes` is stored before a notification leaves. */
export interface Correlator extends CorrelateStage {
  step(input: CorrelationInput): CorrelationResult;
  /** When the next notification or end is due if nothing else happens, ms; undefined when nothing is open. */
  nextDue(): number | undefined;
  toBytes(): Uint8Array;
}

interface Draft {
  readonly opened: string[];
  readonly grown: Set<OpenIncident>;
  readonly resolved: OpenIncident[];
  readonly merged: { from: string; into: string }[];
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
  #anomalies = new Map<string, Anomaly>();
  #changes: Change[] = [];

  constructor(options: CorrelatorOptions, state?: { opened: number; incidents: readonly OpenIncident[] }) {
    this.#options = options;
    this.#opened = state?.opened ?? 0;
    for (const incident of state?.incidents ?? []) this.#index(incident);
  }

  step(input: CorrelationInput): CorrelationResult {
    this.#observe(input);
    const draft: Draft = { opened: [], grown: new Set(), resolved: [], merged: [], joined: [] };
    for (const alert of inOrder(input.alerts)) this.#take(alert, input.t, draft);
    for (const held of inOrderHeld(input.suppressed)) this.#fold(held, input.t, draft);
    for (const incident of [...this.#open.values()]) this.#advance(incident, input.t, draft);
    return this.#result(draft, input.t);
  }

  nextDue(): number | undefined {
    let next: number | undefined;
    for (const incident of this.#open.values()) {
      const at = incident.due ?? (incident.firing === 0 ? incident.lastAt + this.#options.window : undefined);
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
    for (const anomaly of input.anomalies)
      if (anomaly.p < 0.01)
        this.#anomalies.set(`${anomaly.class} ${JSON.stringify(anomaly.entity)}`, anomaly);
    for (const [key, anomaly] of this.#anomalies)
      if (anomaly.t < input.t - this.#options.window) this.#anomalies.delete(key);
    this.#changes.push(...input.changes);
    this.#changes = this.#changes.filter(change => change.t >= input.t - 3_600_000);
  }

  #take(alert: Alert, t: number, draft: Draft): void {
    if (isHeartbeat(alert.labels)) return;
    const member = this.#byAlert.get(alert.fingerprint);
    if (alert.endsAt !== undefined && alert.endsAt <= t) {
      if (member !== undefined && endMember(member, alert, t)) draft.grown.add(member);
      return;
    }
    const firing = { ...alert, startsAt: Math.min(alert.startsAt, t), endsAt: undefined };
    const resent = member?.members.get(alert.fingerprint)?.alert.endsAt === undefined;
    if (member !== undefined && resent) {
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
    const isNew = !incident.members.has(alert.fingerprint);
    addMember(incident, { alert, place, reason, since: t, fired: 1 });
    if (isNew)
      incident.timeline.push({
        at: t,
        what: `${alert.labels.alertname ?? 'alert'} on ${place.id}: ${reason}`,
      });
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
    const [into, from] =
      a.openedAt < b.openedAt || (a.openedAt === b.openedAt && a.id < b.id) ? [a, b] : [b, a];
    mergeInto(into, from, t);
    this.#unindex(from);
    this.#index(into);
    draft.merged.push({ from: from.id, into: into.id });
    draft.grown.delete(from);
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
    addMember(near.incident, { alert: { ...alert, endsAt: undefined }, place, reason, since: t, fired: 1 });
    this.#index(near.incident);
    draft.grown.add(near.incident);
  }

  #advance(incident: OpenIncident, t: number, draft: Draft): void {
    if (incident.due !== undefined && incident.due <= t) {
      incident.due = undefined;
      this.#tell(
        incident,
        t,
        `opened: ${count(incident.members.size, 'alert')} on ${[...incident.places.keys()].slice(0, 3).join(', ')}`,
      );
      draft.grown.add(incident);
    } else if (incident.due === undefined && incident.severity > incident.toldSeverity) {
      this.#tell(incident, t, `severity rose: ${count(incident.members.size, 'alert')} now`);
      draft.grown.add(incident);
    }
    if (incident.due !== undefined || incident.firing > 0 || t < incident.lastAt + this.#options.window)
      return;
    incident.endsAt = incident.lastAt;
    this.#tell(incident, t, `resolved: quiet for ${Math.round((t - incident.lastAt) / 1000)} s`);
    draft.resolved.push(incident);
    draft.grown.add(incident);
    this.#unindex(incident);
  }

  #tell(incident: OpenIncident, at: number, why: string): void {
    incident.toldSeverity = incident.severity;
    incident.notifications.push({ at, why });
    incident.timeline.push({ at, what: `told: ${why}` });
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
    const evidence = { graph: this.#graph, anomalies: [...this.#anomalies.values()], changes: this.#changes };
    for (const incident of draft.grown) incident.suspects = rankSuspects(incident, evidence);
    const shown = new Set([...this.#open.values(), ...draft.resolved]);
    const opened = draft.opened.filter(id => this.#open.has(id));
    return {
      incidents: [...shown].map(toIncident),
      opened,
      grown: [...draft.grown].map(one => one.id).filter(id => !opened.includes(id)),
      resolved: draft.resolved.map(one => one.id),
      merged: draft.merged,
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

const count = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : 's'}`;

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
