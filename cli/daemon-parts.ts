import { setTimeout as sleep } from 'node:timers/promises';
import { createBudgetKeeper, parseBudget } from '../alerts/budget.ts';
import { createDispatcher } from '../alerts/outbox.ts';
import { alertCollectors } from '../collectors/alert-collectors.ts';
import { AlertStream } from './alert-stream.ts';
import type { Daemon, DaemonSelf } from './daemon.ts';
import type { Models } from './daemon-models.ts';
import { createDepartures } from './departures.ts';
import { EscalationDesk } from './escalation-desk.ts';
import { createOutlookFitter } from './escalation-fit.ts';
import type { Loaded } from './load.ts';
import { LogIntake } from './log-intake.ts';
import { createReceivers } from './receivers.ts';
import { RegretDesk } from './regret-desk.ts';
import { resume, type Unreadable } from './resume.ts';
import { ScoringDesk } from './scoring-desk.ts';
import type { ScoringPool } from './scoring-pool.ts';
import { createSelfAlerts } from './self-alerts.ts';
import { SilenceDesk, silenceSources } from './silence-desk.ts';
import { SilencedNotices } from './silenced-notices.ts';
import { SourceReads } from './source-reads.ts';
import type { Sources } from './sources.ts';
import type { SpentBudgetParts } from './spent-budget.ts';
import { heardBy } from './stage-store.ts';
import { ThreatDesk } from './threat-desk.ts';
import { topologySources } from './topology-sources.ts';
import { createTopologyWatch, type TopologyWatch } from './topology-watch.ts';
import { tracedReceiver } from './traced-receiver.ts';

/** Its alerts about itself and the measured budget, as they were stored. */
export function createSelfWatch(
  { config: { global, web, detection } }: Loaded,
  parts: Pick<Daemon, 'options' | 'store' | 'url'> & { readonly unreadable: Unreadable },
): Pick<Daemon, 'self' | 'budget'> {
  const { options: how, store, url, unreadable } = parts;
  const heard = heardBy(how);
  const runbooks = web.runbook_url === undefined ? {} : { runbooks: web.runbook_url };
  const options = { url, externalLabels: global.external_labels, ...runbooks };
  const budget = parseBudget(detection.budget);
  const told = { name: 'budget', state: store.values('budget').get(heard('told')) };
  return {
    self: resume(
      { name: 'self', state: store.values('stages').get(heard('self')) },
      state => createSelfAlerts(options, state),
      unreadable,
    ),
    budget: resume(told, state => createBudgetKeeper(budget, state), unreadable),
  };
}

/** The odds of incidents, as far as they were learned. */
export function createEscalation(
  { config }: Loaded,
  parts: Pick<Daemon, 'options' | 'store' | 'incidents' | 'feedback' | 'metrics' | 'audit'> & {
    readonly unreadable: Unreadable;
  },
): EscalationDesk {
  const { options, incidents, ...rest } = parts;
  return new EscalationDesk({
    ...rest,
    objectives: config.escalation.objectives,
    incidents: () => incidents.read(),
    fitter: createOutlookFitter(),
    log: options.log,
  });
}

/** What rules hide wrongly, as far as it is known. */
export function createRegret(
  { config }: Loaded,
  parts: Pick<Daemon, 'options' | 'store' | 'feedback' | 'metrics' | 'audit'> & {
    readonly unreadable: Unreadable;
  },
): RegretDesk {
  const { options, ...rest } = parts;
  return new RegretDesk({ ...rest, options: config.regret, log: options.log, clock: Date.now });
}

/** What people silence in the Alertmanagers that are told, as it was read last, and what that holds back from the others. */
export function createSilences(
  { config }: Loaded,
  parts: Pick<Daemon, 'options' | 'store' | 'metrics'> & { readonly unreadable: Unreadable },
): Pick<Daemon, 'silences' | 'silencedNotices'> {
  const { options, store, metrics, unreadable } = parts;
  const held = { name: 'silenced', state: store.values('stages').get('silenced') };
  return {
    silences: new SilenceDesk({
      sources: silenceSources(config),
      table: store.values('silences'),
      observe: (receiver, active) => metrics.silencesActive.set({ receiver }, active),
      warn: message => options.log.warn(message),
      clock: Date.now,
    }),
    silencedNotices: resume(held, state => new SilencedNotices(state), unreadable),
  };
}

/** What rejected incidents raise. */
export function spentBudgetOf(daemon: Daemon): SpentBudgetParts {
  const { loaded, wired, book, feedback, regret, store, audit, metrics } = daemon;
  return {
    budget: parseBudget(loaded.config.detection.budget),
    thresholds: wired.thresholds,
    incidents: () => book.list().map(view => view.incident),
    of: feedback.of,
    isOff: regret.isOff,
    store,
    audit,
    metrics,
  };
}

