/** A signal that aborts with its parent or by itself. It must be let go, then nothing of it stays with the parent. */
export interface JoinedSignal {
  readonly signal: AbortSignal;
  abort(): void;
  letGo(): void;
}

/**
 * Joins a signal to a parent that lives long. `AbortSignal.any` would do the same, but on Node 20 each call leaves something
 * with the parent for as long as that lives.
 */
export function joinSignal(parent: AbortSignal | undefined): JoinedSignal {
  const own = new AbortController();
  const follow = () => own.abort(parent?.reason);
  if (parent?.aborted === true) follow();
  parent?.addEventListener('abort', follow, { once: true });
  return {
    signal: own.signal,
    abort: () => own.abort(),
    letGo: () => parent?.removeEventListener('abort', follow),
  };
}
