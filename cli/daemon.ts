import { setTimeout as sleep } from 'node:timers/promises';
import { parse as parseYaml } from 'yaml';
import { type BudgetKeeper, createBudgetKeeper, parseBudget } from '../alerts/budget.ts';
import { createDispatcher, type Dispatcher } from '../alerts/outbox.ts';
import { webhookRoutes } from '../collectors/alertmanager-webhook.ts';
import { readBatches } from '../collectors/class-reader.ts';
import type { Batch } from '../core/batch.ts';
import { formatDuration } from '../core/duration.ts';
import { type PassResult, type RuleStage, runPass } from '../core/pipeline.ts';
import type { Receiver } from '../core/receiver.ts';
import type { Store } from '../core/store.ts';
import type { Topology } from '../core/topology.ts';
import { createMetrics, type Metrics } from '../server/metrics.ts';
import { createServer, type Server } from '../server/server.ts';
import { readWebConfig } from '../server/web-config.ts';
import { openStore } from '../store/sqlite.ts';
import { type Arrivals, createArrivals } from './arrivals.ts';
import type { ClassWatch } from './class-watch.ts';
import { daemonState } from './daemon-state.ts';
import { dashboardFiles, incidentFiles, writeFiles } from './dashboard-files.ts';
import { createIncidentBook, type IncidentBook } from './incident-book.ts';
import { readIncidentSignals } from './incident-signals.ts';
import type { Loaded } from './load.ts';
import type { Log } from './log.ts';
import { createReceivers } from './receivers.ts';
import { topologyAt } from './replay.ts';
import { createResultTarget, createResultWriter, type ResultWriter } from './results.ts';
import { createSelfAlerts, type SelfAlerts, type Trouble } from './self-alerts.ts';
import { createSource, type WatchedSource } from './sources.ts';
import { loadStages, saveStages } from './stage-store.ts';
import { train } from './training.ts';
import { maintenanceOf, type Wired, wire } from './wire.ts';

export interface DaemonOptions {
  readonly dryRun: boolean;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Reads the config again: the new one, or a message that says what is wrong with it. */
  readonly reload: () => Promise<{ readonly ok: boolean; readonly message: string }>;
}

/** Everything that one run of the daemon holds; made and given up in `runDaemon`. */
export interface Daemon {
  readonly loaded: Loaded;
  readonly options: DaemonOptions;
  readonly url: string;
  readonly store: Store;
  readonly metrics: Metrics;
  readonly source: WatchedSource;
  readonly receivers: readonly Receiver[];
  readonly dispatcher: Dispatcher;
  readonly wired: Wired;
  readonly book: IncidentBook;
  readonly self: SelfAlerts;
  readonly budget: BudgetKeeper;
  readonly results: ResultWriter;
  keptAt: number;
  flushedAt: number;
  readonly startedAt: number;
  /** Others' alerts that came in since the last pass. */
  readonly arrived: Arrivals;
  topology: Topology;
  topologyAt: number;
  refreshAt: number;
  /** When classes without a model are tried again, ms; the others keep what they learned. */
  retryAt: number;
  /** Delivery failures by receiver since the last success. */
  readonly failing: Map<string, number>;
  lateSince: number | undefined;
}

const refreshEvery = 86_400_000;
const retryEvery = 60_000;
const topologyEvery = 300_000;
const keptEvery = 60_000;
const flushedEvery = 600_000;
/** Downtime up to this long is passed over step by step; what is older only trains. */
const longestGap = 3_600_000;

function createDaemon(loaded: Loaded, options: DaemonOptions): Daemon {
  const { config, packs } = loaded;
  const url = config.web.external_url ?? `http://${config.web.listen}`;
  const store = openStore(config.storage.path, message => options.log.error(message));
  const metrics = createMetrics();
  const receivers = createReceivers(config, { dryRun: options.dryRun, url });
  const failing = new Map<string, number>();
  const dispatcher = createDispatcher({
    store,
    receivers,
    clock: Date.now,
    random: Math.random,
    observe: ({ receiver, kind, count, message }) => {
      metrics.notifications.inc({ receiver, outcome: kind }, count);
      if (kind === 'delivered') failing.delete(receiver);
      if (kind === 'retry' || kind === 'rejected') failing.set(receiver, failing.get(receiver) ?? Date.now());
      if (kind === 'retry' || kind === 'rejected') options.log.warn(`receiver ${receiver}: ${message}`);
    },
  });
  const wired = wire(packs, {
    detection: config.detection,
    correlation: config.correlation,
    url,
    maintenance: maintenanceOf(config),
    stored: loadStages(store),
  });
  return {
    loaded,
    options,
    url,
    store,
    metrics,
    source: createSource(config.prometheus[0]!, config, metrics),
    receivers,
    dispatcher,
    wired,
    book: createIncidentBook(200),
    self: createSelfAlerts(url, store.values('stages').get('self')),
    budget: createBudgetKeeper(parseBudget(config.detection.budget), store.values('budget').get('told')),
    results: createResultWriter(store.results),
    keptAt: Number.NEGATIVE_INFINITY,
    flushedAt: Date.now(),
    startedAt: Date.now(),
    arrived: createArrivals(store),
    topology: { nodes: [], edges: [] },
    topologyAt: Number.NEGATIVE_INFINITY,
    refreshAt: Date.now() + refreshEvery,
    retryAt: Date.now() + retryEvery,
    failing,
    lateSince: undefined,
  };
}