/** The sources of others' alerts, not read yet; their options were checked with the config. */
export function createAlertStreams(
  { config }: Loaded,
  parts: Pick<Daemon, 'options' | 'store' | 'metrics' | 'arrived'>,
): readonly AlertStream[] {
  const { options, ...rest } = parts;
  const { kafka: kind } = alertCollectors;
  // A dry run in the group of the real one would take alerts away from it.
  if (options.dryRun) return [];
  return config.alerts.map(({ name, kafka }) => {
    const collector = kind.create(kind.options.parse({ ...kafka, name }), undefined);
    return new AlertStream({ ...rest, name, collector, log: options.log, clock: Date.now });
  });
}

/** The threat feeds, as they were read by an earlier run. */
export function createThreats(
  { config: { threat_feeds: feeds, web, global } }: Loaded,
  parts: Pick<Daemon, 'options' | 'store' | 'metrics' | 'arrived' | 'url'>,
): ThreatDesk {
  const { options, store, metrics, arrived, url } = parts;
  return new ThreatDesk({
    feeds,
    store,
    metrics,
    url,
    log: options.log,
    put: arrived.put,
    runbooks: web.runbook_url,
    externalLabels: global.external_labels,
    clock: Date.now,
  });
}

/** The sources of logs, not read yet. */
export function createIntake(
  { config: { logs, global } }: Loaded,
  parts: Pick<Daemon, 'options' | 'store' | 'metrics' | 'threats'>,
): LogIntake {
  const { options, store, metrics, threats } = parts;
  const { log } = options;
  return new LogIntake({
    threats: threats.isOn ? threats : undefined,
    logs,
    step: global.step,
    delay: global.delay,
    store,
    metrics,
    log,
    clock: Date.now,
  });
}

/** Who calls whom, asked beside the passes. */
export function createTopology(
  { config, packs }: Loaded,
  { options, sources }: Pick<Daemon, 'options' | 'sources'>,
): TopologyWatch {
  const { log, signal } = options;
  return createTopologyWatch(topologySources(config, sources.all, packs), {
    step: config.global.step,
    signal,
    warn: message => log.warn(message),
  });
}

/** A pass waits half a step for what is scored in threads. */
export function createDesk(
  pool: ScoringPool,
  { loaded, options, metrics }: Pick<Daemon, 'loaded' | 'options' | 'metrics'>,
): ScoringDesk {
  const { step } = loaded.config.global;
  const patience = () => sleep(step / 2, undefined, { ref: false });
  return new ScoringDesk({ pool, patience, metrics, log: options.log });
}

/** The receivers, and what hands notifications to them and counts how that went. */
export function createDelivery(
  { config }: Loaded,
  parts: Pick<Daemon, 'options' | 'store' | 'url' | 'audit'> & { readonly self: DaemonSelf },
): Pick<Daemon, 'receivers' | 'dispatcher' | 'failing'> {
  const { options, store, url, self, audit } = parts;
  const receivers = createReceivers(config, { dryRun: options.dryRun, url });
  const failing = new Map<string, number>();
  const dispatcher = createDispatcher({
    store,
    receivers: receivers.map(receiver => tracedReceiver(receiver, self.tracing)),
    clock: Date.now,
    random: Math.random,
    observe: ({ receiver, kind, count, message, notifications = [] }) => {
      self.metrics.notifications.inc({ receiver, outcome: kind }, count);
      if (kind === 'delivered') audit.delivered(receiver, notifications);
      if (kind === 'rejected')
        audit.note({
          action: 'notification-refused',
          message: `${receiver} refused: ${message}`,
          details: { receiver },
        });
      if (kind === 'delivered') failing.delete(receiver);
      if (kind !== 'retry' && kind !== 'rejected') return;
      failing.set(receiver, failing.get(receiver) ?? Date.now());
      options.log.warn(`receiver ${receiver}: ${message}`);
    },
  });
  return { receivers, dispatcher, failing };
}

/** The reads of each source, in the order of the config. */
export function createReads(
  sources: Sources,
  { learnings }: Models,
  parts: Pick<Daemon, 'loaded' | 'options' | 'metrics' | 'tracing' | 'wired'>,
): readonly SourceReads[] {
  const { loaded, options, metrics, tracing, wired } = parts;
  const { log, signal } = options;
  const { global } = loaded.config;
  return sources.all.map(
    (source, k) =>
      new SourceReads({
        source,
        watches: wired.watches.filter(({ watch }) => sources.of(watch) === source),
        step: global.step,
        departures: createDepartures(source.interval),
        missedTooMuch: watch => learnings[k]?.request(watch),
        metrics,
        tracing,
        log,
        signal,
        clock: Date.now,
      }),
  );
}
