import { z } from 'zod';
import type { Store } from '../core/store.ts';
import type { Change } from '../core/topology.ts';

const storedChange = z.object({
  t: z.number(),
  entity: z.record(z.string(), z.string()),
  kind: z.string(),
  text: z.string(),
  link: z.string().exactOptional(),
});

/** So long a change is kept, ms, and so many of them: a flood pushes out the oldest. */
const keptFor = 2 * 86_400_000;
const mostKept = 10_000;

/** The changes of the last two days, on disk, for the passes and for the timelines of incidents. */
export interface ChangeBook {
  /** Durable when it returns. A change that is there already is not kept twice: a sender may repeat itself. */
  put(changes: readonly Change[]): void;
  /** Those that no pass of this run has got yet, in order of time; after a restart those that are kept. Forgets old ones. */
  take(t: number): readonly Change[];
  /** All that are kept, in the order in which they came. */
  all(): readonly Change[];
}

interface Kept {
  readonly key: string;
  readonly change: Change;
  readonly text: string;
}

function read(value: Uint8Array): Change | string {
  try {
    return storedChange.parse(JSON.parse(new TextDecoder().decode(value)));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The changes in the entries of a store, which a daemon may be writing; what cannot be read is left out. */
export function changesOf(entries: readonly (readonly [string, Uint8Array])[]): readonly Change[] {
  return entries.flatMap(([, value]) => {
    const change = read(value);
    return typeof change === 'string' ? [] : [change];
  });
}

/** What an earlier run kept, in order of arrival; what cannot be read is put aside and told. */
function readKept(store: Store, damaged: (message: string) => void): Kept[] {
  const table = store.values('changes');
  const entries = [...table.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.flatMap(([key, value]) => {
    const change = read(value);
    if (typeof change !== 'string') return [{ key, change, text: JSON.stringify(change) }];
    store.transaction(() => {
      store.values('changes-damaged').set(key, value);
      table.delete(key);
    });
    damaged(`a change that came in cannot be read from the store, it is put aside (${key}): ${change}`);
    return [];
  });
}

/** The book of a store. Told, and put aside into the table `changes-damaged`: what cannot be read any more. */
export function createChangeBook(store: Store, damaged: (message: string) => void): ChangeBook {
  const table = store.values('changes');
  let kept = readKept(store, damaged);
  let next = kept.reduce((most, { key }) => Math.max(most, Number(key) + 1), 0);
  const known = new Set(kept.map(({ text }) => text));
  let fresh = kept.map(({ change }) => change);
  const forget = (gone: readonly Kept[]) => {
    for (const { key, text } of gone) {
      table.delete(key);
      known.delete(text);
    }
    kept = kept.filter(one => known.has(one.text));
  };
  return {
    put(changes) {
      const texts = new Map(changes.map(change => [JSON.stringify(change), change]));
      const added = [...texts]
        .filter(([text]) => !known.has(text))
        .map(([text, change]) => ({ key: String(next++).padStart(12, '0'), change, text }));
      if (added.length === 0) return;
      store.transaction(() => {
        for (const { key, text } of added) table.set(key, new TextEncoder().encode(text));
      });
      for (const { text } of added) known.add(text);
      kept.push(...added);
      fresh.push(...added.map(({ change }) => change));
      if (kept.length > mostKept) store.transaction(() => forget(kept.slice(0, kept.length - mostKept)));
    },
    take(t) {
      const taken = fresh.sort((a, b) => a.t - b.t);
      fresh = [];
      const old = kept.filter(({ change }) => change.t < t - keptFor);
      if (old.length > 0) store.transaction(() => forget(old));
      return taken;
    },
    all: () => kept.map(({ change }) => change),
  };
}
