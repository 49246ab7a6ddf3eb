import type { Store } from '../core/store.ts';
import type { StoredStages, Wired } from './wire.ts';

const table = 'stages';

/** The key of what was told: nobody heard of what a dry run told, so that it is kept apart. */
export type Heard = (key: string) => string;

export function heardBy({ dryRun }: { readonly dryRun: boolean }): Heard {
  return key => (dryRun ? `${key} in a dry run` : key);
}

/** The states of the stages as the last pass left them. */
export function loadStages(store: Store, heard: Heard): StoredStages {
  const values = store.values(table);
  return {
    rule: values.get('rule'),
    correlate: values.get('correlate'),
    tell: values.get(heard('tell')),
    thresholds: values.get('thresholds'),
    inhibit: values.get('inhibit'),
    silence: values.get('silence'),
  };
}

/** Time of the last pass that was told (ms); -Infinity before the first. */
export function loadPassedAt(store: Store): number {
  const text = store.values(table).get('passedAt');
  return text === undefined ? Number.NEGATIVE_INFINITY : Number(new TextDecoder().decode(text));
}

export function savePassedAt(store: Store, t: number): void {
  store.values(table).set('passedAt', new TextEncoder().encode(String(t)));
}

/** Key of the last record of feedback that the correlator has followed; empty before the first. */
export function loadFollowed(store: Store): string {
  return new TextDecoder().decode(store.values(table).get('followed'));
}

export function saveFollowed(store: Store, key: string): void {
  store.values(table).set('followed', new TextEncoder().encode(key));
}

/** Writes the states of the stages; called inside the transaction that queues what they told. */
export function saveStages(
  store: Store,
  { stages, thresholds, inhibit, silence }: Pick<Wired, 'stages' | 'thresholds' | 'inhibit' | 'silence'>,
  heard: Heard,
): void {
  const values = store.values(table);
  values.set('rule', stages.rule.toBytes());
  values.set('correlate', stages.correlate.toBytes());
  values.set(heard('tell'), stages.tell.toBytes());
  values.set('thresholds', thresholds.toBytes());
  values.set('inhibit', inhibit.toBytes());
  values.set('silence', silence.toBytes());
}
