import type { Alert } from '../core/alert.ts';
import type { Anomaly } from '../core/detector.ts';
import type { Incident } from '../core/incident.ts';
import { type PassInput, type PassResult, type RuleStage, runPass } from '../core/pipeline.ts';
import type { Notification } from '../core/receiver.ts';
import { tellingChanges } from './change-timeline.ts';
import type { ClassWatch } from './class-watch.ts';
import type { Daemon } from './daemon.ts';
import { keepResults, measure, showIncidents } from './daemon-show.ts';
import { troubles } from './daemon-troubles.ts';
import { longestGap, pieceEnds, worthTelling } from './gap.ts';
import { type Judged, judgeStep } from './judging.ts';
import { namedBy } from './realised-rate.ts';
import type { ClassBatches } from './source-reads.ts';
import { heardBy, saveFollowed, savePassedAt, saveStages } from './stage-store.ts';
import { tracedStages } from './traced-stages.ts';
import { noTracing, type SpanAttributes, type Tracing } from './tracing.ts';

/** An Alertmanager hears everything, as it knows its silences; the others hear what none of these matches. */
function enqueue(
  { dispatcher, receivers, silences, silencedNotices, store }: Daemon,
  told: readonly Notification[],
  t: number,
): void {
  const names = receivers.map(({ name }) => name);
  const open = silencedNotices.step(told, silences.active());
  dispatcher.enqueue(
    told,
    names.filter(name => silences.names.has(name)),
    t,
  );
  dispatcher.enqueue(
    open,
    names.filter(name => !silences.names.has(name)),
    t,
  );
  store.values('stages').set('silenced', silencedNotices.toBytes());
}

/** Stores the state of the stages and what is to be told in one transaction: a crash repeats all of it or nothing. */
function keep(daemon: Daemon, result: PassResult, { settle, abnormal }: Pass): void {
  const { store, wired, dispatcher, self, budget, incidents, events, eventBook, audit } = daemon;
  for (const { alert } of result.notifications)
    if (alert.annotations.notification === 'opened') budget.count(result.t, alert.labels);
  const heard = heardBy(daemon.options);
  const told = [...result.notifications, ...self.step(result.t, troubles(daemon, result.t))];
  store.transaction(() => {
    saveStages(store, wired, heard);
    incidents.keep(result.incidents);
    daemon.escalation.save();
    daemon.regret.save();
    savePassedAt(store, result.t);
    saveFollowed(store, daemon.followed);
    store.values('budget').set(heard('told'), budget.toBytes());
    store.values('stages').set(heard('self'), self.toBytes());
    settle();
    events.enqueue(eventBook.take(abnormal, result.incidents), result.t);
    audit.pass(result);
    audit.forward();
    enqueue(daemon, told, result.t);
    dispatcher.refresh([...wired.stages.tell.current(result.incidents), ...self.current()]);
  });
}

/** A step of a pass, at `t` (ms). */
interface Step {
  readonly t: number;
  /** Of many steps at once only the newest one is traced: a gap of hours must not flood what takes the spans. */
  readonly tracing: Tracing;
}

/** What one pass, of however many steps, has come to so far. */
interface Pass {
  /** The newest step, ms. */
  readonly t: number;
  readonly results: PassResult[];
  /** Names of the classes that were judged. */
  readonly classes: Set<string>;
  /** By class, what steps that were told before have left for the newest one: alerts, and anomalies as evidence. */
  readonly late: Map<string, { readonly alerts: readonly Alert[]; readonly anomalies: readonly Anomaly[] }>;
  /** Rows that were abnormal at the last step of their class. */
  readonly abnormal: Anomaly[];
  settle: () => void;
}

/** A class that fails must not stop the others: it is learned anew, and that is said. */
function giveUp({ options, metrics }: Daemon, watch: ClassWatch, error: unknown): void {
  const { name } = watch.watch.class;
  const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
  options.log.error(`${name}: its pass failed, it is learned anew: ${said}`);
  metrics.passesFailed.inc({ class: name });
  watch.giveUp();
}

