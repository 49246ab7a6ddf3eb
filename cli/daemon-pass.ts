import { type PassResult, type RuleStage, runPass } from '../core/pipeline.ts';
import type { Daemon } from './daemon.ts';
import { readClass } from './daemon-read.ts';
import { keepResults, measure, showIncidents } from './daemon-show.ts';
import { troubles } from './daemon-troubles.ts';
import { topologyAt } from './replay.ts';
import { saveStages } from './stage-store.ts';

const topologyEvery = 300_000;
const nothingArrived = { alerts: [], settle: () => undefined };

/** While the source is down nothing is judged: no sample is neither an anomaly nor a recovery. */
const blindRule: RuleStage = { step: () => [] };

/** Stores the state of the stages and what is to be told in one transaction: a crash repeats all of it or nothing. */
function keep(daemon: Daemon, result: PassResult, settle: () => void): void {
  const { store, wired, dispatcher, receivers, self, budget, incidents } = daemon;
  for (const { alert, status } of result.notifications)
    if (status === 'firing') budget.count(result.t, alert.labels);
  const told = [...result.notifications, ...self.step(result.t, troubles(daemon, result.t))];
  store.transaction(() => {
    saveStages(store, wired);
    incidents.keep(result.incidents);
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

/** One pass at `t` (ms) over every class, and over the steps that were missed before it. */
export async function passAt(daemon: Daemon, t: number): Promise<void> {
  const { wired, metrics, arrived } = daemon;
  if (t - daemon.topologyAt >= topologyEvery && daemon.source.health.up) {
    const { source } = daemon.source;
    const { step } = daemon.loaded.config.global;
    const topology = await topologyAt({ source, packs: daemon.loaded.packs, step }, t);
    if (topology.edges.length > 0) daemon.topology = topology;
    daemon.topologyAt = t;
  }
  const read = await Promise.all(
    wired.watches.map(async watch => ({ watch, batches: await readClass(daemon, watch, t) })),
  );
  const times = [...new Set([...read.flatMap(({ batches }) => batches.map(batch => batch.t)), t])].sort(
    (a, b) => a - b,
  );
  for (const { watch, entities } of wired.watches) wired.thresholds.watch(watch.class.name, entities);
  for (const at of times) {
    const anomalies = read.flatMap(({ watch, batches }) =>
      batches.filter(batch => batch.t === at).flatMap(batch => watch.pass(batch)),
    );
    for (const anomaly of anomalies)
      if (anomaly.p <= daemon.loaded.config.detection.fpr) metrics.anomalies.inc({ class: anomaly.class });
    const { alerts, settle } = at === t ? arrived.take() : nothingArrived;
    const stages = daemon.source.health.up ? wired.stages : { ...wired.stages, rule: blindRule };
    const result = runPass(stages, {
      t: at,
      anomalies,
      alerts,
      changes: [],
      topology: daemon.topology,
    });
    keep(daemon, result, settle);
    await showIncidents(daemon, result);
  }
  keepResults(daemon, t);
  measure(daemon);
}
