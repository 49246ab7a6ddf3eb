import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import type { Store } from '../core/store.ts';
import type { Case } from '../correlators/escalation-case.ts';

const table = 'history';
const key = 'imported';

/** A case as it is kept: id, opening, and each event as its time and the fields that it changed. */
const keptCase = z.tuple([
  z.string(),
  z.number(),
  z.array(z.tuple([z.number(), z.record(z.string(), z.union([z.string(), z.number(), z.null()]))])),
]);

type Kept = z.infer<typeof keptCase>;

/** A count that is not known is null in JSON. */
const packed = (value: string | number) => (Number.isNaN(value) ? null : value);

/** A case in the form in which it is kept, as JSON. */
export function keptOf({ id, openedAt, events }: Case): Kept {
  const changes = events.map(({ t, fields }, k): Kept[2][number] => {
    const before = events[k - 1]?.fields;
    const changed = Object.entries(fields).filter(
      ([name, value]) => before === undefined || !Object.is(before[name], value),
    );
    return [t, Object.fromEntries(changed.map(([name, value]) => [name, packed(value)]))];
  });
  return [id, openedAt, changes];
}

/** A case as `keptOf` gave it; throws an Error for what is none. */
export function keptCaseIn(text: string): Case {
  return caseOf(keptCase.parse(JSON.parse(text)));
}

function caseOf([id, openedAt, changes]: Kept): Case {
  let fields: Readonly<Record<string, string | number>> = {};
  const events = changes.map(([t, changed]) => {
    const known = Object.entries(changed).map(([name, value]) => [name, value ?? Number.NaN]);
    fields = { ...fields, ...Object.fromEntries(known) };
    return { t, fields };
  });
  return { id, openedAt, events };
}

/** Stores a history in place of the one before; answers its size in bytes. */
export function keepHistory(store: Store, cases: readonly Case[]): number {
  const bytes = gzipSync(JSON.stringify(cases.map(keptOf)));
  store.values(table).set(key, bytes);
  return bytes.length;
}

/** The stored history; none when nothing was imported. Throws an Error for one that cannot be read. */
export function storedHistory(store: Store): readonly Case[] {
  const bytes = store.values(table).get(key);
  if (bytes === undefined) return [];
  const text = gunzipSync(bytes).toString('utf8');
  return z.array(keptCase).parse(JSON.parse(text)).map(caseOf);
}
