import type { Reshaping } from '../core/feedback.ts';
import { keepApart, letIn, ownPlaces } from './apart.ts';
import type { Draft } from './draft.ts';
import type { Ledger } from './ledger.ts';
import { closeMerged, mergeInto } from './merge.ts';
import { addMember, emptyIncident, type OpenIncident } from './open-incident.ts';
import type { Graph } from './topology.ts';
import type { Weighing } from './weighing.ts';

/** One step while it runs. */
export interface Step {
  readonly t: number;
  readonly draft: Draft;
}

/** What a correlator keeps its incidents in. */
export interface Table {
  readonly ledger: Ledger;
  readonly weighing: Weighing;
  readonly graph: Graph;
}

/** Makes one incident of two: `from` is closed, and what it had is `into`'s. */
export function unite(
  { into, from }: { readonly into: OpenIncident; readonly from: OpenIncident },
  { t, draft }: Step,
  { ledger, weighing, graph }: Table,
): void {
  mergeInto(into, from, t);
  closeMerged(from, into.id, t);
  ledger.remove(from);
  for (const member of from.members.values()) ledger.note(into, member, graph);
  weighing.experience.began(-1);
  draft.merged.push({ from, into });
  for (const set of [draft.grown, draft.ended, draft.learned]) set.delete(from);
  draft.grown.add(into);
  for (const one of draft.joined) if (one.incident === from) one.incident = into;
}

type Of<Kind extends Reshaping['kind']> = Extract<Reshaping, { kind: Kind }>;

/** Those that are over stay what they are: only what is shown of them is merged. */
function merge({ incidents, into: named }: Of<'merge'>, step: Step, table: Table): void {
  const { ledger, weighing } = table;
  // What people see under an incident that is over may be one that is open.
  const under = (name: string) =>
    [...ledger.open.values()].filter(({ id, home }) => id === name || home === name);
  const open = [...new Set(incidents.flatMap(under))];
  const into = open.find(({ id }) => id === named) ?? open[0];
  if (into !== undefined && into.id !== named) into.home = named;
  for (const from of open) {
    if (into === undefined || from === into) continue;
    weighing.lessons.learn('merged', [ownPlaces(into, from), ownPlaces(from, into)], step.t);
    letIn(into, from);
    unite({ into, from }, step, table);
  }
}

/** The alerts go to an incident of their own, of which people are told at once: its end is told as well. */
function split({ incident, alerts, made, by }: Of<'split'>, { t, draft }: Step, table: Table): void {
  const { ledger, weighing, graph } = table;
  const from = ledger.open.get(incident) ?? [...ledger.open.values()].find(({ home }) => home === incident);
  const moving = alerts.flatMap(fingerprint => from?.members.get(fingerprint) ?? []);
  if (from === undefined || ledger.open.has(made)) return;
  if (moving.length === 0 || moving.length === from.members.size) return;
  const began = Math.min(...moving.map(({ alert }) => alert.startsAt));
  const to = emptyIncident(made, Math.min(...moving.map(({ since }) => since)), began);
  to.due = t;
  for (const { alert } of moving) ledger.drop(from, alert.fingerprint);
  ledger.leaveEmptied(from);
  for (const member of moving) {
    const moved = { ...member, reason: `${by} split it off ${from.id}` };
    addMember(to, moved);
    ledger.note(to, moved, graph);
    draft.moved.push({ fingerprint: member.alert.fingerprint, from: from.id, to: made });
  }
  to.lastAt = from.lastAt;
  keepApart(from, to);
  weighing.lessons.learn('split', [ownPlaces(from, to), ownPlaces(to, from)], t);
  weighing.experience.began(1);
  from.metrics = undefined;
  draft.opened.push(made);
  for (const one of [from, to]) draft.grown.add(one);
}

/** Does to the open incidents what people did to what they see of them. */
export function followPeople(records: readonly Reshaping[], step: Step, table: Table): void {
  for (const record of records)
    if (record.kind === 'merge') merge(record, step, table);
    else split(record, step, table);
}
