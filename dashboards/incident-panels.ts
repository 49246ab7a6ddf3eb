import type { Incident } from '../core/incident.ts';
import { type Labels, pick } from '../core/labels.ts';
import type { DashboardClass, DashboardPack } from './model.ts';

/** A signal of something that an incident names. */
export interface ShownEntity {
  readonly one: DashboardClass;
  readonly k: number;
  /** The labels by which the class knows it. */
  readonly entity: Labels;
  /** It in words. */
  readonly where: string;
}

/** Labels that name the other side of a call. */
const calleeLabel = /^(peer|destination|server)_/;
const maxPanels = 24;
const perEntity = 4;
const symptoms = ['errors', 'latency', 'saturation'];

interface Wanted {
  /** The labels by which a class knows the thing; empty when it does not. */
  readonly entityOf: (one: DashboardClass) => Labels;
  readonly signal: string;
}

/** What is drawn of an incident: the first suspect, the other suspects, then its alerts in order of onset. */
export function shownOf(
  incident: Incident,
  {
    packs,
    has,
  }: {
    readonly packs: readonly DashboardPack[];
    readonly has: (className: string, entity: Labels) => boolean;
  },
): readonly ShownEntity[] {
  const out = new Map<string, ShownEntity>();
  const covered = new Set<string>();
  const classes = packs.flatMap(pack => pack.classes);
  for (const { entityOf, signal } of wantedOf(incident))
    for (const one of classes) {
      const entity = entityOf(one);
      const key = `${one.name} ${JSON.stringify(entity)} ${signal}`;
      if (Object.keys(entity).length === 0 || covered.has(key)) continue;
      covered.add(key);
      if (!has(one.name, entity)) continue;
      for (const k of chosen(one, signal)) {
        const name = `${one.name} ${JSON.stringify(entity)} ${k}`;
        if (!out.has(name)) out.set(name, { one, k, entity, where: whereOf(entity) });
      }
    }
  return [...out.values()].slice(0, maxPanels);
}

function wantedOf({ members, suspects }: Incident): Wanted[] {
  const inOrder = [...members].sort((a, b) => a.alert.startsAt - b.alert.startsAt);
  const [first] = suspects;
  return [
    ...(first === undefined ? [] : [{ entityOf: asCallee(first.entity), signal: first.signal }]),
    ...suspects.map(({ entity, signal }) => ({ entityOf: own(entity), signal })),
    ...inOrder.map(({ alert }) => ({ entityOf: own(alert.labels), signal: alert.labels.signal ?? '' })),
  ];
}

const own = (labels: Labels) => (one: DashboardClass) => pick(labels, one.entityLabels);

/** What others say of a thing that has no metrics of its own: a class that names it by a label of another name. */
function asCallee(entity: Labels): (one: DashboardClass) => Labels {
  const [value] = Object.values(entity);
  return ({ entityLabels }) => {
    const label = entityLabels.find(name => entity[name] === undefined && calleeLabel.test(name));
    return label === undefined || value === undefined ? {} : { [label]: value };
  };
}

function whereOf(entity: Labels): string {
  const names = Object.values(entity).join(' ');
  return Object.keys(entity).every(name => calleeLabel.test(name)) ? `calls to ${names}` : names;
}

function chosen(one: DashboardClass, signal: string): number[] {
  const all = one.signals.map((_, k) => k);
  const named = all.filter(k => one.signals[k]!.name === signal);
  if (named.length > 0) return named;
  const telling = all.filter(k => symptoms.includes(one.signals[k]!.kind));
  return (telling.length > 0 ? telling : all).slice(0, perEntity);
}
