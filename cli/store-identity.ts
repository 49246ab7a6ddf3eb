import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { Store } from '../core/store.ts';
import type { StoreIdentity } from '../server/store-identity.ts';
import { readValues } from '../store/reader.ts';

const table = 'identity';
const key = 'id';

const absolute = (directory: string) => (directory === ':memory:' ? directory : path.resolve(directory));

/** The identity of an open store; what has none yet gets one, which it keeps. */
export function identityOf(store: Pick<Store, 'values'>, directory: string): StoreIdentity {
  const values = store.values(table);
  const known = values.get(key);
  const id = known === undefined ? randomUUID() : new TextDecoder().decode(known);
  if (known === undefined) values.set(key, new TextEncoder().encode(id));
  return { id, path: absolute(directory) };
}

/** The identity of the store in `directory`, also while a daemon has it open; `id` is undefined where no daemon has run on it. */
export function storedIdentity(directory: string): {
  readonly path: string;
  readonly id: string | undefined;
} {
  const found = readValues(directory, table).find(([name]) => name === key)?.[1];
  return { path: absolute(directory), id: found === undefined ? undefined : new TextDecoder().decode(found) };
}
