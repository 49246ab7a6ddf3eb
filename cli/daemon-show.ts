import type { PassResult } from '../core/pipeline.ts';
import type { Metrics } from '../server/metrics.ts';
import type { IncidentView } from '../server/model.ts';
import { classOverview, countSignalStates } from './class-readings.ts';
import type { ClassWatch } from './class-watch.ts';
import type { Daemon } from './daemon.ts';
import { readIncidentLogs } from './incident-logs.ts';
import { readIncidentSignals } from './incident-signals.ts';
import { showSurroundings } from './incident-surroundings.ts';
import { withPatience } from './patience.ts';
import { resultsOf } from './results.ts';

const keptEvery = 60_000;
/** How often the charts of open incidents move on while nothing is told. */
const shownEvery = 60_000;
const flushedEvery = 600_000;
/** So long a source may take to answer for the charts of an incident, ms. */
const patience = 30_000;

/**
 * Brings what a pass found to the page at once, and leaves word of it for the dashboards; these and the charts of its
 * incidents follow beside the passes, which do not wait for them.
 */
export function showIncidents(daemon: Daemon, result: PassResult): void {
  daemon.book.update(result.incidents);
  showSurroundings(daemon.book, daemon.topology.at(result.t), result.incidents);
  const shaped = result.incidents.flatMap(({ id }) => daemon.book.get(id)?.incident ?? []);
  daemon.dashboards?.desk.show(shaped, daemon.changes.book.all());
  const told = result.notifications.length > 0;
  if (!told && (daemon.showing > 0 || result.t - daemon.shownAt < shownEvery)) return;
  daemon.shownAt = result.t;
  daemon.showing++;
  daemon.shown = daemon.shown.then(async () => {
    await showCharts(daemon, result).catch(error =>
      daemon.options.log.error(`the pictures of incidents could not be kept: ${error}`),
    );
    daemon.showing--;
  });
}

async function showCharts(daemon: Daemon, { incidents, notifications, t: now }: PassResult): Promise<void> {
  const { book, options } = daemon;
  const { signal } = options;
  const told = notifications.length > 0;
  // Between notifications the charts of a few must do.
  for (const { id } of told ? incidents : incidents.slice(0, 3)) {
    const view = book.get(id);
    if (view !== undefined && !signal.aborted) await readPictures(daemon, view, now);
  }
}

/** Brings to the page, and keeps, what the sources and the logs say of an incident. A source that hangs leaves its signals out. */
async function readPictures(
  { album, book, logs, options, sources, wired }: Daemon,
  { incident, around }: IncidentView,
  now: number,
): Promise<void> {
  const { id } = incident;
  const known = album.of(id);
  const read = await withPatience(options.signal, patience, signal =>
    readIncidentSignals(incident, wired.watches, { sources, now, signal }),
  );
  const signals = read.length > 0 ? read : (known.signals ?? []);
  book.addSignals(id, signals);
  const said =
    logs.read === undefined ? known.logs : readIncidentLogs(incident, logs.read, { now, known: known.logs });
  album.keep(id, {
    signals,
    ...(around === undefined ? {} : { around }),
    ...(said === undefined ? {} : { logs: said }),
  });
}

/** A score and a p-value a row each minute at most, written in blocks of ten minutes, with the sizes of the sets of entities. */
export function keepResults(daemon: Daemon, t: number): void {
  const { results, wired } = daemon;
  if (t - daemon.keptAt >= keptEvery) {
    for (const watch of wired.watches)
      if (watch.t > daemon.keptAt) {
        for (const result of resultsOf(watch)) results.add(result);
        for (const mark of daemon.marks.of(watch)) results.add(mark);
        daemon.odds.hours.observe(watch, watch.t, daemon.loaded.config.detection.fpr);
      }
    daemon.keptAt = t;
  }
  if (t - daemon.flushedAt < flushedEvery) return;
  results.flush();
  const sets = daemon.store.values('cardinality');
  for (const { watch, cardinality } of wired.watches) sets.set(watch.class.name, cardinality.toBytes());
  daemon.flushedAt = t;
}

function measureSignals(watch: ClassWatch, metrics: Metrics): void {
  const { name, signals } = watch.watch.class;
  countSignalStates(watch).forEach((counts, k) => {
    for (const [state, count] of Object.entries(counts))
      metrics.signalsWatched.set({ class: name, signal: signals[k]!.name, state }, count);
  });
  metrics.detectorBlind.set({ class: name }, watch.states.blind.rows.size);
  const { seen, missed } = watch.states.takeCounts();
  metrics.selfTest.inc({ class: name, result: 'seen' }, seen);
  metrics.selfTest.inc({ class: name, result: 'missed' }, missed);
}

/** Brings the state of the watch to /metrics. */
export function measure({ wired, metrics, book, store, receivers }: Daemon): void {
  // A state in which nothing is any more must not stand.
  metrics.seriesWatched.reset();
  metrics.signalsWatched.reset();
  for (const watch of wired.watches) {
    const { name, counts, statedRate, realisedRate } = classOverview(watch);
    for (const [state, count] of Object.entries(counts))
      metrics.seriesWatched.set({ class: name, state }, count);
    measureSignals(watch, metrics);
    if (watch.leftOut !== undefined)
      metrics.classesLeftOut.set({ class: name, limit: watch.leftOut.limit }, 1);
    if (statedRate !== undefined) metrics.falsePositiveRateStated.set({ class: name }, statedRate);
    if (realisedRate !== undefined) metrics.falsePositiveRateRealised.set({ class: name }, realisedRate);
  }
  metrics.incidentsOpen.set(book.list().filter(view => view.incident.endsAt === undefined).length);
  for (const { name } of receivers)
    metrics.notificationsPending.set({ receiver: name }, store.outbox.pending(name, 1000).length);
}
