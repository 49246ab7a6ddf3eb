import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import type { BoardRow } from './grid.ts';
import { ask, figure, ownDashboard, self, series } from './own.ts';

/** Whether foreshock itself is well: passes, sources, delivery, logs, models, the process. */
export function healthDashboard(): Dashboard {
  return ownDashboard(
    {
      name: 'health',
      title: 'Own health',
      about:
        'Whether foreshock is well: its passes, its sources, what it delivers, the logs that it reads, its models and its process. Its own alerts stand on the same metrics.',
    },
    [{ panels: figures() }, passesRow(), sourcesRow(), modelsRow(), processRow()],
  );
}

const bad = (colour: string) => [
  { from: null, colour: 'green' },
  { from: 1, colour },
];

function figures() {
  return [
    figure({
      title: 'Sources that do not answer',
      about: 'Normal: 0. Runbook: ForeshockSourceDown.',
      unit: 'short',
      expr: `count(foreshock_source_up{${self}} == 0) or vector(0)`,
      steps: bad('red'),
    }),
    figure({
      title: 'Classes that are not watched',
      about: 'Over a limit of the config. Normal: 0. Runbook: ForeshockClassLeftOut.',
      unit: 'short',
      expr: `sum(foreshock_classes_left_out{${self}}) or vector(0)`,
      steps: bad('orange'),
    }),
    figure({
      title: 'Notifications that wait',
      about: 'Normal: 0, or a few for seconds. Runbook: ForeshockNotificationsStuck.',
      unit: 'short',
      expr: `sum(foreshock_notifications_pending{${self}}) or vector(0)`,
      steps: bad('orange'),
    }),
    figure({
      title: 'Config is the one in the file',
      about:
        '1 when the last reload succeeded. 0: the old config runs on. Runbook: ForeshockConfigReloadFailed.',
      unit: 'bool',
      expr: `min(foreshock_config_last_reload_successful{${self}})`,
      steps: [
        { from: null, colour: 'red' },
        { from: 1, colour: 'green' },
      ],
      none: 'not scraped',
    }),
  ];
}

const byClass = (counter: string) => `sum by (class) (rate(${counter}{${self}}[$__rate_interval]))`;

function passesRow(): BoardRow {
  return {
    title: 'Passes',
    panels: [
      series({
        title: 'Time of reading a class, 95 of 100',
        about:
          'From the first query of a pass to its last answer. Normal: far below the step. When it nears the step, look at the source.',
        unit: 's',
        asks: [
          ask(
            `histogram_quantile(0.95, sum by (class, le) (rate(foreshock_pass_duration_seconds_bucket{${self}}[$__rate_interval])))`,
            '{{class}}',
          ),
        ],
        min: 0,
      }),
      series({
        title: 'Age of the newest step that was read',
        about: 'Normal: below two steps. A climb: the class stands still. Runbook: ForeshockPassStalled.',
        unit: 's',
        asks: [ask(`time() - max by (class) (foreshock_pass_last_timestamp_seconds{${self}})`, '{{class}}')],
        min: 0,
      }),
      series({
        title: 'Steps that were not judged',
        about: 'Skipped as scoring was under way, or failed. Normal: 0. Runbook: ForeshockPassLate.',
        unit: 'ops',
        asks: [
          ask(byClass('foreshock_passes_skipped_total'), 'skipped: {{class}}'),
          ask(byClass('foreshock_passes_failed_total'), 'failed: {{class}}'),
        ],
        min: 0,
      }),
    ],
  };
}

function sourcesRow(): BoardRow {
  return {
    title: 'Sources and delivery',
    panels: [
      series({
        title: 'Queries, by outcome',
        about: 'Normal: all are ok. Others: look at the source, then at limits.samples_per_query.',
        unit: 'ops',
        asks: [
          ask(
            `sum by (source, outcome) (rate(foreshock_source_queries_total{${self}}[$__rate_interval]))`,
            '{{source}}: {{outcome}}',
          ),
        ],
        min: 0,
      }),
      series({
        title: 'Notifications, by outcome',
        about: 'Normal: all are delivered. Runbook: ForeshockNotificationFailing.',
        unit: 'ops',
        asks: [
          ask(
            `sum by (receiver, outcome) (rate(foreshock_notifications_total{${self}}[$__rate_interval]))`,
            '{{receiver}}: {{outcome}}',
          ),
        ],
        min: 0,
      }),
      series({
        title: 'Age of the newest log record that was read',
        about: 'Normal: seconds. A climb: lines come faster than they are read, or none come at all.',
        unit: 's',
        asks: [ask(`max by (source) (foreshock_log_lag_seconds{${self}})`, '{{source}}')],
        min: 0,
      }),
    ],
  };
}

function modelsRow(): BoardRow {
  return {
    title: 'Models',
    panels: [
      series({
        title: 'Age of the models',
        about: 'Normal: below the time after which they are fitted anew, and falling to 0 each time.',
        unit: 's',
        asks: [
          ask(`time() - max by (class) (foreshock_model_fitted_timestamp_seconds{${self}})`, '{{class}}'),
        ],
        min: 0,
      }),
      series({
        title: 'Self-test: faults that were missed, and blind rows',
        about:
          'Signals moved far out in a copy of live data that their detectors did not see. Normal: 0. Runbook: ForeshockDetectorBlind.',
        unit: 'short',
        asks: [
          ask(
            `sum by (class) (increase(foreshock_self_test_total{result="missed",${self}}[$__rate_interval]))`,
            'missed: {{class}}',
          ),
          ask(`sum by (class) (foreshock_detector_blind{${self}})`, 'blind: {{class}}'),
        ],
        min: 0,
      }),
      series({
        title: 'Rows, by state',
        about: 'Normal: watching. Learning ends by itself; unfit names its reason with `foreshock explain`.',
        unit: 'short',
        asks: [ask(`sum by (state) (foreshock_series_watched{${self}})`, '{{state}}')],
        min: 0,
      }),
    ],
  };
}

function processRow(): BoardRow {
  const ours = `and on (instance) foreshock_build_info{${self}}`;
  return {
    title: 'Process',
    panels: [
      series({
        title: 'Memory',
        about:
          'Resident memory. Normal: steady after the first hour. A climb without an end is a leak: tell us.',
        unit: 'bytes',
        asks: [ask(`process_resident_memory_bytes{${self}} ${ours}`, '{{instance}}')],
        min: 0,
      }),
      series({
        title: 'CPU',
        about:
          'CPU seconds a second. Normal: below .5 at 100,000 series, with a peak when models are fitted.',
        unit: 'percentunit',
        asks: [ask(`rate(process_cpu_seconds_total{${self}}[$__rate_interval]) ${ours}`, '{{instance}}')],
        min: 0,
      }),
      series({
        title: 'Event loop lag, 99 of 100',
        about: 'How long the main thread did not answer. Normal: below .1 s. Above 1 s the page hangs.',
        unit: 's',
        asks: [ask(`nodejs_eventloop_lag_p99_seconds{${self}} ${ours}`, '{{instance}}')],
        min: 0,
      }),
    ],
  };
}
