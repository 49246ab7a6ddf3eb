import type { ServerState } from '../server/model.ts';
import { classOverview } from './class-readings.ts';
import type { IncidentBook } from './incident-book.ts';
import { unusualNow } from './unusual.ts';
import type { Wired } from './wire.ts';

/** What the page of a replay shows: its incidents and what is watched; a replay is always healthy. */
export function replayState(wired: Wired, book: IncidentBook, recording: string): ServerState {
  const name = `the recording ${recording}`;
  return {
    incidents: () => book.list(),
    incident: id => book.get(id),
    watch: () => {
      const t = Math.max(...wired.watches.map(watch => watch.t).filter(Number.isFinite));
      const lastAt = Number.isFinite(t) ? t : undefined;
      return {
        classes: wired.watches.map(classOverview),
        sources: [{ name, up: true, lastAt, message: '' }],
        budget: undefined,
        unusual: unusualNow(wired.watches),
      };
    },
    health: () => ({ healthy: true, ready: true, reasons: [] }),
  };
}
