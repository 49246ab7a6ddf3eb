import type { z } from 'zod';
import type { Alert, Suppressed } from '../core/alert.ts';
import type { CorrelationInput } from '../core/pipeline.ts';
import type { Topology } from '../core/topology.ts';
import { type CorrelatorState, decodeState, encodeState } from './codec.ts';
import { type Draft, emptyDraft, resultOf } from './draft.ts';
import { freshStart } from './fresh-start.ts';
import { hearChanges, hearMetrics } from './hearing.ts';
import type { Kinship, KinshipInput } from './kinship.ts';
import { Ledger } from './ledger.ts';
import { shouldMerge, survivor } from './merge.ts';
import {
  addMember,
  emptyIncident,
  endExpired,
  endMember,
  nextEnd,
  type OpenIncident,
  type OpenMember,
} from './open-incident.ts';
import { type CorrelatorOptions, correlatorOptions } from './options.ts';
import { isHeartbeat, placeOf } from './place.ts';
import { followPeople, type Step, type Table, unite } from './reshaping.ts';
import type { CorrelationResult, Correlator, HeldFor } from './result.ts';
import { Sightings } from './sightings.ts';
import { dueOf, endQuiet, tellDue } from './telling.ts';
import { Graph } from './topology.ts';
import { Views } from './views.ts';
import { Weighing } from './weighing.ts';

export type { CorrelationResult, Correlator, Joined } from './result.ts';

/** An alert on its way into an incident; `original` is what came in. */
interface Arrival extends KinshipInput {
  readonly original: Alert;
  /** The words of the rule that held it back: it joins, and opens nothing. */
  readonly by?: string;
}

class GroupingCorrelator implements Correlator {
  readonly #options: CorrelatorOptions;
  readonly #ledger = new Ledger();
  readonly #weighing: Weighing;
  #opened = 0;
  #topology: Topology | undefined;
  #graph = new Graph({ nodes: [], edges: [] });
  readonly #seen = new Sightings();
  readonly #views = new Views();

  constructor(options: CorrelatorOptions, state?: CorrelatorState) {
    this.#options = options;
    this.#opened = state?.opened ?? 0;
    this.#weighing = new Weighing(options, state);
    for (const { incident, elsewhere } of state?.incidents ?? []) this.#ledger.add(incident, elsewhere);
  }

