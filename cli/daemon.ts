import { availableParallelism } from 'node:os';
import type { BudgetKeeper } from '../alerts/budget.ts';
import type { Dispatcher } from '../alerts/outbox.ts';
import type { NetworkMaker } from '../core/network.ts';
import type { Receiver } from '../core/receiver.ts';
import type { Store } from '../core/store.ts';
import type { Metrics, ReloadStatus } from '../server/metrics.ts';
import type { ReloadOutcome } from '../server/server.ts';
import type { EventDispatcher } from '../sinks/dispatch.ts';
import { openStore } from '../store/sqlite.ts';
import type { AlertStream } from './alert-stream.ts';
import { AnomalyMarks } from './anomaly-marks.ts';
import { type Arrivals, createArrivals } from './arrivals.ts';
import { AuditDesk } from './audit-desk.ts';
import { createCapacity } from './capacity-daemon.ts';
import type { CapacityDesk } from './capacity-desk.ts';
import { type Changes, createChanges } from './daemon-changes.ts';
import { createIncidents, isLookedAfter } from './daemon-incidents.ts';
import { createModels, type Models } from './daemon-models.ts';
import {
  createAlertStreams,
  createDelivery,
  createDesk,
  createEscalation,
  createIntake,
  createReads,
  createRegret,
  createSelfWatch,
  createSilences,
  createThreats,
  createTopology,
} from './daemon-parts.ts';
import { createDashboards, type Dashboards } from './dashboards-daemon.ts';
import type { EscalationDesk } from './escalation-desk.ts';
import { createEvents, EventBook } from './event-book.ts';
import type { FeedbackBook } from './feedback-book.ts';
import { FrameReads } from './frame-reads.ts';
import type { IncidentAlbum } from './incident-album.ts';
import type { IncidentBook } from './incident-book.ts';
import { dashboardUrlOf } from './incident-links.ts';
import type { IncidentStore } from './incident-store.ts';
import type { Loaded } from './load.ts';
import type { Log } from './log.ts';
import type { LogIntake } from './log-intake.ts';
import { createOdds, type Odds } from './odds-daemon.ts';
import type { RegretDesk } from './regret-desk.ts';
import { createReports } from './report-daemon.ts';
import type { ReportDesk } from './report-desk.ts';
import { createResultWriter, type ResultWriter } from './results.ts';
import { resume, type Unreadable } from './resume.ts';
import type { ScoringDesk } from './scoring-desk.ts';
import { createScoringPool, type ScoringPool } from './scoring-pool.ts';
import type { SelfAlerts } from './self-alerts.ts';
import type { SilenceDesk } from './silence-desk.ts';
import type { SilencedNotices } from './silenced-notices.ts';
import type { SourceReads } from './source-reads.ts';
import { createSources, identitiesOf, type Sources } from './sources.ts';
import { heardBy, loadFollowed, loadPassedAt, loadStages } from './stage-store.ts';
import type { ThreatDesk } from './threat-desk.ts';
import type { TopologyWatch } from './topology-watch.ts';
import type { Tracing } from './tracing.ts';
import { maintenanceOf, type Wired, wire } from './wire.ts';
import { trainingThreads } from './worker.ts';

export interface DaemonOptions {
  readonly dryRun: boolean;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Reads the config again: the new one, or a message that says what is wrong with it. */
  readonly reload: () => Promise<ReloadOutcome>;
  /** How the last reload went, by whatever way it was asked for. */
  readonly reloaded: ReloadStatus;
  /** Tells a listener how each reload goes, by whatever way it is asked for, until what it answers is called. */
  readonly onReload: (listener: (outcome: ReloadOutcome) => void) => () => void;
}

/** Where a daemon tells of its own work. */
export interface DaemonSelf {
  readonly metrics: Metrics;
  readonly tracing: Tracing;
}

/** What a daemon is made with beside its config. */
export interface DaemonMeans extends DaemonSelf {
  /** What computes neural networks, where the config asks for another backend. */
  readonly network?: NetworkMaker | undefined;
}

