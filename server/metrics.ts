import { Gauge, Histogram, Registry } from 'prom-client';
import { version } from '../core/version.ts';
import { capacityMetrics } from './capacity-metrics.ts';
import { dashboardMetrics } from './dashboard-metrics.ts';
import { escalationMetrics } from './escalation-metrics.ts';
import { logMetrics } from './log-metrics.ts';
import { counter, gauge } from './metric-kinds.ts';
import { budgetMetrics, regretMetrics } from './regret-metrics.ts';
import { silenceMetrics } from './silence-metrics.ts';
import { threatMetrics } from './threat-metrics.ts';

function passMetrics(registry: Registry) {
  return {
    passDuration: new Histogram({
      name: 'foreshock_pass_duration_seconds',
      help: 'Time of reading a class for a pass, from its first query to its last answer.',
      labelNames: ['class'],
      buckets: [0.005, 0.025, 0.1, 0.5, 1, 2.5, 5, 15, 60],
      registers: [registry],
    }),
    passLast: gauge(
      registry,
      {
        name: 'foreshock_pass_last_timestamp_seconds',
        help: 'Time of the newest step of a class that was read.',
      },
      ['class'],
    ),
    passesFailed: counter(
      registry,
      {
        name: 'foreshock_passes_failed_total',
        help: 'Steps of a class that could not be judged for an error of its own; it is learned anew.',
      },
      ['class'],
    ),
    passesSkipped: counter(
      registry,
      {
        name: 'foreshock_passes_skipped_total',
        help: 'Steps of a class that were not judged as the scoring of an earlier one was under way.',
      },
      ['class'],
    ),
    seriesWatched: gauge(
      registry,
      { name: 'foreshock_series_watched', help: 'Rows of a class by their state.' },
      ['class', 'state'],
    ),
    signalsWatched: gauge(
      registry,
      { name: 'foreshock_signals_watched', help: 'Series of a signal, one a row, by their state.' },
      ['class', 'signal', 'state'],
    ),
    detectorBlind: gauge(
      registry,
      {
        name: 'foreshock_detector_blind',
        help: 'Rows of a class that are blind: moved far out by the self-test, they were not found abnormal.',
      },
      ['class'],
    ),
    selfTest: counter(
      registry,
      {
        name: 'foreshock_self_test_total',
        help: 'Signals moved far out in a copy of live data: seen, or missed by their detectors.',
      },
      ['class', 'result'],
    ),
    classesLeftOut: gauge(
      registry,
      { name: 'foreshock_classes_left_out', help: '1 for a class that is over a limit and not watched.' },
      ['class', 'limit'],
    ),
    anomalies: counter(registry, { name: 'foreshock_anomalies_total', help: 'Rows judged anomalous.' }, [
      'class',
    ]),
    falsePositiveRateStated: gauge(
      registry,
      {
        name: 'foreshock_false_positive_rate_stated',
        help: 'False positive rate that the config asks for, 0 to 1.',
      },
      ['class'],
    ),
    falsePositiveRateRealised: gauge(
      registry,
      {
        name: 'foreshock_false_positive_rate_realised',
        help: 'Share of judged rows that were flagged while no incident that paged named their entity, 0 to 1.',
      },
      ['class'],
    ),
  };
}

function learningMetrics(registry: Registry) {
  return {
    trainingProgress: gauge(
      registry,
      {
        name: 'foreshock_training_progress',
        help: 'How far the training of a class is, 0 to 1; 1 when it is done.',
      },
      ['class'],
    ),
    modelFitted: gauge(
      registry,
      { name: 'foreshock_model_fitted_timestamp_seconds', help: 'When the model of a class was fitted.' },
      ['class'],
    ),
    modelsRefused: counter(
      registry,
      {
        name: 'foreshock_models_refused_total',
        help: 'New models of a class that were worse than the one in use on the same injected faults, and not taken.',
      },
      ['class'],
    ),
  };
}