/** Lets each class judge its batch of a step, and counts what is abnormal. */
async function judge(daemon: Daemon, read: readonly ClassBatches[], { t, tracing }: Step): Promise<Judged> {
  const { fpr } = daemon.loaded.config.detection;
  const failed = (watch: ClassWatch, error: unknown) => giveUp(daemon, watch, error);
  const judged = await judgeStep(read, t, { tracing, desk: daemon.desk, failed });
  for (const each of judged.anomalies) if (each.p <= fpr) daemon.metrics.anomalies.inc({ class: each.class });
  const sourceOf = new Map(read.map(({ watch: { watch } }) => [watch.class.name, watch.source?.name]));
  const anomalies = judged.anomalies.map(each => daemon.logs.illustrate(each, sourceOf.get(each.class)));
  return { ...judged, anomalies };
}

/** Classes that are not watched at all: what they had open ends. Those that cannot be read now keep it. */
function notWatched({ wired, learnings }: Daemon): readonly string[] {
  const given = wired.watches.filter(
    watch => watch.leftOut !== undefined || learnings.some(learning => learning.hasNoHistory(watch)),
  );
  return [...given.map(({ watch }) => watch.class.name), ...wired.stages.rule.unwatched];
}

/** A step that was told without this class: it moves the class's rule, and what comes of it is told with the newest step. */
function stepLate({ wired }: Daemon, pass: Pass, t: number, { anomalies, classes }: Judged): void {
  const alerts = wired.stages.rule.stepOf(t, anomalies, classes);
  for (const name of classes) {
    const ended = pass.late.get(name)?.alerts.filter(alert => alert.endsAt !== undefined) ?? [];
    pass.late.set(name, {
      alerts: [...ended, ...alerts.filter(alert => alert.labels.class === name)],
      anomalies: anomalies.filter(anomaly => anomaly.class === name),
    });
  }
}

/** What came beside the passes since the last one: metrics around incidents, and what people did to these. */
function broughtBeside(daemon: Daemon): Pick<PassInput, 'frames' | 'reshaped'> {
  const { records, last } = daemon.feedback.reshapedAfter(daemon.followed);
  daemon.followed = last;
  return { frames: daemon.frames.take(), reshaped: records };
}

/** One step through all stages; the newest one takes up others' alerts and what came late. */
function stepAll(daemon: Daemon, pass: Pass, { t, tracing }: Step, judged: Judged): void {
  const { wired, arrived, topology, changes } = daemon;
  const newest = t === pass.t;
  const { late } = pass;
  const classes = newest ? new Set([...judged.classes, ...notWatched(daemon)]) : judged.classes;
  const carried = newest ? [...late].filter(([name]) => !judged.classes.has(name)) : [];
  const ended = [...late].flatMap(([, { alerts }]) => alerts.filter(alert => alert.endsAt !== undefined));
  const taken = newest ? arrived.take() : undefined;
  if (taken !== undefined) pass.settle = taken.settle;
  const rule: RuleStage = {
    step: (_, anomalies) => [
      ...wired.stages.rule.stepOf(t, anomalies, classes),
      ...carried.flatMap(([, { alerts }]) => alerts.filter(alert => alert.endsAt === undefined)),
      ...(newest ? ended : []),
    ],
  };
  const anomalies = [...judged.anomalies, ...carried.flatMap(([, each]) => each.anomalies)];
  const alerts = taken?.alerts ?? [];
  const fresh = newest ? changes.take(t) : [];
  const brought = newest ? broughtBeside(daemon) : {};
  const input = { t, anomalies, alerts, changes: fresh, topology: topology.at(t), ...brought };
  const changed = tellingChanges(daemon.regret.watching(wired.stages.correlate), changes.book.all);
  const correlate = daemon.escalation.telling(changed);
  pass.results.push(runPass(tracedStages({ ...wired.stages, rule, correlate }, tracing), input));
}

