/** An alerting rule as Prometheus reads it. */
export interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly description: string };
}

interface Terms {
  readonly severity: 'critical' | 'warning';
  readonly for: string;
  readonly summary: string;
  readonly description: string;
}

function rule(alert: string, expr: string, terms: Terms): Rule {
  const { severity, summary, description } = terms;
  return { alert, expr, for: terms.for, labels: { severity }, annotations: { summary, description } };
}

const ratio = (metric: string, by: string) =>
  `sum by (${by}) (rate(${metric}{code=~"5.."}[1m])) / sum by (${by}) (rate(${metric}[1m]))`;
const p95 = (metric: string, by: string) =>
  `histogram_quantile(0.95, sum by (${by}, le) (rate(${metric}_bucket[1m])))`;

const services: readonly Rule[] = [
  rule('InstanceDown', 'up == 0', {
    severity: 'critical',
    for: '15s',
    summary: '{{ $labels.instance }} is down',
    description: 'Prometheus has not reached {{ $labels.instance }} of job {{ $labels.job }} for 15 s.',
  }),
  rule('HighErrorRate', `${ratio('http_requests_total', 'service')} > 0.05`, {
    severity: 'critical',
    for: '30s',
    summary: '{{ $labels.service }} fails',
    description: '{{ $value | humanizePercentage }} of the requests to {{ $labels.service }} fail.',
  }),
  rule('HighLatencyP95', `${p95('http_request_duration_seconds', 'service')} > 0.5`, {
    severity: 'warning',
    for: '30s',
    summary: '{{ $labels.service }} is slow',
    description: 'The 95th percentile of {{ $labels.service }} is {{ $value | humanizeDuration }}.',
  }),
  rule('DependencyErrors', `${ratio('http_client_requests_total', 'service, peer_service')} > 0.05`, {
    severity: 'warning',
    for: '15s',
    summary: '{{ $labels.service }} gets errors from {{ $labels.peer_service }}',
    description: '{{ $value | humanizePercentage }} of its calls to {{ $labels.peer_service }} fail.',
  }),
  rule('DependencySlow', `${p95('http_client_request_duration_seconds', 'service, peer_service')} > 0.4`, {
    severity: 'warning',
    for: '30s',
    summary: '{{ $labels.service }} waits for {{ $labels.peer_service }}',
    description: 'The 95th percentile of its calls is {{ $value | humanizeDuration }}.',
  }),
  rule('ProcessHighCpu', 'rate(process_cpu_seconds_total{job="services"}[1m]) > 0.4', {
    severity: 'warning',
    for: '30s',
    summary: '{{ $labels.instance }} uses much processor time',
    description: '{{ $labels.instance }} uses {{ $value | humanize }} cores.',
  }),
  rule('EventLoopBlocked', 'nodejs_eventloop_lag_p99_seconds > 0.1', {
    severity: 'warning',
    for: '30s',
    summary: 'The event loop of {{ $labels.instance }} is blocked',
    description: 'Its 99th percentile lag is {{ $value | humanizeDuration }}.',
  }),
];

const infrastructure: readonly Rule[] = [
  rule('HostHighCpu', '1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[1m])) > 0.97', {
    severity: 'warning',
    for: '5m',
    summary: '{{ $labels.instance }} has no processor time left',
    description: '{{ $value | humanizePercentage }} of the processors are busy.',
  }),
  rule('HostLowMemory', 'node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes < 0.08', {
    severity: 'critical',
    for: '1m',
    summary: '{{ $labels.instance }} is short of memory',
    description: 'Only {{ $value | humanizePercentage }} of the memory is available.',
  }),
  rule('HostDiskFull', 'node_filesystem_avail_bytes / node_filesystem_size_bytes < 0.05', {
    severity: 'warning',
    for: '1m',
    summary: '{{ $labels.mountpoint }} of {{ $labels.instance }} is nearly full',
    description: 'Only {{ $value | humanizePercentage }} is free.',
  }),
  rule('RedisDown', 'redis_up == 0', {
    severity: 'critical',
    for: '15s',
    summary: 'Redis {{ $labels.instance }} is down',
    description: 'The exporter cannot reach Redis.',
  }),
  rule('RedisSlow', 'redis_exporter_last_scrape_duration_seconds > 0.3', {
    severity: 'warning',
    for: '15s',
    summary: 'Redis {{ $labels.instance }} answers slowly',
    description: 'Asking Redis for its state takes {{ $value | humanizeDuration }}.',
  }),
  rule('NginxDown', 'nginx_up == 0', {
    severity: 'critical',
    for: '15s',
    summary: 'nginx {{ $labels.instance }} is down',
    description: 'The exporter cannot reach nginx.',
  }),
  rule('NginxConnectionsPileUp', 'nginx_connections_writing > 15', {
    severity: 'warning',
    for: '30s',
    summary: 'Requests pile up in nginx {{ $labels.instance }}',
    description: '{{ $value }} requests wait for an answer.',
  }),
  rule('PrometheusRuleFailures', 'increase(prometheus_rule_evaluation_failures_total[1m]) > 0', {
    severity: 'warning',
    for: '30s',
    summary: 'Rules of Prometheus fail',
    description: 'Alerts may be missing.',
  }),
  rule('AlertmanagerNotificationsFailing', 'rate(alertmanager_notifications_failed_total[1m]) > 0', {
    severity: 'critical',
    for: '30s',
    summary: 'Alertmanager cannot notify',
    description: 'Notifications by {{ $labels.integration }} fail.',
  }),
];

/** The rules of an ordinary team. */
export const rules: readonly Rule[] = [...services, ...infrastructure];