  step(input: CorrelationInput): CorrelationResult {
    this.#observe(input);
    const draft = emptyDraft();
    const step = { t: input.t, draft };
    this.#expire(input, draft);
    followPeople(input.reshaped ?? [], step, this.#table);
    const { open } = this.#ledger;
    for (const heard of hearMetrics(input.frames ?? [], open, this.#graph)) draft.learned.add(heard);
    for (const heard of hearChanges(input.changes, open)) draft.learned.add(heard);
    for (const alert of [...input.alerts].sort(byTime)) this.#take(alert, step);
    for (const held of [...input.suppressed].sort((a, b) => byTime(a.alert, b.alert))) this.#fold(held, step);
    for (const incident of [...this.#ledger.open.values()]) this.#advance(incident, step);
    const evidence = { graph: this.#graph, ...this.#seen.all() };
    return resultOf(draft, { t: input.t, open: this.#ledger.open, evidence, views: this.#views });
  }

  nextDue(): number | undefined {
    let next: number | undefined;
    for (const incident of this.#ledger.open.values()) {
      const at = incident.due ?? nextEnd(incident, this.#options.resolveAfter);
      if (at !== undefined && (next === undefined || at < next)) next = at;
    }
    return next;
  }

  toBytes(): Uint8Array {
    return encodeState({
      opened: this.#opened,
      ...this.#weighing.state(),
      incidents: [...this.#ledger.open.values()].map(incident => ({
        incident,
        elsewhere: this.#ledger.elsewhere(incident),
      })),
    });
  }

  #observe(input: CorrelationInput): void {
    if (input.topology !== this.#topology) {
      this.#topology = input.topology;
      this.#graph = new Graph(input.topology);
    }
    this.#weighing.pass(input.t, Math.max(this.#graph.size, this.#ledger.byPlace.size));
    let since = input.t;
    for (const incident of this.#ledger.open.values()) since = Math.min(since, incident.startsAt);
    this.#seen.add(input, since - this.#options.window);
  }

  /** Ends what was announced to end by now and is not sent again in this step. */
  #expire({ t, alerts }: CorrelationInput, draft: Draft): void {
    const again = new Set(alerts.map(alert => alert.fingerprint));
    for (const incident of this.#ledger.open.values())
      if (endExpired(incident, t, again)) draft.ended.add(incident);
  }

  #take(alert: Alert, step: Step): void {
    const { t, draft } = step;
    if (isHeartbeat(alert.labels)) return;
    const member = this.#ledger.of(alert.fingerprint);
    if (alert.endsAt !== undefined && alert.endsAt <= t) {
      if (member !== undefined && endMember(member, alert, t)) draft.ended.add(member);
      return;
    }
    const known = member?.members.get(alert.fingerprint);
    if (member !== undefined && known !== undefined && known.alert.endsAt === undefined) {
      if (this.#takenOver(member, alert, step)) return;
      known.until = alert.endsAt;
      if (alert.endsAt !== undefined) member.nextUntil = Math.min(member.nextUntil, alert.endsAt);
      draft.joined.push({
        alert,
        incident: member,
        reason: 'it is firing there already',
        held: 'firing already',
      });
      return;
    }
    this.#join(this.#arrival(alert, t), step);
  }

  /**
   * An alert that is said to have begun anew while it fires: its end was missed, or another incident brought it, when there
   * is one that likely did.
   */
  #takenOver(holder: OpenIncident, alert: Alert, step: Step): boolean {
    const { startsAt } = holder.members.get(alert.fingerprint)!.alert;
    if (alert.startsAt - startsAt < this.#options.window / 2) return false;
    const arrival = this.#arrival(alert, step.t);
    const other = this.#kin(arrival).find(
      ({ incident }) => incident !== holder && !incident.members.has(alert.fingerprint),
    );
    if (other === undefined || other.kind === 'called by it' || other.kind === 'shares a place') return false;
    endMember(holder, { ...alert, endsAt: step.t }, step.t);
    step.draft.ended.add(holder);
    this.#add(other.incident, { arrival, reason: other.reason, held: other.kind }, step);
    return true;
  }

  #arrival(original: Alert, t: number): Arrival {
    const alert = { ...original, startsAt: Math.min(original.startsAt, t), endsAt: undefined };
    return { alert, place: placeOf(alert, this.#graph, this.#options.labels), t, original };
  }

  #kin(arrival: Arrival): Kinship[] {
    return this.#weighing.kin(arrival, { ledger: this.#ledger, graph: this.#graph });
  }

  #join(arrival: Arrival, step: Step): void {
    const [first, other] = this.#kin(arrival);
    if (first === undefined) {
      this.#openNew(arrival, [], step);
      return;
    }
    const scale = this.#weighing.scale();
    const beginning = first.kind === 'same place' ? freshStart(first.incident, arrival, scale) : undefined;
    if (beginning !== undefined) {
      this.#splitOff(first.incident, { arrival, beginning }, step);
      return;
    }
    this.#add(first.incident, { arrival, reason: first.reason, held: first.kind }, step);
    this.#weighing.learn(first);
    if (other !== undefined && shouldMerge(first, other, scale))
      unite(survivor(first.incident, other.incident), step, this.#table);
  }

  #add(
    incident: OpenIncident,
    { arrival, reason, held }: { arrival: Arrival; reason: string; held: HeldFor | undefined },
    { t, draft }: Step,
  ): void {
    const { alert, place, original } = arrival;
    const until = original.endsAt;
    const before = held === 'fired before' && !incident.members.has(alert.fingerprint) ? 1 : 0;
    const member: OpenMember = { alert, place, reason, since: t, until, fired: 1 + before, starts: [t] };
    addMember(incident, member);
    this.#ledger.note(incident, member, this.#graph);
    if (incident.due !== undefined)
      incident.due = dueOf(incident, {
        t,
        groupWait: this.#options.groupWait,
        waited: t - alert.startsAt,
      });
    draft.grown.add(incident);
    draft.joined.push({ alert: original, incident, reason, held });
  }

  #openNew(arrival: Arrival, moved: readonly OpenMember[], step: Step): OpenIncident {
    const { t, draft } = step;
    const { alert } = arrival;
    const id = `${new Date(t).toISOString().slice(0, 19).replace(/[-:]/g, '')}-${++this.#opened}`;
    const begun = moved[0]?.since ?? t;
    const incident = emptyIncident(id, begun, alert.startsAt);
    incident.due = t;
    draft.opened.push(id);
    this.#weighing.experience.began(1);
    for (const member of moved) {
      addMember(incident, member);
      this.#ledger.note(incident, member, this.#graph);
    }
    const reason =
      moved.length === 0
        ? 'it opened the incident: nothing near was in trouble'
        : `${arrival.place.id} has so many new alerts at once that something new began there`;
    this.#add(incident, { arrival, reason, held: undefined }, step);
    return incident;
  }

  /** What looked like stragglers of an old incident was the beginning of a new one. */
  #splitOff(
    from: OpenIncident,
    { arrival, beginning }: { arrival: Arrival; beginning: readonly string[] },
    step: Step,
  ): void {
    const reason = `it came with other new alerts on ${arrival.place.id}: something new began there`;
    const moved = beginning.map(fingerprint => ({ ...from.members.get(fingerprint)!, reason }));
    for (const fingerprint of beginning) this.#ledger.drop(from, fingerprint);
    step.draft.ended.add(from);
    const to = this.#openNew(arrival, moved, step).id;
    for (const fingerprint of beginning) step.draft.moved.push({ fingerprint, from: from.id, to });
  }

  get #table(): Table {
    return { ledger: this.#ledger, weighing: this.#weighing, graph: this.#graph };
  }

  /** What was held back joins the incident near it; it opens none. */
  #fold({ alert, by }: Suppressed, step: Step): void {
    const over = alert.endsAt !== undefined && alert.endsAt <= step.t;
    if (over) this.#take(alert, step);
    if (over || isHeartbeat(alert.labels) || this.#ledger.of(alert.fingerprint) !== undefined) return;
    const arrival = this.#arrival(alert, step.t);
    const first = this.#kin(arrival)[0];
    if (first === undefined) return;
    const reason = `held back: ${by}; ${first.reason}`;
    this.#add(first.incident, { arrival, reason, held: first.kind }, step);
  }

  #advance(incident: OpenIncident, { t, draft }: Step): void {
    if (tellDue(incident, t)) draft.told.add(incident);
    if (!endQuiet(incident, t, this.#options.resolveAfter)) return;
    draft.resolved.push(incident);
    draft.ended.add(incident);
    this.#weighing.experience.ended(incident.members.size === 1);
    this.#ledger.remove(incident);
  }
}

function byTime(a: Alert, b: Alert): number {
  return (
    a.startsAt - b.startsAt || (a.fingerprint < b.fingerprint ? -1 : a.fingerprint > b.fingerprint ? 1 : 0)
  );
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
