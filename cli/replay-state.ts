import type { ServerState } from '../server/model.ts';
import type { IncidentBook } from './incident-book.ts';
import type { Wired } from './wire.ts';

/** What the page of a replay shows: its incidents and what is watched; a replay is always healthy. */
export function replayState(wired: Wired, book: IncidentBook): ServerState {
  return {
    incidents: () => book.list(),
    incident: id => book.get(id),
    watch: () => ({ classes: wired.watches.map(watch => watch.overview()), sources: [], budget: undefined }),
    health: () => ({ healthy: true, ready: true, reasons: [] }),
  };
}
