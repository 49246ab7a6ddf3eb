import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  createPrometheusSource,
  type PrometheusSource,
  prometheusOptions,
} from '../../collectors/prometheus.ts';
import { fingerprint } from '../../core/labels.ts';
import { createRandom } from '../../core/random.ts';
import type { Series, SeriesSource } from '../../core/series.ts';
import { createEvaluator } from '../../promql/evaluate/evaluator.ts';
import { numberText } from '../../promql/evaluate/number-text.ts';

const found = ['prometheus', 'promtool'].every(
  name => spawnSync(name, ['--version'], { stdio: 'ignore' }).error === undefined,
);
if (!found && process.env.CI !== undefined) throw new Error('prometheus and promtool are needed in CI');

const from = Date.UTC(2026, 0, 5, 10);
const scrape = 15_000;
const samples = 240;

/** Counters with resets and gaps, gauges, a classic histogram, a metric for joins: seeded, so the same each time. */
function sampleSeries(): Series[] {
  const random = createRandom(7);
  const out: Series[] = [];
  const add = (labels: Record<string, string>, value: (i: number) => number, gap = 0) => {
    const kept = Array.from({ length: samples }, (_, i) => i).filter(() => random() >= gap);
    const t = Float64Array.from(kept, i => from + i * scrape);
    out.push({ labels, t, v: Float64Array.from(kept, i => Number(value(i).toFixed(6))) });
  };
  for (const instance of ['a:1', 'b:1', 'c:1']) {
    for (const code of ['200', '500']) {
      let total = random() * 5;
      const gap = instance === 'b:1' ? 0.4 : 0;
      add(
        { __name__: 'requests_total', job: 'web', instance, code },
        () => (total = random() < 0.02 ? 0 : total + random() * 10),
        gap,
      );
    }
    for (const mount of ['/', '/data'])
      add(
        { __name__: 'disk_free', job: 'node', instance, mount },
        i => 50 + 20 * Math.sin(i / 20) + random(),
      );
    add({ __name__: 'build_info', instance, version: `v${instance[0]}` }, () => 1);
    add({ __name__: 'flapping', instance }, () => Math.floor(random() * 3), 0.9);
    const counts = [0, 0, 0, 0];
    for (const [b, le] of ['0.1', '0.5', '2.5', '+Inf'].entries())
      add(
        { __name__: 'latency_bucket', instance, le },
        () => (counts[b]! += Math.floor(random() * 5) + b * 5),
      );
  }
  return [...out, ...oddSeries()];
}