/** The newest step whose samples have all arrived: floor((now - delay) / step) x step. */
function newestStep({ loaded }: Daemon): number {
  const { step, delay } = loaded.config.global;
  return Math.floor((Date.now() - delay) / step) * step;
}

async function trainAll(daemon: Daemon, watches: readonly ClassWatch[], until: number): Promise<void> {
  const { loaded, source, options } = daemon;
  // A class over the limit is not asked for again: that would load the source each time.
  for (const watch of watches.filter(each => each.leftOut === undefined)) {
    const { pages } = daemon.wired;
    const range = { window: loaded.config.detection.training, until, signal: options.signal, pages };
    try {
      await train(watch, source.source, range);
      leaveOutOverLimit(daemon, watch);
      const { counts } = watch.overview();
      options.log.info(`learned ${watch.watch.class.name}: ${JSON.stringify(counts)}`);
    } catch (error) {
      options.signal.throwIfAborted();
      note(daemon, error);
    }
  }
}

/** A class with which the watched series would be more than `limits.series` is left out, and it is said which. */
function leaveOutOverLimit({ wired, loaded, options }: Daemon, watch: ClassWatch): void {
  const most = loaded.config.limits.series;
  const total = wired.watches.reduce((sum, each) => sum + each.series, 0);
  if (total <= most) return;
  options.log.error(
    `${watch.watch.class.name} is left out: ${total} series are more than limits.series (${most})`,
  );
  watch.leaveOut(`left out: limits.series is ${most}`);
}

function note({ source, metrics, options }: Daemon, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  if (source.health.up) options.log.error(`source ${source.health.name}: ${message}`);
  source.health.up = false;
  source.health.message = message;
  metrics.sourceUp.set({ source: source.health.name }, 0);
}

async function readClass(daemon: Daemon, watch: ClassWatch, t: number): Promise<readonly Batch[]> {
  const { source, metrics, options } = daemon;
  if (watch.leftOut !== undefined) return [];
  const { step } = watch.watch.class;
  const start = Number.isNaN(watch.t) ? t : Math.max(watch.t + step, t - longestGap);
  if (start > t) return [];
  const end = metrics.passDuration.startTimer({ class: watch.watch.class.name });
  try {
    const history = await readBatches(source.source, watch.watch, {
      start,
      end: t,
      entities: watch.entities,
      signal: options.signal,
    });
    for (const { signal, message } of history.failures)
      options.log.warn(`${watch.watch.class.name} ${signal}: ${message}`);
    source.health.up = true;
    source.health.lastAt = t;
    source.health.message = '';
    metrics.sourceUp.set({ source: source.health.name }, 1);
    metrics.passLast.set({ class: watch.watch.class.name }, t / 1000);
    watch.expect(history.batches);
    return history.batches;
  } catch (error) {
    options.signal.throwIfAborted();
    note(daemon, error);
    return [];
  } finally {
    end();
  }
}

function troubles(daemon: Daemon, now: number): readonly Trouble[] {
  const { source, failing, receivers, startedAt, lateSince } = daemon;
  const { name, up, message } = source.health;
  return [
    {
      alertname: 'ForeshockWatchdog',
      labels: {},
      severity: 'none',
      summary: 'foreshock runs; this alert fires always',
      since: startedAt,
    },
    {
      alertname: 'ForeshockSourceDown',
      labels: { source: name },
      severity: 'critical',
      summary: `foreshock is blind: ${name} does not answer (${message})`,
      since: up ? undefined : now,
    },
    {
      alertname: 'ForeshockPassLate',
      labels: {},
      severity: 'warning',
      summary: 'passes take longer than a step',
      since: lateSince,
    },
    ...receivers.map(receiver => ({
      alertname: 'ForeshockNotificationFailing' as const,
      labels: { receiver: receiver.name },
      severity: 'critical',
      summary: `notifications do not reach ${receiver.name}`,
      since:
        failing.has(receiver.name) && now - failing.get(receiver.name)! > 60_000
          ? failing.get(receiver.name)
          : undefined,
    })),
  ];
}

