import type { PassResult } from '../core/pipeline.ts';
import type { Daemon } from './daemon.ts';
import { incidentDashboards, watchedBy, writeDashboards } from './dashboard-files.ts';
import { readIncidentSignals } from './incident-signals.ts';

const keptEvery = 60_000;
/** How often the charts of open incidents move on while nothing is told. */
const shownEvery = 60_000;
const flushedEvery = 600_000;

/** Brings what a pass found to the page and, where something was told, to the dashboards. */
export async function showIncidents(daemon: Daemon, result: PassResult): Promise<void> {
  const { book, wired, source, loaded, url, options } = daemon;
  book.update(result.incidents);
  const told = result.notifications.length > 0;
  if (!told && result.t - daemon.shownAt < shownEvery) return;
  daemon.shownAt = result.t;
  // Between notifications the charts of a few must do: the pass waits for these queries.
  for (const { id } of told ? result.incidents : result.incidents.slice(0, 3)) {
    const view = book.get(id);
    if (view === undefined) continue;
    book.addSignals(
      id,
      await readIncidentSignals(view.incident, wired.watches, { source: source.source, now: result.t }),
    );
  }
  const { dashboards } = loaded.config;
  if (!told || dashboards === undefined) return;
  const incidents = book.list().map(view => view.incident);
  try {
    const { watches } = wired;
    writeDashboards(
      dashboards.path,
      incidentDashboards(loaded.packs, incidents, { url, has: watchedBy(watches) }),
    );
  } catch (error) {
    options.log.error(`dashboards: ${error instanceof Error ? error.message : error}`);
  }
}

/** A score and a p-value a row each minute at most, written in blocks of ten minutes. */
export function keepResults(daemon: Daemon, t: number): void {
  const { results, wired } = daemon;
  if (t - daemon.keptAt >= keptEvery) {
    for (const watch of wired.watches)
      if (watch.t === t) for (const result of watch.results()) results.add(result);
    daemon.keptAt = t;
  }
  if (t - daemon.flushedAt < flushedEvery) return;
  results.flush();
  daemon.flushedAt = t;
}

/** Brings the state of the watch to /metrics. */
export function measure({ wired, metrics, book, store, receivers }: Daemon): void {
  for (const watch of wired.watches) {
    const { name, counts, statedRate, realisedRate } = watch.overview();
    for (const [state, count] of Object.entries(counts))
      metrics.seriesWatched.set({ class: name, state }, count);
    if (statedRate !== undefined) metrics.falsePositiveRateStated.set({ class: name }, statedRate);
    if (realisedRate !== undefined) metrics.falsePositiveRateRealised.set({ class: name }, realisedRate);
  }
  metrics.incidentsOpen.set(book.list().filter(view => view.incident.endsAt === undefined).length);
  for (const { name } of receivers)
    metrics.notificationsPending.set({ receiver: name }, store.outbox.pending(name, 1000).length);
}