/** What is rare and real: values that are no numbers, ties, huge numbers, labels that look like code, broken buckets, dates. */
function oddSeries(): Series[] {
  const t = Float64Array.from({ length: samples }, (_, i) => from + i * scrape);
  const cycle = (labels: Record<string, string>, values: readonly number[]): Series => ({
    labels,
    t,
    v: t.map((_, i) => values[i % values.length]!),
  });
  const dates = [1_709_208_000, -86_400.5, 1_000_000_000.7, 4_102_444_800, 0];
  return ['a:1', 'b:1'].flatMap((instance, k) => [
    cycle({ __name__: 'weird', instance, path: k === 0 ? '$1\\"\u00e9' : 'x.y' }, [
      ...[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
      ...[0, -0, 1e-7, 1e21, 1.5, -3],
    ]),
    cycle({ __name__: 'ties', instance }, [0, 1, 2]),
    cycle({ __name__: 'huge', instance }, [1e308, 1e308, 1e300]),
    cycle({ __name__: 'cancelling', instance }, [1e100, 1, -1e100]),
    cycle({ __name__: 'dates', instance }, dates),
    ...['-1', '0', '1', 'inf', 'x'].map((le, b) =>
      cycle({ __name__: 'odd_bucket', instance, le }, [b * 3, b * 4 + 1, b === 2 ? 0 : b * 5]),
    ),
    cycle({ __name__: 'endless_bucket', instance, le: '1' }, [3]),
  ]);
}

function openMetrics(series: readonly Series[]): string {
  const lines = series.flatMap(({ labels, t, v }) => {
    const { __name__: name, ...rest } = labels;
    const pairs = Object.entries(rest).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
    return [...t].map((at, i) => `${name}{${pairs.join(',')}} ${numberText(v[i]!)} ${at / 1000}`);
  });
  return `${lines.join('\n')}\n# EOF\n`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise(resolve => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const queries = [
  'requests_total',
  'flapping',
  'flapping offset 2m',
  'rate(requests_total[1m])',
  'rate(requests_total[5m] offset 1m)',
  'increase(requests_total{code=~"5.."}[2m])',
  'irate(requests_total[1m])',
  'delta(disk_free[3m])',
  'idelta(disk_free[3m])',
  'deriv(disk_free[5m])',
  'predict_linear(disk_free[10m], 3600)',
  'changes(flapping[10m])',
  'resets(requests_total[10m])',
  'avg_over_time(disk_free[2m])',
  'max_over_time(disk_free[2m]) - min_over_time(disk_free[2m])',
  'stddev_over_time(disk_free[2m]) + stdvar_over_time(disk_free[2m])',
  'quantile_over_time(0.3, disk_free[4m])',
  'count_over_time(flapping[5m]) + sum_over_time(flapping[5m])',
  'last_over_time(flapping[5m])',
  'absent(flapping{instance="a:1"})',
  'absent_over_time(flapping{instance="a:1"}[1m])',
  'sum by (instance) (rate(requests_total[2m]))',
  'sum without (code, instance) (rate(requests_total[2m]))',
  'avg(disk_free) + min(disk_free) + max(disk_free) + count(disk_free)',
  'stddev by (mount) (disk_free) + stdvar by (mount) (disk_free)',
  'quantile by (mount) (0.9, disk_free)',
  'topk(2, disk_free)',
  'bottomk by (mount) (1, disk_free)',
  'sum by (instance) (rate(requests_total{code="500"}[2m])) / sum by (instance) (rate(requests_total[2m]))',
  'rate(requests_total[2m]) / on (instance) group_left () sum by (instance) (rate(requests_total[2m]))',
  'disk_free * on (instance) group_left (version) build_info',
  'build_info * on (instance) group_right () disk_free',
  'disk_free{mount="/"} > ignoring (mount) disk_free{mount="/data"}',
  'disk_free > bool 50',
  'disk_free > 60 or disk_free < 40',
  '50 < disk_free',
  'disk_free and on (instance) (flapping > 0)',
  'disk_free unless on (instance) flapping',
  'flapping or build_info',
  'histogram_quantile(0.9, sum by (le) (rate(latency_bucket[2m])))',
  'histogram_quantile(0.5, rate(latency_bucket[1m]))',
  'clamp_min(clamp_max(disk_free, 60), 45)',
  'clamp(disk_free, 45, 60)',
  'abs(-disk_free) + ceil(disk_free) + floor(disk_free) + round(disk_free, 0.5)',
  'ln(disk_free) + exp(disk_free / 10) + sqrt(disk_free) + log2(disk_free) + log10(disk_free)',
  'vector(1) + scalar(sum(disk_free))',
  'time() - 3',
  'label_replace(disk_free, "host", "$1", "instance", "(.*):.*")',
  'max_over_time(sum by (instance) (rate(requests_total[1m]))[5m:30s])',
  '-disk_free ^ 2 % 7',
  '{__name__=~"disk_.*", mount!="/", instance!~"c.*"}',
  'flapping / flapping',
  'disk_free * on (instance) group_left (version, missing) build_info',
  'build_info < bool on (instance) group_right (version) disk_free',
  'build_info == on (__name__, instance) build_info',
  'build_info or nothing * on (job) disk_free',
  'disk_free @ 1767609000 - disk_free',
  'rate(requests_total[2m] @ 1767609000 offset -1m)',
  'disk_free offset -30s',
  'timestamp(disk_free offset 1m) - time()',
  'avg_over_time(max_over_time(disk_free[2m:10s])[3m:17s] offset 13s)',
  'max_over_time(disk_free[5m:30s] @ 1767609000 offset 1m)',
  'absent(nothing{a!="b",a="c"})',
  'absent(nothing{a="b",a="c",d="e"})',
  'absent_over_time(nothing{a="b"}[5m:1m])',
  'quantile(1.1, disk_free) or quantile(-0.1, ties)',
  'quantile_over_time(0.5, weird[3m])',
  'histogram_quantile(0.5, odd_bucket)',
  'histogram_quantile(0.99, odd_bucket)',
  'histogram_quantile(0.9, endless_bucket)',
  'histogram_quantile(0.9, latency_bucket{le!="0.5"})',
  'label_replace(disk_free, "host", "$1-$01-$1x-$$-$", "instance", "(.*):.*")',
  'label_replace(disk_free, "host", "<$name\u00e9>$name", "instance", "(?P<name>.*):.*")',
  'label_replace(weird, "path", "<$1>", "path", "(.*)")',
  'label_join(disk_free, "all", "-", "instance", "nothing", "mount")',
  'topk(1, ties) or bottomk(1, weird)',
  'count_values("v", weird)',
  'count_values by (instance) ("instance", ties)',
  'count_values without (instance) ("instance", ties)',
  'avg_over_time(huge[2m])',
  'avg(huge) by (instance) or avg(disk_free)',
  'sum_over_time(cancelling[31s])',
  'weird == weird',
  'weird >= bool 0',
  'weird * 0',
  'clamp(weird, -1, 1) or clamp_min(weird, Inf)',
  'clamp_max(weird, -Inf)',
  'sgn(weird) + round(weird, 0.3)',
  'changes(weird[5m]) + resets(weird[5m])',
  'day_of_week(dates) + 10 * hour(dates) + 1000 * minute(dates)',
  'day_of_year(dates) + 1000 * days_in_month(dates) + 1e5 * month(dates) + 1e7 * year(dates)',
  'hour() + day_of_month(vector(time()))',
  'vector(-1 ^ 2) + -disk_free ^ 0.5 or vector(2 ^ 3 ^ 2) - 10 - -1',
  '(-disk_free) ^ 2 + 010 + 0x1F',
  'histogram_fraction(0, 1, disk_free) or ties',
];

describe.skipIf(!found)('PromQL in memory and a real Prometheus', () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'promql-parity-'));
  let server: ChildProcess;
  let real: PrometheusSource;
  let ours: SeriesSource;

  beforeAll(async () => {
    const series = sampleSeries();
    writeFileSync(path.join(dir, 'om.txt'), openMetrics(series));
    writeFileSync(path.join(dir, 'p.yml'), 'global: {scrape_interval: 15s}\n');
    execFileSync(
      'promtool',
      ['tsdb', 'create-blocks-from', 'openmetrics', '--quiet', `${dir}/om.txt`, `${dir}/data`],
      { stdio: 'ignore' },
    );
    const port = await freePort();
    const flags = [`--config.file=${dir}/p.yml`, `--storage.tsdb.path=${dir}/data`];
    flags.push('--storage.tsdb.retention.time=100y', `--web.listen-address=127.0.0.1:${port}`);
    server = spawn('prometheus', flags, { stdio: 'ignore' });
    const options = prometheusOptions.parse({ url: `http://127.0.0.1:${port}` });
    real = createPrometheusSource(options);
    await vi.waitFor(() => ready(port), { timeout: 30_000, interval: 200 });
    const info: unknown = await (await fetch(`http://127.0.0.1:${port}/api/v1/status/buildinfo`)).json();
    const dialect = JSON.stringify(info).includes('"version":"2') ? 2 : 3;
    ours = createEvaluator(series, { lookback: 300_000, dialect });
  });

  afterAll(async () => {
    await real?.close();
    const ended = new Promise(resolve => server?.once('exit', resolve));
    if (server?.kill('SIGKILL')) await ended;
    rmSync(dir, { recursive: true, force: true });
  });

  it.each(queries)('%s', async query => {
    for (const shift of [0, 7_000]) {
      const range = {
        query,
        start: from + 600_000 + shift,
        end: from + 3_900_000 + shift,
        step: 10_000 + shift,
      };
      const [theirs, mine] = await Promise.all([real.queryRange(range), alignedQuery(ours, range)]);
      const expected = bySeries(theirs.series);
      const actual = bySeries(mine.series);
      expect([...actual.keys()].sort()).toEqual([...expected.keys()].sort());
      expect(expected.size).toBeGreaterThan(0);
      for (const [key, { t, v }] of expected) {
        const { t: ourT, v: ourV } = actual.get(key)!;
        expect([...ourT], key).toEqual([...t]);
        for (const [i, value] of v.entries())
          expect(close(ourV[i]!, value), `${key} at ${t[i]}: ${ourV[i]} is not ${value}`).toBe(true);
      }
    }
  });
});

async function ready(port: number): Promise<void> {
  const { ok, status } = await fetch(`http://127.0.0.1:${port}/-/ready`);
  if (!ok) throw new Error(`answered ${status}`);
}

/** The collector puts a range on multiples of its step; the evaluator takes it as it is. */
function alignedQuery(
  source: SeriesSource,
  range: { query: string; start: number; end: number; step: number },
) {
  const start = Math.ceil(range.start / range.step) * range.step;
  return source.queryRange({ ...range, start });
}

function bySeries(series: readonly Series[]): Map<string, Series> {
  return new Map(series.map(one => [fingerprint(one.labels), one]));
}

function close(a: number, b: number): boolean {
  if (Object.is(a, b) || a === b) return true;
  // Of an infinite one nothing is near.
  return Number.isFinite(a - b) && Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b));
}
