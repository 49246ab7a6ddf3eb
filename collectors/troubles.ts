import { setTimeout as wait } from 'node:timers/promises';
import type { LogSink } from '../core/log.ts';

/** What keeps a collector from reading, by what it belongs to; it is well again when nothing of it is left. */
export interface Troubles {
  tell(about: string, message: string): void;
  over(about: string): void;
}

export function createTroubles(sink: LogSink): Troubles {
  const open = new Set<string>();
  return {
    tell(about, message) {
      open.add(about);
      sink.trouble(message);
    },
    over(about) {
      if (open.delete(about) && open.size === 0) sink.trouble(undefined);
    },
  };
}

const longest = 30_000;

/** Waits before the attempt after `failures` failed ones: half a second, doubling up to half a minute, spread; an abort ends it. */
export async function backOff(failures: number, signal: AbortSignal): Promise<void> {
  const spread = Math.min(500 * 2 ** Math.min(failures, 10), longest) * (0.5 + Math.random() / 2);
  await wait(spread, undefined, { signal }).catch(() => {});
}