function edgeMetrics(registry: Registry) {
  return {
    sourceQueries: counter(
      registry,
      { name: 'foreshock_source_queries_total', help: 'Queries to a source by outcome.' },
      ['source', 'outcome'],
    ),
    sourceUp: gauge(
      registry,
      { name: 'foreshock_source_up', help: '1 when the last query to the source was answered.' },
      ['source'],
    ),
    alertsReceived: counter(
      registry,
      { name: 'foreshock_alerts_received_total', help: 'Alerts of others that came in.' },
      ['origin'],
    ),
    alertsTruncated: counter(
      registry,
      {
        name: 'foreshock_alerts_truncated_total',
        help: 'Alerts of others that their Alertmanager left out of a webhook: raise its max_alerts.',
      },
      ['origin'],
    ),
    alertsRefused: counter(
      registry,
      {
        name: 'foreshock_alerts_refused_total',
        help: "Messages or alerts in them of a source of others' alerts that could not be taken, by reason.",
      },
      ['origin', 'reason'],
    ),
    alertsLag: gauge(
      registry,
      {
        name: 'foreshock_alerts_lag_records',
        help: "Messages of a source of others' alerts that are not yet read.",
      },
      ['origin'],
    ),
    notifications: counter(
      registry,
      { name: 'foreshock_notifications_total', help: 'Notifications by receiver and outcome.' },
      ['receiver', 'outcome'],
    ),
    events: counter(
      registry,
      { name: 'foreshock_events_total', help: 'Events of foreshock itself, by sink and outcome.' },
      ['sink', 'outcome'],
    ),
    reports: counter(
      registry,
      { name: 'foreshock_reports_total', help: 'Capacity reports by target and outcome.' },
      ['target', 'outcome'],
    ),
    incidentOdds: gauge(
      registry,
      {
        name: 'foreshock_incident_odds',
        help: 'Chance that an incident begins within four hours at a service, the whole where it is empty, 0 to 1.',
      },
      ['service'],
    ),
    notificationsPending: gauge(
      registry,
      { name: 'foreshock_notifications_pending', help: 'Notifications that wait for delivery.' },
      ['receiver'],
    ),
    traceSpans: counter(
      registry,
      {
        name: 'foreshock_trace_spans_total',
        help: 'Spans of its own passes: sent to the tracing endpoint, or lost since it did not take them.',
      },
      ['outcome'],
    ),
    incidentsOpen: gauge(
      registry,
      { name: 'foreshock_incidents_open', help: 'Incidents that are open.' },
      [],
    ),
  };
}

/** How the last reload of the config went; `at` is when it last succeeded, ms. */
export interface ReloadStatus {
  ok: boolean;
  at: number;
}

function processMetrics(registry: Registry, reload: ReloadStatus) {
  return {
    buildInfo: gauge(
      registry,
      { name: 'foreshock_build_info', help: 'Always 1; its labels tell the version.' },
      ['version', 'nodeversion'],
    ),
    configReloadSuccessful: new Gauge({
      name: 'foreshock_config_last_reload_successful',
      help: '1 when the last reload of the config succeeded.',
      registers: [registry],
      collect() {
        this.set(reload.ok ? 1 : 0);
      },
    }),
    configReloadTime: new Gauge({
      name: 'foreshock_config_last_reload_success_timestamp_seconds',
      help: 'When the config was last reloaded with success.',
      registers: [registry],
      collect() {
        this.set(reload.at / 1000);
      },
    }),
  };
}

/** Foreshock's own metrics in one registry of their own; made by the composition root. `reload` is read at each scrape. */
export function createMetrics(reload: ReloadStatus = { ok: true, at: Date.now() }) {
  const registry = new Registry();
  const metrics = {
    registry,
    ...passMetrics(registry),
    ...learningMetrics(registry),
    ...logMetrics(registry),
    ...capacityMetrics(registry),
    ...edgeMetrics(registry),
    ...dashboardMetrics(registry),
    ...escalationMetrics(registry),
    ...regretMetrics(registry),
    ...budgetMetrics(registry),
    ...silenceMetrics(registry),
    ...threatMetrics(registry),
    ...processMetrics(registry, reload),
  };
  metrics.buildInfo.set({ version, nodeversion: process.version }, 1);
  return metrics;
}

/** What `createMetrics` returns. */
export type Metrics = ReturnType<typeof createMetrics>;
