import type { ServerState } from '../server/model.ts';
import type { Daemon } from './daemon.ts';

/** What the page and the health checks read of a running daemon. Ready = at least one class is watched. */
export function daemonState(daemon: Daemon): ServerState {
  const { book, wired, source, budget } = daemon;
  return {
    incidents: () => book.list(),
    incident: id => book.get(id),
    watch: () => ({
      classes: wired.watches.map(watch => watch.overview()),
      sources: [{ ...source.health }],
      budget: budget.realised(Date.now()),
    }),
    health: () => {
      const learning = wired.watches
        .filter(watch => !watch.fitted)
        .map(watch => `${watch.watch.class.name} has no model yet`);
      const ready = learning.length < wired.watches.length;
      const reasons = source.health.up
        ? learning
        : [`${source.health.name}: ${source.health.message}`, ...learning];
      return { healthy: true, ready, reasons };
    },
  };
}