/** Everything that one run of the daemon holds; made here, given up in `runDaemon`. */
export interface Daemon extends Models {
  readonly loaded: Loaded;
  readonly options: DaemonOptions;
  readonly url: string;
  readonly store: Store;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  readonly sources: Sources;
  readonly logs: LogIntake;
  readonly threats: ThreatDesk;
  /** The reads of each source, in the order of the config. */
  readonly reads: readonly SourceReads[];
  readonly receivers: readonly Receiver[];
  readonly dispatcher: Dispatcher;
  readonly wired: Wired;
  /** Where large classes are scored; undefined where another backend than the built-in kernels computes. */
  readonly desk: ScoringDesk | undefined;
  readonly scoring: ScoringPool;
  readonly book: IncidentBook;
  readonly incidents: IncidentStore;
  readonly album: IncidentAlbum;
  readonly feedback: FeedbackBook;
  readonly audit: AuditDesk;
  readonly escalation: EscalationDesk;
  readonly regret: RegretDesk;
  readonly self: SelfAlerts;
  readonly budget: BudgetKeeper;
  readonly silences: SilenceDesk;
  readonly silencedNotices: SilencedNotices;
  readonly results: ResultWriter;
  readonly marks: AnomalyMarks;
  /** What is kept elsewhere of what foreshock sees and does. */
  readonly events: EventDispatcher;
  readonly eventBook: EventBook;
  /** Makes and sends the capacity report; undefined where the config asks for none, and in a dry run. */
  readonly reports: ReportDesk | undefined;
  /** Keeps the dashboards of incidents; undefined where the config asks for none. */
  readonly dashboards: Dashboards | undefined;
  keptAt: number;
  /** When the charts of open incidents were read last, ms. */
  shownAt: number;
  flushedAt: number;
  readonly startedAt: number;
  /** Others' alerts that came in since the last pass. */
  readonly arrived: Arrivals;
  /** Where others' alerts are read. */
  readonly alertsIn: readonly AlertStream[];
  readonly topology: TopologyWatch;
  readonly changes: Changes;
  /** The metrics around incidents. */
  readonly frames: FrameReads;
  readonly capacity: CapacityDesk;
  readonly odds: Odds;
  /** Time of the last pass that was told, also over a restart; -Infinity before the first. */
  passedAt: number;
  /** True while several steps are passed before they are told: what was learned of them is not to be kept. */
  midGap: boolean;
  /** Key of the last record of feedback that the correlator has followed. */
  followed: string;
  expireAt: number;
  /** Runs the first round after a pass below the span of that pass. */
  deliverUnder: <T>(body: () => T) => T;
  /** Delivery failures by receiver since the last success. */
  readonly failing: Map<string, number>;
  /** Since when the passes themselves come too late, whatever the sources do, ms. */
  lateSince: number | undefined;
  /** Resolves when the charts of all incidents so far are on the page, and how many times that is still to be done. */
  shown: Promise<void>;
  showing: number;
}

/** What the parts of a daemon stand on. */
function groundOf(loaded: Loaded, options: DaemonOptions, { metrics, tracing }: DaemonSelf) {
  const { config } = loaded;
  const { log } = options;
  const store = openStore(config.storage.path, message => log.error(message));
  const url = config.web.external_url ?? `http://${config.web.listen}`;
  const arrived = createArrivals(store, message => log.error(message));
  const threats = createThreats(loaded, { options, store, metrics, arrived, url });
  const logs = createIntake(loaded, { options, store, metrics, threats });
  const events = createEvents(options.dryRun ? { events: [] } : config, { store, metrics, log });
  const unreadable: Unreadable = (part, error) => {
    const reason = error instanceof Error ? error.message : String(error);
    log.error(`the stored state of "${part}" cannot be read, it starts empty: ${reason}`);
  };
  return {
    ...{ loaded, options, metrics, tracing, store, logs, events, unreadable, log },
    url,
    arrived,
    threats,
    sources: createSources(config, metrics, name => logs.source(name)),
    audit: new AuditDesk(store, events, Date.now),
    signal: options.signal,
    ...createIncidents(store, log),
  };
}
type Ground = ReturnType<typeof groundOf>;

