/** Told of a part whose stored state cannot be read. */
export type Unreadable<Name extends string = string> = (part: Name, error: unknown) => void;

/** A part of the daemon by name, and its state as it was stored; undefined = there is none yet. */
export interface StoredPart<Name extends string> {
  readonly name: Name;
  readonly state: Uint8Array | undefined;
}

/** Makes a part go on from its stored state. One that another version wrote, or that is damaged, starts empty, and it is said. */
export function resume<T, Name extends string>(
  { name, state }: StoredPart<Name>,
  make: (state: Uint8Array | undefined) => T,
  unreadable?: Unreadable<Name>,
): T {
  if (state === undefined) return make(undefined);
  try {
    return make(state);
  } catch (error) {
    unreadable?.(name, error);
    return make(undefined);
  }
}
