import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import type { BoardRow } from './grid.ts';
import { ask, figure, ownDashboard, self, series } from './own.ts';

const told = `foreshock_notifications_total{outcome="delivered",${self}}`;
const taken = `foreshock_alerts_received_total{${self}}`;

/** How many alerts became how many notifications, what was held back, and how often that was wrong. */
export function noiseDashboard(): Dashboard {
  return ownDashboard(
    {
      name: 'noise',
      title: 'Noise',
      about:
        'How many alerts became how many notifications, what rules held back, how often that was wrong, and what people rejected.',
    },
    [{ panels: [...counts(), compression(), switchedOff()] }, alertsRow(), heldRow()],
  );
}

function counts() {
  const plain = [{ from: null, colour: 'green' }];
  return [
    figure({
      title: 'Alerts of others taken',
      about:
        'In the range that is shown. Normal: what Alertmanager sends. None for long: look at its webhook.',
      unit: 'short',
      expr: `sum(increase(${taken}[$__range])) or vector(0)`,
      steps: plain,
    }),
    figure({
      title: 'Notifications delivered',
      about: 'In the range that is shown, to all receivers together. Normal: far fewer than alerts.',
      unit: 'short',
      expr: `sum(increase(${told}[$__range])) or vector(0)`,
      steps: plain,
    }),
  ];
}

function compression() {
  return figure({
    title: 'Compression',
    about:
      'Share of the alerts of others that made no notification of their own. Normal: above 80 %. Low: alerts stand alone; does foreshock know the topology?',
    unit: 'percentunit',
    expr: `1 - sum(increase(${told}[$__range])) / (sum(increase(${taken}[$__range])) > 0)`,
    steps: [
      { from: null, colour: 'red' },
      { from: 0.5, colour: 'orange' },
      { from: 0.8, colour: 'green' },
    ],
    none: 'no alerts',
  });
}

function switchedOff() {
  return figure({
    title: 'Rules switched off',
    about:
      'Rules that earned too much regret and hold nothing back any more. Normal: 0. The page of rules tells why, and switches one on again.',
    unit: 'short',
    expr: `sum(foreshock_rule_switched_off{${self}}) or vector(0)`,
    steps: [
      { from: null, colour: 'green' },
      { from: 1, colour: 'orange' },
    ],
  });
}

function alertsRow(): BoardRow {
  return {
    title: 'Alerts and notifications',
    panels: [
      series({
        title: 'Alerts of others, by origin',
        about: 'Alerts a second. Normal: a few a minute. A burst is a storm: look at the open incidents.',
        unit: 'ops',
        asks: [ask(`sum by (origin) (rate(${taken}[$__rate_interval]))`, '{{origin}}')],
        min: 0,
      }),
      series({
        title: 'Notifications, by receiver',
        about:
          'Notifications a second that receivers took. Normal: a few a day. It should not follow the alerts: one incident is told once, and when it grows.',
        unit: 'ops',
        asks: [ask(`sum by (receiver) (rate(${told}[$__rate_interval]))`, '{{receiver}}')],
        min: 0,
      }),
      series({
        title: 'Alerts that could not be taken',
        about:
          'Refused, by reason, and left out by their Alertmanager. Normal: 0. Refused: look at the log. Left out: raise max_alerts of its webhook.',
        unit: 'ops',
        asks: [
          ask(
            `sum by (reason) (rate(foreshock_alerts_refused_total{${self}}[$__rate_interval]))`,
            'refused: {{reason}}',
          ),
          ask(
            `sum(rate(foreshock_alerts_truncated_total{${self}}[$__rate_interval]))`,
            'left out by Alertmanager',
          ),
        ],
        min: 0,
      }),
    ],
  };
}

function heldRow(): BoardRow {
  return {
    title: 'Held back, and regretted',
    panels: [
      series({
        title: 'Held back, by rule',
        about:
          'Times in the window of regret that a rule held something back, once an incident. Normal: steady. A rise of one rule: read what it holds back on the page of rules.',
        unit: 'short',
        asks: [ask(`sum by (rule) (foreshock_suppressions{${self}})`, '{{rule}}')],
        min: 0,
      }),
      series({
        title: 'Regret, by rule',
        about:
          'Share of what a rule held back that was hidden wrongly. Normal: 0. A rule that earns much is switched off by itself.',
        unit: 'percentunit',
        asks: [ask(`max by (rule) (foreshock_regret_share{${self}})`, '{{rule}}')],
        min: 0,
      }),
      series({
        title: 'Rejected incidents, by service',
        about:
          'Incidents that people rejected in the time of the budget; each raises what pages there. Normal: 0. Many at one service: its floors are too low.',
        unit: 'short',
        asks: [ask(`max by (service) (foreshock_budget_rejected_incidents{${self}})`, '{{service}}')],
        min: 0,
      }),
    ],
  };
}