const openIncidents = ({ book }: Daemon): readonly Incident[] =>
  book
    .list()
    .map(view => view.incident)
    .filter(incident => incident.endsAt === undefined);

/** Passes over the steps up to `end`, of which the pass's own is the last of all. */
async function passPiece(daemon: Daemon, pass: Pass, end: number): Promise<void> {
  const { fpr } = daemon.loaded.config.detection;
  const { wired, reads } = daemon;
  const gathered = (await Promise.all(reads.map(source => source.gather(pass.t, end)))).flat();
  const read = [...(daemon.desk?.late() ?? []), ...gathered];
  daemon.midGap = true;
  const own = end === pass.t ? [end] : [];
  const times = new Set([...read.flatMap(({ batches }) => batches.map(batch => batch.t)), ...own]);
  for (const { watch, entities } of wired.watches) wired.thresholds.watch(watch.class.name, entities);
  for (const at of [...times].sort((a, b) => a - b)) {
    const step = { t: at, tracing: at === pass.t ? daemon.tracing : noTracing };
    const judged = await judge(daemon, read, step);
    for (const name of judged.classes) pass.classes.add(name);
    pass.abnormal.push(...judged.anomalies.filter(({ p }) => p <= fpr));
    if (at <= daemon.passedAt) stepLate(daemon, pass, at, judged);
    else stepAll(daemon, pass, step, judged);
    const isNamed = namedBy(pass.results.at(-1)?.incidents ?? openIncidents(daemon));
    for (const watch of wired.watches) watch.realised.settle(isNamed);
  }
}

/** Keeps and tells what the pass has come to: after several steps only what still holds. Answers it in numbers. */
function finish(daemon: Daemon, pass: Pass): SpanAttributes {
  const { t, results, classes } = pass;
  const { told, over } = worthTelling(results, daemon.passedAt);
  for (const { id } of over)
    daemon.options.log.info(
      `incident ${id} began and ended while nobody looked: it is in the book, not told`,
    );
  const last = results.at(-1);
  const incidents = new Map(results.flatMap(result => result.incidents).map(each => [each.id, each]));
  if (last !== undefined) {
    const whole = { ...last, incidents: [...incidents.values()], notifications: told };
    daemon.passedAt = t;
    keep(daemon, whole, pass);
    daemon.deliverUnder = daemon.tracing.carry();
    showIncidents(daemon, whole);
    daemon.frames.ask(results.flatMap(({ wanted = [] }) => wanted));
  }
  daemon.midGap = false;
  return {
    classes: classes.size,
    steps: results.length,
    alerts: last?.alerts.length ?? 0,
    incidents: incidents.size,
    notifications: told.length,
  };
}

/**
 * One pass at `t` (ms) over every class, and over the steps that were missed before it, in pieces; all of it or nothing is
 * kept. What a slow source brings late is judged under its own time, and told with the newest step.
 */
export async function passAt(daemon: Daemon, t: number): Promise<void> {
  await daemon.tracing.span('pass', { t }, async note => note(await passSteps(daemon, t)));
  keepResults(daemon, t);
  measure(daemon);
}

async function passSteps(daemon: Daemon, t: number): Promise<SpanAttributes> {
  const { wired } = daemon;
  const { step } = daemon.loaded.config.global;
  // A clock that was set back must not make all that follows a past that was told.
  daemon.passedAt = Math.min(daemon.passedAt, t - step);
  const from = Number.isFinite(daemon.passedAt) ? Math.max(t - longestGap, daemon.passedAt) : t - step;
  const series = wired.watches.reduce((sum, watch) => sum + watch.series, 0);
  const pass: Pass = {
    t,
    results: [],
    classes: new Set(),
    late: new Map(),
    abnormal: [],
    settle: () => undefined,
  };
  for (const end of pieceEnds({ from, to: t, step }, series)) await passPiece(daemon, pass, end);
  return finish(daemon, pass);
}
