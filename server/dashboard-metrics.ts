import { Histogram, type Registry } from 'prom-client';
import { counter } from './metric-kinds.ts';

/** Dashboards in the folder and in Grafana. */
export function dashboardMetrics(registry: Registry) {
  return {
    grafanaRequests: counter(
      registry,
      {
        name: 'foreshock_grafana_requests_total',
        help: "Requests to Grafana's HTTP API: ok, missing (404), unauthorized (401, 403), conflict (409, 412), refused (other 4xx), failed (408, 429, 5xx), no_answer, not_grafana (a redirect, a page).",
      },
      ['outcome'],
    ),
    dashboards: counter(
      registry,
      {
        name: 'foreshock_dashboards_total',
        help: 'Dashboards brought to the folder or to Grafana: written, unchanged, removed, left (to the person who changed it), failed (it is tried again), dropped.',
      },
      ['target', 'outcome'],
    ),
    dashboardDelay: new Histogram({
      name: 'foreshock_dashboard_delay_seconds',
      help: 'Time from the pass that opened an incident to its dashboard.',
      labelNames: ['target'],
      buckets: [0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 15, 60, 300],
      registers: [registry],
    }),
  };
}
