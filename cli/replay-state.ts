import type { IncidentView, LogView, ServerState } from '../server/model.ts';
import { classOverview } from './class-readings.ts';
import type { IncidentBook } from './incident-book.ts';
import { unusualNow } from './unusual.ts';
import type { Wired } from './wire.ts';

/** What a replay knows of its incidents, and the name of what is replayed. */
export interface Replayed {
  readonly book: IncidentBook;
  readonly recording: string;
  readonly logsOf: (id: string) => LogView | undefined;
}

/** What the page of a replay shows: its incidents and what is watched; a replay is always healthy. */
export function replayState(wired: Wired, { book, recording, logsOf }: Replayed): ServerState {
  const shown = (view: IncidentView): IncidentView => {
    const logs = logsOf(view.incident.id);
    return { ...view, runbook: '/runbooks/ForeshockIncident', ...(logs === undefined ? {} : { logs }) };
  };
  const name = `the recording ${recording}`;
  return {
    incidents: () => book.list().map(shown),
    incident: id => {
      const view = book.get(id);
      return view === undefined ? undefined : shown(view);
    },
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
