/** Values by their key, keys in the order in which they first come. */
export function grouped<T, K>(values: readonly T[], keyOf: (value: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const value of values) {
    const key = keyOf(value);
    const there = groups.get(key);
    if (there === undefined) groups.set(key, [value]);
    else there.push(value);
  }
  return groups;
}
