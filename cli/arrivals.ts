import { z } from 'zod';
import { type Alert, storedAlertSchema } from '../core/alert.ts';
import type { Store } from '../core/store.ts';

const stored = z.array(storedAlertSchema);

/** Others' alerts between the answer to their sender and the pass that takes them: on disk, so that none is lost. */
export interface Arrivals {
  /** Durable when it returns. */
  put(alerts: readonly Alert[]): void;
  /** All that wait, in order; `settle` forgets them and belongs into the transaction that keeps what came of them. */
  take(): { readonly alerts: readonly Alert[]; readonly settle: () => void };
}

function read(value: Uint8Array): readonly Alert[] | string {
  try {
    return stored.parse(JSON.parse(new TextDecoder().decode(value)));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * The arrivals of a store, those of an earlier run included. Told, and put aside into the table `arrived-damaged`: what cannot
 * be read any more.
 */
export function createArrivals(store: Store, damaged: (message: string) => void): Arrivals {
  const table = store.values('arrived');
  const aside = store.values('arrived-damaged');
  let next = table.entries().reduce((most, [key]) => Math.max(most, Number(key) + 1), 0);
  return {
    put(alerts) {
      if (alerts.length === 0) return;
      table.set(String(next++).padStart(12, '0'), new TextEncoder().encode(JSON.stringify(alerts)));
    },
    take() {
      const entries = [...table.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
      const rows = entries.map(([key, value]) => ({ key, value, alerts: read(value) }));
      const settle = () => {
        for (const { key, value, alerts } of rows) {
          table.delete(key);
          if (typeof alerts !== 'string') continue;
          aside.set(key, value);
          damaged(
            `alerts that came in cannot be read from the store, they are put aside (${key}): ${alerts}`,
          );
        }
      };
      return { alerts: rows.flatMap(({ alerts }) => (typeof alerts === 'string' ? [] : alerts)), settle };
    },
  };
}
