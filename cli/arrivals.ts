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

/** The arrivals of a store, those of an earlier run included. */
export function createArrivals(store: Store): Arrivals {
  const table = store.values('arrived');
  let next = table.entries().reduce((most, [key]) => Math.max(most, Number(key) + 1), 0);
  return {
    put(alerts) {
      if (alerts.length === 0) return;
      table.set(String(next++).padStart(12, '0'), new TextEncoder().encode(JSON.stringify(alerts)));
    },
    take() {
      const entries = [...table.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
      const alerts = entries.flatMap(([, value]) =>
        stored.parse(JSON.parse(new TextDecoder().decode(value))),
      );
      const settle = () => {
        for (const [key] of entries) table.delete(key);
      };
      return { alerts, settle };
    },
  };
}
