type Labels = Readonly<Record<string, string>>;

/** Families that are exported: the start of a name, or a whole one that ends in `$`. */
const families: readonly string[] = [
  'http_',
  'app_',
  'up$',
  'process_(cpu_seconds_total|resident_memory_bytes|open_fds|start_time_seconds)',
  'nodejs_eventloop_lag_(p99_|seconds)',
  'nginx_',
  'redis_(up|connected_clients|blocked_clients|evicted_keys_total|keyspace_(hits|misses)_total)',
  'redis_(commands_processed_total|instantaneous_ops_per_sec|exporter_last_scrape_error)',
  'redis_memory_(used|max)_bytes',
  'node_(cpu_seconds_total|load1|boot_time_seconds|time_seconds|context_switches_total)',
  'node_procs_(running|blocked)',
  'node_memory_(MemAvailable|MemTotal|SwapFree|SwapTotal)_bytes',
  'node_vmstat_pgmajfault',
  'node_pressure_.*_waiting_seconds_total',
  'node_disk_(read_bytes|written_bytes|io_time_seconds|io_time_weighted_seconds)_total',
  'node_filesystem_((avail|size)_bytes|files(_free)?)',
  'node_network_(receive|transmit)_(bytes|errs|drop)_total',
  'node_(nf_conntrack_entries|netstat_Tcp_RetransSegs|filefd_(allocated|maximum))',
  'prometheus_tsdb_(head_(series|samples_appended_total|chunks)|compactions_failed_total|wal_corruptions_total)',
  'prometheus_rule_evaluation(s|_failures)_total',
  'prometheus_rule_group_(iterations(_missed)?_total|last_duration_seconds|interval_seconds)',
  'prometheus_target_(scrapes_|interval_length_seconds$|sync_length)',
  'prometheus_(engine_quer|notifications_|config_last_reload_successful|remote_storage|sd_|build_info)',
  'prometheus_http_request(s_total|_duration_seconds)',
  'alertmanager_(alerts|notif|config_last|cluster|silences|build_info|nflog|dispatcher|http_)',
];
const family = new RegExp(`^(?:${families.join('|')})`);

/** Whether a metric is exported; of the histograms only those of the services keep their buckets. */
export function keepsMetric(name: string): boolean {
  return family.test(name) && (!name.endsWith('_bucket') || name.startsWith('http_'));
}

/** Whether a series is exported: not those of devices and modes that are idle in every lab. */
export function keepsSeries({ __name__: name = '', device, mountpoint, mode, handler }: Labels): boolean {
  if (device && /^(loop|ram|fd|sr)/.test(device)) return false;
  if (mountpoint && mountpoint !== '/') return false;
  if (mode && /^(nice|steal|guest.*|irq)$/.test(mode)) return false;
  const queries = /api\/v1\/(query|query_range|alerts)/;
  return !(handler && name.startsWith('prometheus_http') && !queries.test(handler));
}

/** Labels without the names of the machine: the folders of rule files go. */
export function scrubbed(labels: Labels): Labels {
  const rule_group = labels.rule_group;
  return rule_group ? { ...labels, rule_group: rule_group.replace(/^.*\//, '') } : labels;
}
