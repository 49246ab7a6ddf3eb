import type { IncidentView, ServerState, WatchOverview } from '../../server/model.ts';

/** 2026-03-01 10:05 UTC. */
export const began = Date.UTC(2026, 2, 1, 10, 5);
const minute = 60_000;

function alert(alertname: string, service: string, after: number) {
  return {
    labels: { alertname, service, severity: 'critical' },
    annotations: {},
    startsAt: began + after,
    endsAt: undefined,
    generatorURL: 'http://prometheus.example:9090/graph?g0.expr=up',
    fingerprint: `${alertname}/${service}`,
  };
}

function signal(entity: string, name: string, level: number) {
  const n = 61;
  const t = Float64Array.from({ length: n }, (_, i) => began + (i - 40) * minute);
  const v = t.map((_, i) => level * (1 + 0.08 * Math.sin(i)) * (i > 40 ? 1 + (i - 40) / 6 : 1));
  return {
    entity,
    signal: name,
    unit: 's',
    t,
    v,
    low: t.map(() => level * 0.8),
    high: t.map(() => level * 1.2),
    onset: began,
  };
}

/** One open incident of a made-up shop, three alerts with two suspects. */
export function checkoutIncident(): IncidentView {
  return {
    incident: {
      id: 'checkout-1005',
      startsAt: began,
      endsAt: undefined,
      members: [
        { alert: alert('LatencyHigh', 'payment', 0), reason: 'first to leave its expected range' },
        { alert: alert('ErrorsHigh', 'checkout', minute), reason: 'calls payment, and began 1m after it' },
        {
          alert: alert('ErrorsHigh', 'frontend', 2 * minute),
          reason: 'calls checkout, and began 1m after it',
        },
      ],
      suspects: [
        {
          entity: { service: 'payment' },
          signal: 'latency',
          score: 0.81,
          evidence: [
            'left its expected range 1m before checkout',
            'p99 latency 1.4 s, expected 0.2 to 0.4 s',
          ],
        },
        { entity: { service: 'checkout' }, signal: 'errors', score: 0.12, evidence: ['depends on payment'] },
      ],
      escalation: { p: 0.42, drivers: ['grew by two services in 2m'] },
      timeline: [
        {
          at: began - 2 * minute,
          what: 'image of payment: v41 to v42 (https://git.example/payment/v42)',
          kind: 'change',
        },
        { at: began, what: 'payment: latency left its expected range' },
        { at: began + minute, what: 'checkout: errors left their expected range' },
      ],
      notifications: [{ at: began + minute, why: 'opened' }],
    },
    title: 'payment is slow, and checkout and frontend fail with it',
    affected: ['payment', 'checkout', 'frontend'],
    notificationsIn: 14,
    notificationsOut: 1,
    signals: [signal('payment', 'latency', 0.3), signal('checkout', 'errors', 0.02)],
    around: {
      things: [
        { id: 'payment', suspect: 1, affected: true },
        { id: 'checkout', suspect: 2, affected: true },
        { id: 'frontend', affected: true },
        { id: 'ledger-database-primary-eu-west', affected: false },
        { id: 'cart', affected: false },
      ],
      calls: [
        { from: 'frontend', to: 'checkout' },
        { from: 'frontend', to: 'cart' },
        { from: 'frontend', to: 'payment' },
        { from: 'checkout', to: 'payment' },
        { from: 'payment', to: 'ledger-database-primary-eu-west' },
      ],
      left: 2,
    },
    dashboardPath: '/d/foreshock-checkout',
    runbook: '/runbooks/ForeshockIncident',
    alertmanager: 'http://alertmanager.example:9093',
    logs: {
      fresh: [{ at: began - 30_000, service: 'payment', text: 'pool of the ledger is empty' }],
      errors: [{ at: began + minute, service: 'payment', text: 'no answer of the ledger after 800 ms' }],
      counts: {
        t: Float64Array.from({ length: 20 }, (_, i) => began + i * minute),
        v: new Float64Array(20).fill(7),
      },
    },
    feedback: {
      acknowledged: { at: began + 3 * minute, by: 'ann', text: undefined },
      verdict: undefined,
      notes: [{ at: began + 4 * minute, by: 'bob', text: 'the last deploy of payment is suspicious' }],
    },
  };
}

const watched: WatchOverview = {
  classes: [
    {
      name: 'service/service',
      counts: { watching: 38, learning: 3, no_data: 1 },
      statedRate: 0.001,
      realisedRate: 0.0008,
      reasons: ['learning: 4h of 24h seen'],
    },
    { name: 'node/host', counts: { watching: 6 }, statedRate: 0.001, realisedRate: undefined, reasons: [] },
  ],
  sources: [
    { name: 'prometheus', up: true, lastAt: began + 5 * minute, message: '' },
    { name: 'logs', up: false, lastAt: undefined, message: 'connection refused' },
  ],
  budget: {
    statedPerDay: 2 / 7,
    realisedPerDay: 3 / 7,
    over: ['checkout'],
    judged: { rejected: 1, confirmed: 1, open: 2 },
  },
  unusual: {
    total: 12,
    rows: [
      {
        class: 'service/service',
        entity: 'checkout',
        reason: 'latency p95 1.92 s, expected 20 to 80 ms',
        q: 0.0004,
      },
    ],
  },
};

/** A state that shows the given incidents. */
export function stateOf(views: readonly IncidentView[], watch: WatchOverview = watched): ServerState {
  return {
    incidents: () => views,
    incident: id => views.find(view => view.incident.id === id),
    watch: () => watch,
    health: () => ({ healthy: true, ready: true, reasons: [] }),
  };
}
