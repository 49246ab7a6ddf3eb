/** One series as it lies in `series.jsonl.gz`: a value, or null where no sample was, at each grid point. */
export interface SeriesLine {
  readonly metric: Readonly<Record<string, string>>;
  readonly start: number;
  readonly step: number;
  readonly values: readonly (number | null)[];
}

/** The grid of a recording in ms: points `start + i * step` for i below `count`. */
export interface Grid {
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

/** What is exported: a regular expression over metric names, and matchers that thin a family. */
const families: readonly (readonly [string, string?])[] = [
  ['http_(requests_total|request_duration_seconds_(bucket|sum|count))', 'job="services"'],
  ['http_client_(requests_total|request_duration_seconds_(bucket|sum|count))', 'job="services"'],
  ['up|scrape_duration_seconds|app_build_info'],
  ['process_(cpu_seconds_total|resident_memory_bytes|open_fds|start_time_seconds)'],
  ['nodejs_(eventloop_lag_(seconds|mean_seconds|p50_seconds|p99_seconds)|heap_size_used_bytes)'],
  ['nodejs_active_(handles|requests)_total'],
  ['nginx_.*'],
  ['redis_(up|blocked_clients|connected_clients|commands_processed_total|uptime_in_seconds)'],
  ['redis_(keyspace_(hits|misses)_total|evicted_keys_total|expired_keys_total|db_keys)'],
  ['redis_(memory_used_bytes|memory_max_bytes|net_(input|output)_bytes_total|slowlog_length)'],
  ['redis_(rejected_connections_total|connections_received_total|slowlog_last_id)'],
  ['redis_(exporter_last_scrape_duration_seconds|exporter_last_scrape_error|cpu_(sys|user)_seconds_total)'],
  ['redis_commands_(total|duration_seconds_total)', 'cmd=~"get|set|mget|hset|hgetall|incr|debug.*"'],
  ['node_cpu_seconds_total|node_load1|node_boot_time_seconds'],
  ['node_memory_(MemAvailable|MemTotal)_bytes'],
  ['node_disk_(read_bytes|written_bytes|io_time_seconds)_total'],
  ['node_network_(receive|transmit)_bytes_total'],
  ['node_filesystem_(avail|size)_bytes'],
  ['prometheus_tsdb_head_(series|samples_appended_total)'],
  ['prometheus_rule_(evaluation_failures_total|group_last_duration_seconds)'],
  ['prometheus_(target_interval_length_seconds|target_sync_length_seconds_(sum|count))'],
  ['prometheus_engine_query_duration_seconds', 'slice="inner_eval"'],
  ['prometheus_notifications_(sent_total|dropped_total|errors_total|queue_length|queue_capacity)'],
  ['alertmanager_alerts'],
  ['alertmanager_notifications_(total|failed_total)', 'integration="webhook"'],
];

interface Answer {
  readonly data: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly values: readonly (readonly [number, string])[];
    }[];
  };
}

/** Reads the raw samples of the grid's time from Prometheus; no lookback fills the gaps. */
export async function exportSeries(prometheus: string, grid: Grid): Promise<SeriesLine[]> {
  const lines: SeriesLine[] = [];
  const end = grid.start + (grid.count - 1) * grid.step;
  for (const [name, matcher] of families) {
    const selector = `{__name__=~"${name}"${matcher ? `,${matcher}` : ''}}`;
    const query = `${selector}[${(grid.count * grid.step) / 1000}s]`;
    const body = new URLSearchParams({ query, time: String(end / 1000) });
    const answer = await fetch(`${prometheus}/api/v1/query`, { method: 'POST', body });
    if (!answer.ok) throw new Error(`export of ${name}: ${answer.status} ${await answer.text()}`);
    const { data } = (await answer.json()) as Answer;
    for (const one of data.result) lines.push(onGrid(one.metric, one.values, grid));
  }
  return lines;
}

/** Puts raw samples on the grid. A target is scraped at its own offset: a sample goes to the grid point after it. */
function onGrid(
  metric: Readonly<Record<string, string>>,
  samples: readonly (readonly [number, string])[],
  grid: Grid,
): SeriesLine {
  const values = new Array<number | null>(grid.count).fill(null);
  const offset = phase(
    samples.map(([t]) => t * 1000),
    grid.step,
  );
  for (const [t, text] of samples) {
    const at = Math.round((t * 1000 - grid.start - offset) / grid.step) + 1;
    const value = Number(text);
    if (at >= 0 && at < grid.count && Number.isFinite(value)) values[at] = short(value);
  }
  return { metric: scrubbed(metric), start: grid.start, step: grid.step, values };
}

/** Where in the step the samples lie: the circular mean, which a late scrape hardly moves. */
function phase(times: readonly number[], step: number): number {
  let sin = 0;
  let cos = 0;
  for (const t of times) {
    sin += Math.sin((2 * Math.PI * t) / step);
    cos += Math.cos((2 * Math.PI * t) / step);
  }
  const turn = Math.atan2(sin, cos) / (2 * Math.PI);
  return (turn < 0 ? turn + 1 : turn) * step;
}

/** Fractions keep 9 digits: what lies below is the noise of adding floats. */
function short(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(9));
}

/** Labels without the folders of the machine. */
function scrubbed(metric: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(metric).map(([name, value]) => [name, value.replace(/\/[^;]*\/(?=[^/;]+\.yml)/g, '')]),
  );
}
