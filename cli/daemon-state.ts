import type { IncidentView, ServerState } from '../server/model.ts';
import { classOverview } from './class-readings.ts';
import type { ClassWatch } from './class-watch.ts';
import type { Daemon } from './daemon.ts';
import { linksOf } from './incident-links.ts';
import { unusualNow } from './unusual.ts';
import { whyUnfitted } from './why-unlearned.ts';

function unlearnedOf({ learnings }: Daemon, watch: ClassWatch): string | undefined {
  return learnings.map(each => each.whyUnlearned(watch)).find(reason => reason !== undefined);
}

/** What the page and the health checks read of a running daemon. Ready = at least one class is watched. */
export function daemonState(daemon: Daemon): ServerState {
  const { album, book, wired, sources, reads, budget, feedback, loaded, regret } = daemon;
  const links = linksOf(loaded.config);
  const shown = (view: IncidentView): IncidentView => {
    const { logs } = album.of(view.incident.id);
    return { ...view, ...links(view.incident), ...(logs === undefined ? {} : { logs }) };
  };
  const failureOf = (watch: ClassWatch) =>
    reads.map(each => each.failureOf(watch)).find(failure => failure !== undefined);
  return {
    incidents: () => book.list().map(shown),
    incident: id => {
      const view = book.get(id);
      return view === undefined ? undefined : shown(view);
    },
    watch: () => ({
      classes: wired.watches.map(watch => {
        const overview = { ...classOverview(watch), unlearned: unlearnedOf(daemon, watch) };
        const failure = failureOf(watch);
        return failure === undefined ? overview : { ...overview, reasons: [failure, ...overview.reasons] };
      }),
      sources: sources.all.map(({ health }) => ({ ...health })),
      budget: budget.realised(Date.now(), incident => feedback.of(incident).verdict?.real),
      unusual: unusualNow(wired.watches),
      suppressions: regret.rules(),
    }),
    health: () => {
      const learning = wired.watches
        .filter(watch => !watch.fitted)
        .map(watch => `${watch.watch.class.name} ${whyUnfitted(watch)}`);
      const ready = learning.length < wired.watches.length;
      const down = sources.all
        .filter(({ health }) => !health.up)
        .map(({ name, health }) => `${name}: ${health.message}`);
      return { healthy: true, ready, reasons: [...down, ...learning] };
    },
  };
}
