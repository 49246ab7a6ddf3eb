type Labels = Readonly<Record<string, string>>;

/** Families that are exported, those that packs read: the start of a name, or a whole one that ends in `$`. */
const families: readonly string[] = [
  'http_(client_)?requests_total',
  'http_(client_)?request_duration_seconds_bucket',
  'app_',
  'up$',
  'process_(cpu_seconds_total|resident_memory_bytes|start_time_seconds)',
  'nginx_(up|http_requests_total|connections_(active|waiting))',
  'redis_(up|connected_clients|blocked_clients|evicted_keys_total|keyspace_(hits|misses)_total)',
  'redis_(commands_processed_total|memory_used_bytes)$',
  'pg_(up|stat_database_(numbackends|xact_commit|xact_rollback|blks_read|blks_hit|deadlocks))$',
  'pg_(database_size_bytes|settings_max_connections|locks_count|stat_activity_(count|max_tx_duration)|replication_lag)',
  'dns_',
  'node_(cpu_seconds_total|load1)$',
  'node_memory_(MemAvailable|MemTotal)_bytes',
  'node_vmstat_(pgmajfault|oom_kill)',
  'node_pressure_io_waiting_seconds_total',
  'node_disk_(read_bytes|written_bytes|io_time_seconds)_total',
  'node_filesystem_((avail|size)_bytes|files(_free)?)$',
  'node_network_(receive|transmit)_(bytes|errs|drop)_total',
  'node_(netstat_Tcp_RetransSegs|filefd_(allocated|maximum))',
];
const family = new RegExp(`^(?:${families.join('|')})`);

/** Whether a metric is exported. */
export function keepsMetric(name: string): boolean {
  return family.test(name);
}

/** What is idle or of no service in every lab, by label. */
const idle: Readonly<Record<string, RegExp>> = {
  job: /^(prometheus|alertmanager)$/,
  device: /^(loop|ram|fd|sr)/,
  mountpoint: /^(?!\/$|\/disks\/)/,
  mode: /^(nice|steal|guest.*|irq|softirq)$|^(accessshare|rowshare|share|sharerowexclusive|shareupdateexclusive|siread)lock$/,
  datname: /^(template\d|)$/,
};

/** Whether a series is exported: not those of devices and modes that are idle in every lab. */
export function keepsSeries(labels: Labels): boolean {
  if (labels.__name__ === 'up') return true;
  return Object.entries(idle).every(([name, pattern]) => {
    const value = labels[name];
    return value === undefined || !pattern.test(value);
  });
}

/** Labels without the names of the machine: the folders of rule files go. */
export function scrubbed(labels: Labels): Labels {
  const rule_group = labels.rule_group;
  return rule_group ? { ...labels, rule_group: rule_group.replace(/^.*\//, '') } : labels;
}
