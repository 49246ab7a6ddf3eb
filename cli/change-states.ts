import { z } from 'zod';
import { fingerprint, type Labels, omit, pick } from '../core/labels.ts';
import type { Series } from '../core/series.ts';
import type { KeyValues } from '../core/store.ts';
import type { Change } from '../core/topology.ts';
import type { ChangeQuery } from './change-queries.ts';

/** A thing that was not seen for so long is forgotten, ms. */
const remembered = 7 * 86_400_000;

/** One look at a thing: the states that it was seen in at a time, ms. */
interface Look {
  readonly t: number;
  readonly states: Set<string>;
}

/** When each state of a thing was seen last, ms. */
type Seen = Map<string, number>;

const storedSeen = z.record(z.string(), z.number());

function stateOf({ state }: ChangeQuery, labels: Labels, value: number): string | undefined {
  if (state === undefined) return String(value);
  const said = state.map(name => labels[name]).filter(each => each !== undefined && each !== '');
  return said.length === 0 ? undefined : said.join(' ');
}

function looksOf(query: ChangeQuery, series: readonly Series[]) {
  const things = new Map<string, { readonly entity: Labels; readonly looks: Map<number, Look> }>();
  for (const { labels, t, v } of series) {
    const entity = pick(labels, query.entity);
    const key = fingerprint(entity);
    const thing = things.get(key) ?? { entity, looks: new Map() };
    things.set(key, thing);
    for (const [k, at] of t.entries()) {
      const state = Number.isNaN(v[k]) ? undefined : stateOf(query, labels, v[k]!);
      if (state === undefined) continue;
      const look = thing.looks.get(at) ?? { t: at, states: new Set() };
      look.states.add(state);
      thing.looks.set(at, look);
    }
  }
  return things;
}

/**
 * The states in which things were seen last, of one source and one query, kept in the store: what has changed is found over a
 * restart, too. A thing that is seen for the first time has not changed.
 */
export class ChangeStates {
  readonly #query: ChangeQuery;
  readonly #table: KeyValues;
  readonly #prefix: string;
  readonly #things = new Map<string, Seen>();

  constructor(query: ChangeQuery, table: KeyValues, source: string) {
    this.#query = query;
    this.#table = table;
    this.#prefix = `${source} ${query.name} `;
    for (const [key, value] of table.entries()) {
      if (!key.startsWith(this.#prefix)) continue;
      const seen = read(value);
      if (seen === undefined) table.delete(key);
      else this.#things.set(key.slice(this.#prefix.length), seen);
    }
  }

  /** Takes what a source answered up to `now` (ms) and gives what has changed. */
  learn(series: readonly Series[], now: number): readonly Change[] {
    const changes: Change[] = [];
    for (const [key, { entity, looks }] of looksOf(this.#query, series)) {
      const seen = this.#things.get(key) ?? new Map<string, number>();
      this.#things.set(key, seen);
      const before = this.#live(seen);
      for (const look of [...looks.values()].sort((a, b) => a.t - b.t))
        changes.push(...this.#look(entity, seen, look));
      if (this.#live(seen) !== before) this.#write(key, seen);
    }
    for (const [key, seen] of this.#things) if (lastOf(seen) < now - remembered) this.#forget(key);
    return changes;
  }

  #look(entity: Labels, seen: Seen, { t, states }: Look): Change[] {
    const last = lastOf(seen);
    if (t <= last) return [];
    const known = [...seen].filter(([, at]) => at >= last - this.#query.grace).map(([state]) => state);
    const fresh = [...states].filter(state => !known.includes(state));
    for (const [state, at] of seen) if (at < t - remembered) seen.delete(state);
    for (const state of states) seen.set(state, t);
    if (known.length === 0) return [];
    const { kind, say } = this.#query;
    return fresh.map(state => ({
      t,
      entity: omit(entity, ['__name__']),
      kind,
      text: sayOf(entity, say(state, known.join(' and '))),
    }));
  }

  /** The states in which a thing is now, as a text that changes with them. */
  #live(seen: Seen): string {
    const last = lastOf(seen);
    return JSON.stringify(
      [...seen].filter(([, at]) => at >= last - this.#query.grace).map(([state]) => state),
    );
  }

  #write(key: string, seen: Seen): void {
    const text = JSON.stringify(Object.fromEntries(seen));
    this.#table.set(`${this.#prefix}${key}`, new TextEncoder().encode(text));
  }

  #forget(key: string): void {
    this.#things.delete(key);
    this.#table.delete(`${this.#prefix}${key}`);
  }
}

/** Of an application that tells several versions the metric says which one it is. */
function sayOf({ __name__: metric }: Labels, words: string): string {
  return metric === undefined ? words : `${metric.replace(/_build_info$/, '')}: ${words}`;
}

const lastOf = (seen: Seen): number => Math.max(Number.NEGATIVE_INFINITY, ...seen.values());

function read(value: Uint8Array): Seen | undefined {
  try {
    return new Map(Object.entries(storedSeen.parse(JSON.parse(new TextDecoder().decode(value)))));
  } catch {
    return undefined;
  }
}
