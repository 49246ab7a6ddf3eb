import type { Alert } from '../core/alert.ts';
import type { Batch } from '../core/batch.ts';
import { type PassResult, type RuleStage, runPass } from '../core/pipeline.ts';
import type { ClassWatch } from './class-watch.ts';
import type { Daemon } from './daemon.ts';
import { readClass } from './daemon-read.ts';
import { keepResults, measure, showIncidents } from './daemon-show.ts';
import { troubles } from './daemon-troubles.ts';
import { longestGap, pieceEnds, worthTelling } from './gap.ts';
import { topologyAt } from './replay.ts';
import { savePassedAt, saveStages } from './stage-store.ts';

const topologyEvery = 300_000;

/** While the source is down nothing is judged: no sample is neither an anomaly nor a recovery. */
const blindRule: RuleStage = { step: () => [] };

/** Stores the state of the stages and what is to be told in one transaction: a crash repeats all of it or nothing. */
function keep(daemon: Daemon, result: PassResult, settle: () => void): void {
  const { store, wired, dispatcher, receivers, self, budget, incidents } = daemon;
  for (const { alert } of result.notifications)
    if (alert.annotations.notification === 'opened') budget.count(result.t, alert.labels);
  const told = [...result.notifications, ...self.step(result.t, troubles(daemon, result.t))];
  store.transaction(() => {
    saveStages(store, wired);
    incidents.keep(result.incidents);
    savePassedAt(store, result.t);
    store.values('budget').set('told', budget.toBytes());
    store.values('stages').set('self', self.toBytes());
    settle();
    dispatcher.enqueue(
      told,
      receivers.map(receiver => receiver.name),
      result.t,
    );
  });
}

async function refreshTopology(daemon: Daemon, t: number): Promise<void> {
  if (t - daemon.topologyAt < topologyEvery || !daemon.source.health.up) return;
  const { source } = daemon.source;
  const { step } = daemon.loaded.config.global;
  const topology = await topologyAt({ source, packs: daemon.loaded.packs, step }, t);
  if (topology.edges.length > 0) daemon.topology = topology;
  daemon.topologyAt = t;
}

/** One step over the classes that have a batch of it; what was told before (another class was later) is only learned. */
function passStep(
  daemon: Daemon,
  at: number,
  read: { readonly batches: ReadonlyMap<ClassWatch, readonly Batch[]>; readonly alerts: readonly Alert[] },
): PassResult | undefined {
  const { wired, metrics, topology } = daemon;
  const { fpr } = daemon.loaded.config.detection;
  const anomalies = [...read.batches].flatMap(([watch, batches]) =>
    batches.filter(batch => batch.t === at).flatMap(batch => watch.pass(batch)),
  );
  if (at <= daemon.passedAt) return undefined;
  for (const anomaly of anomalies) if (anomaly.p <= fpr) metrics.anomalies.inc({ class: anomaly.class });
  const stages = daemon.source.health.up ? wired.stages : { ...wired.stages, rule: blindRule };
  return runPass(stages, { t: at, anomalies, alerts: read.alerts, changes: [], topology });
}

/** Asks the source, where entities of the step at `at` lose signals, whether they left. */
async function settleDepartures(
  { departures, source, options: { signal } }: Daemon,
  at: number,
  read: ReadonlyMap<ClassWatch, readonly Batch[]>,
): Promise<void> {
  for (const [watch, batches] of read) {
    const batch = batches.find(each => each.t === at);
    if (batch !== undefined) await departures.settle(watch, batch, { source: source.source, signal });
  }
}

/** Passes over the steps up to `end`, of which `t` is the last of all. */
async function passPiece(
  daemon: Daemon,
  { end, t }: { readonly end: number; readonly t: number },
  takeAlerts: () => readonly Alert[],
): Promise<readonly PassResult[]> {
  const { wired } = daemon;
  const read = await Promise.all(
    wired.watches.map(async watch => [watch, await readClass(daemon, watch, { end, t })] as const),
  );
  const batches = new Map(read);
  const own = end === t ? [t] : [];
  const times = [...new Set([...read.flatMap(([, list]) => list.map(batch => batch.t)), ...own])];
  for (const { watch, entities } of wired.watches) wired.thresholds.watch(watch.class.name, entities);
  const results: PassResult[] = [];
  for (const at of times.sort((a, b) => a - b)) {
    await settleDepartures(daemon, at, batches);
    const result = passStep(daemon, at, { batches, alerts: at === t ? takeAlerts() : [] });
    if (result !== undefined) results.push(result);
  }
  return results;
}

/**
 * One pass at `t` (ms) over every class, and over the steps that were missed before it, in pieces. After several steps at
 * once only what still holds at their end is told; all of it or nothing is kept.
 */
export async function passAt(daemon: Daemon, t: number): Promise<void> {
  const { wired, arrived, options } = daemon;
  await refreshTopology(daemon, t);
  const { step } = daemon.loaded.config.global;
  // A clock that was set back must not make all that follows a past that was told.
  daemon.passedAt = Math.min(daemon.passedAt, t - step);
  const since = daemon.passedAt;
  const starts = wired.watches.filter(watch => watch.fitted).map(watch => watch.t);
  const from = Math.max(t - longestGap, Math.min(t - step, ...starts));
  const series = wired.watches.reduce((sum, watch) => sum + watch.series, 0);
  const results: PassResult[] = [];
  let settle: () => void = () => undefined;
  const takeAlerts = () => {
    const taken = arrived.take();
    settle = taken.settle;
    return taken.alerts;
  };
  daemon.midGap = true;
  for (const end of pieceEnds({ from, to: t, step }, series))
    results.push(...(await passPiece(daemon, { end, t }, takeAlerts)));
  const { told, over } = worthTelling(results, since);
  for (const { id } of over)
    options.log.info(`incident ${id} began and ended while nobody looked: it is in the book, not told`);
  const last = results.at(-1);
  if (last !== undefined) {
    const incidents = new Map(results.flatMap(result => result.incidents).map(each => [each.id, each]));
    const whole = { ...last, incidents: [...incidents.values()], notifications: told };
    daemon.passedAt = t;
    keep(daemon, whole, () => settle());
    daemon.midGap = false;
    await showIncidents(daemon, whole);
  }
  daemon.midGap = false;
  keepResults(daemon, t);
  measure(daemon);
}