/** Stores the state of the stages and what is to be told in one transaction: a crash repeats all of it or nothing. */
function keep(daemon: Daemon, result: PassResult, settle: () => void): void {
  const { store, wired, dispatcher, receivers, self, budget } = daemon;
  for (const { alert, status } of result.notifications)
    if (status === 'firing') budget.count(result.t, alert.labels);
  const told = [...result.notifications, ...self.step(result.t, troubles(daemon, result.t))];
  store.transaction(() => {
    saveStages(store, wired);
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

async function showIncidents(daemon: Daemon, result: PassResult): Promise<void> {
  const { book, wired, source, loaded, url, options } = daemon;
  book.update(result.incidents);
  if (result.notifications.length === 0) return;
  for (const { id } of result.incidents) {
    const view = book.get(id);
    if (view === undefined) continue;
    book.addSignals(
      id,
      await readIncidentSignals(view.incident, wired.watches, { source: source.source, now: result.t }),
    );
  }
  const { dashboards } = loaded.config;
  if (dashboards === undefined) return;
  const incidents = book.list().map(view => view.incident);
  try {
    const { watches } = wired;
    writeFiles(dashboards.path, incidentFiles(loaded.packs, incidents, { url, watches }));
  } catch (error) {
    options.log.error(`dashboards: ${error instanceof Error ? error.message : error}`);
  }
}

const nothingArrived = { alerts: [], settle: () => undefined };

/** While the source is down nothing is judged: no sample is neither an anomaly nor a recovery. */
const blindRule: RuleStage = { step: () => [] };

async function passAt(daemon: Daemon, t: number): Promise<void> {
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

/** A score and a p-value a row each minute at most, written in blocks of ten minutes. */
function keepResults(daemon: Daemon, t: number): void {
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

function measure({ wired, metrics, book, store, receivers }: Daemon): void {
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

async function loop(daemon: Daemon): Promise<void> {
  const { options, loaded } = daemon;
  const { step, delay } = loaded.config.global;
  let last = newestStep(daemon);
  while (!options.signal.aborted) {
    const t = newestStep(daemon);
    if (t > last) {
      daemon.lateSince = t - last > 2 * step ? (daemon.lateSince ?? t) : undefined;
      await passAt(daemon, t);
      last = t;
    }
    if (Date.now() >= daemon.refreshAt) {
      await trainAll(daemon, daemon.wired.watches, t);
      daemon.refreshAt = Date.now() + refreshEvery;
      daemon.store.expire(Date.now() - loaded.config.storage.retention);
    } else if (Date.now() >= daemon.retryAt) {
      await trainAll(
        daemon,
        daemon.wired.watches.filter(watch => !watch.fitted),
        t,
      );
      daemon.retryAt = Date.now() + Math.max(retryEvery, 20 * step);
    }
    const next = last + step + delay - Date.now();
    await sleep(Math.max(50, next), undefined, { signal: options.signal }).catch(() => undefined);
  }
}

async function deliver({ dispatcher, options }: Daemon): Promise<void> {
  while (!options.signal.aborted) {
    void dispatcher.round().catch(error => options.log.error(`delivery: ${error}`));
    await sleep(500, undefined, { signal: options.signal }).catch(() => undefined);
  }
}

function serve(daemon: Daemon): Server {
  const { metrics, options, loaded, arrived } = daemon;
  const file = loaded.config.web.config_file;
  const routes = webhookRoutes({
    clock: Date.now,
    take: alerts => {
      metrics.alertsReceived.inc({ origin: 'alertmanager' }, alerts.length);
      arrived.put(alerts);
    },
  });
  return createServer({
    state: daemonState(daemon),
    registry: metrics.registry,
    results: createResultTarget(daemon.store.results, { lookback: 300_000, now: Date.now }),
    routes: routes.map(route => ({
      ...route,
      handle: (body: unknown) => {
        const { status, body: answer } = route.handle(body);
        return { status, body: JSON.stringify(answer), contentType: 'application/json' };
      },
    })),
    reload: async () => {
      const outcome = await options.reload();
      metrics.configReloadSuccessful.set(outcome.ok ? 1 : 0);
      return outcome;
    },
    ...(file === undefined ? {} : { webConfig: readWebConfig(file, parseYaml) }),
    log: (message, error) =>
      options.log.warn(`${message}: ${error instanceof Error ? error.message : error}`),
  });
}

/** Runs until the signal aborts: learns, then passes at every step, delivers, and serves the page. */
export async function runDaemon(loaded: Loaded, options: DaemonOptions): Promise<void> {
  const daemon = createDaemon(loaded, options);
  const server = serve(daemon);
  try {
    const { url } = await server.listen(loaded.config.web.listen);
    options.log.info(`listening on ${url}, step ${formatDuration(loaded.config.global.step)}`);
    daemon.metrics.configReloadSuccessful.set(1);
    daemon.metrics.configReloadTime.set(Date.now() / 1000);
    const delivering = deliver(daemon);
    await trainAll(daemon, daemon.wired.watches, newestStep(daemon));
    if (loaded.config.dashboards !== undefined)
      writeFiles(loaded.config.dashboards.path, dashboardFiles(loaded.packs));
    await loop(daemon);
    await delivering;
  } catch (error) {
    if (!options.signal.aborted) throw error;
  } finally {
    daemon.dispatcher.stop();
    daemon.results.flush();
    await server.close();
    await daemon.source.source.close();
    daemon.store.close();
    options.log.info('stopped');
  }
}
