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
}

function rule(alert: string, expr: string, { severity, for: duration, summary }: Terms): Rule {
  const annotations = { summary, description: `${summary}, now {{ $value }}` };
  return { alert, expr, for: duration, labels: { severity }, annotations };
}

const errorRatio = (metric: string, by: string) =>
  `sum by (${by}) (rate(${metric}{code=~"5.."}[1m])) / sum by (${by}) (rate(${metric}[1m]))`;
const p95 = (metric: string, by: string) =>
  `histogram_quantile(0.95, sum by (${by}, le) (rate(${metric}_bucket[1m])))`;

/** The rules of an ordinary team, evaluated every 5 s. */
export const alertRules: readonly Rule[] = [
  rule('InstanceDown', 'up == 0', {
    severity: 'critical',
    for: '15s',
    summary: '{{ $labels.job }} {{ $labels.instance }} cannot be scraped',
  }),
  rule('HighErrorRate', `${errorRatio('http_requests_total', 'service')} > 0.05`, {
    severity: 'critical',
    for: '20s',
    summary: '{{ $labels.service }} answers errors',
  }),
  rule('HighLatencyP95', `${p95('http_request_duration_seconds', 'service')} > 0.3`, {
    severity: 'warning',
    for: '30s',
    summary: '{{ $labels.service }} is slow',
  }),
  rule('InstanceLatencyP95', `${p95('http_request_duration_seconds', 'service, instance')} > 0.3`, {
    severity: 'warning',
    for: '30s',
    summary: '{{ $labels.service }} on {{ $labels.instance }} is slow',
  }),
  rule('DependencyErrors', `${errorRatio('http_client_requests_total', 'service, peer_service')} > 0.05`, {
    severity: 'warning',
    for: '20s',
    summary: 'calls from {{ $labels.service }} to {{ $labels.peer_service }} fail',
  }),
  rule('DependencySlow', `${p95('http_client_request_duration_seconds', 'service, peer_service')} > 0.25`, {
    severity: 'warning',
    for: '30s',
    summary: 'calls from {{ $labels.service }} to {{ $labels.peer_service }} are slow',
  }),
  rule('ProcessHighCpu', 'rate(process_cpu_seconds_total{job="services"}[1m]) > 0.25', {
    severity: 'warning',
    for: '30s',
    summary: '{{ $labels.service }} burns CPU',
  }),
  rule('RedisDown', 'redis_up == 0', {
    severity: 'critical',
    for: '10s',
    summary: 'Redis does not answer',
  }),
  rule('RedisNoCommands', 'rate(redis_commands_processed_total[1m]) < 2', {
    severity: 'warning',
    for: '30s',
    summary: 'Redis does hardly anything',
  }),
  rule('PostgresDown', 'pg_up == 0', {
    severity: 'critical',
    for: '10s',
    summary: 'PostgreSQL does not answer',
  }),
  rule('ProcessMemoryHigh', 'process_resident_memory_bytes{job="services"} > 180e6', {
    severity: 'warning',
    for: '15s',
    summary: '{{ $labels.service }} on {{ $labels.instance }} grows',
  }),
  rule(
    'DiskAlmostFull',
    'node_filesystem_avail_bytes{mountpoint=~"/disks/.+"} / node_filesystem_size_bytes < 0.05',
    {
      severity: 'critical',
      for: '10s',
      summary: 'the disk {{ $labels.mountpoint }} is almost full',
    },
  ),
  rule('NginxDown', 'nginx_up == 0', {
    severity: 'critical',
    for: '15s',
    summary: 'nginx does not answer',
  }),
];
