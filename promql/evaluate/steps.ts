/** Work in steps: after each the caller may let others run, or stop. What it returns is the result. */
export type Steps<T> = Generator<undefined, T, undefined>;

/** When others must get their turn. Made for one piece of work at the edge, where the clock is. */
export interface Pace {
  /** Whether this turn has lasted long enough. */
  due(): boolean;
  /** Resolves when it is our turn again. */
  pause(): Promise<void>;
}

/** Runs steps to their end, with a pause whenever `pace` is due; without a pace in one go. Rejects with the signal's reason. */
export async function runSteps<T>(
  steps: Steps<T>,
  how: { readonly pace?: Pace | undefined; readonly signal?: AbortSignal | undefined },
): Promise<T> {
  for (;;) {
    const next = steps.next();
    if (next.done === true) return next.value;
    if (how.pace?.due() !== true) continue;
    await how.pace.pause();
    how.signal?.throwIfAborted();
  }
}