/** Packs, detectors, rules and the correlator, as they were left. */
function wiredOn(
  ground: Ground,
  parts: Pick<Daemon, 'regret' | 'silences'> & Pick<DaemonMeans, 'network'>,
): Wired {
  const { regret, silences, network } = parts;
  const { loaded, options, store, url, unreadable, feedback } = ground;
  const { config, packs } = loaded;
  const wired = wire(packs, {
    isOff: regret.isOff,
    heldByBudget: regret.heldByBudget,
    detection: config.detection,
    correlation: config.correlation,
    url,
    runbooks: config.web.runbook_url,
    dashboard: dashboardUrlOf(config),
    maintenance: maintenanceOf(config),
    inhibit: config.inhibit_rules,
    silences: silences.active,
    externalLabels: config.global.external_labels,
    lookedAfter: isLookedAfter(feedback.of),
    stored: loadStages(store, heardBy(options)),
    unreadable,
    sources: identitiesOf(config),
    network,
  });
  for (const { watch, cardinality } of wired.watches) {
    const { name } = watch.class;
    const state = store.values('cardinality').get(name);
    resume({ name: `cardinality of ${name}`, state }, each => each && cardinality.restore(each), unreadable);
  }
  return wired;
}

/** What a run has not done yet. */
function atStart(store: Store) {
  return {
    eventBook: new EventBook(),
    keptAt: Number.NEGATIVE_INFINITY,
    shownAt: Number.NEGATIVE_INFINITY,
    flushedAt: Date.now(),
    startedAt: Date.now(),
    passedAt: loadPassedAt(store),
    midGap: false,
    followed: loadFollowed(store),
    expireAt: Date.now(),
    deliverUnder: <T>(body: () => T) => body(),
    lateSince: undefined,
    shown: Promise.resolve(),
    showing: 0,
  };
}

/** A daemon that does nothing yet: the store is open, nobody was asked or told. */
export function createDaemon(loaded: Loaded, options: DaemonOptions, self: DaemonMeans): Daemon {
  const { network } = self;
  const ground = groundOf(loaded, options, self);
  const { store, sources, metrics, log, signal, url, arrived } = ground;
  const regret = createRegret(loaded, ground);
  const silences = createSilences(loaded, ground);
  const wired = wiredOn(ground, { regret, silences: silences.silences, network });
  const capacity = createCapacity(loaded, { ...ground, arrived });
  const scoring = createScoringPool(trainingThreads(availableParallelism(), 1));
  const models = createModels(loaded, { ...ground, wired });
  return {
    ...ground,
    ...models,
    ...silences,
    ...createDelivery(loaded, { ...ground, self }),
    ...createSelfWatch(loaded, ground),
    ...atStart(store),
    reads: createReads(sources, models, { ...ground, wired }),
    wired,
    desk: network === undefined ? createDesk(scoring, ground) : undefined,
    scoring,
    regret,
    capacity,
    escalation: createEscalation(loaded, ground),
    results: createResultWriter(store.results),
    dashboards: createDashboards(loaded, {
      ...ground,
      watches: wired.watches,
      dryRun: options.dryRun,
    }),
    marks: new AnomalyMarks(),
    reports: options.dryRun ? undefined : createReports(loaded, { ...ground, capacity }),
    alertsIn: createAlertStreams(loaded, { options, store, metrics, arrived }),
    topology: createTopology(loaded, ground),
    changes: createChanges(loaded.config, { store, sources, log, signal }),
    frames: new FrameReads({ watches: wired.watches, sources, signal }),
    odds: createOdds(loaded, { ...ground, url, arrived }),
  };
}
