import { execFile } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createResultTarget } from '../../cli/results.ts';
import { seriesKey } from '../../cli/series-key.ts';
import { resultSeries } from '../../cli/stored-series.ts';
import type { Labels } from '../../core/labels.ts';
import { createRandom } from '../../core/random.ts';
import { createMetrics } from '../../server/metrics.ts';
import { createServer, type Server } from '../../server/server.ts';
import { openStore } from '../../store/sqlite.ts';
import { stateOf } from '../server/checkout-incident.ts';
import { type LoopbackServer, missingCommands, temporaryFolder } from './loopback-server.ts';
import { createPrometheusServer } from './prometheus-server.ts';

const missing = missingCommands('prometheus', 'promtool');
const from = Date.UTC(2026, 0, 5, 10);
const scrape = 15_000;
const count = 240;
const hostile = 'a"b\\c\nd{{e}} <b>&\u2028\uD83D\uDE00';

interface Column {
  readonly labels: Labels;
  readonly t: Float64Array;
  readonly v: Float64Array;
}

/** Gauges of all sizes, counters that begin anew, a histogram, gaps, and a label value that is hostile. */
function columns(): Column[] {
  const random = createRandom(11);
  const t = Float64Array.from({ length: count }, (_, i) => from + i * scrape);
  const of = (labels: Labels, value: (i: number) => number, gap = 0): Column => {
    const kept = t.filter(() => random() >= gap);
    return { labels, t: kept, v: kept.map((_, i) => value(i)) };
  };
  const out: Column[] = [];
  for (const instance of ['a:1', 'b:1', hostile]) {
    out.push(of({ __name__: 'gauge', Zone: 'x', instance }, i => 50 + 20 * Math.sin(i / 20) + random()));
    out.push(of({ __name__: 'tiny', instance }, () => random() * 1e-9));
    out.push(of({ __name__: 'huge', instance }, i => Math.round(random() * 3) * 1e21 - (i % 2)));
    out.push(of({ __name__: 'flapping', instance }, () => Math.floor(random() * 3), 0.9));
    out.push(of({ __name__: 'info', instance, version: `v${instance[0]}` }, () => 1));
    for (const code of ['200', '500']) {
      let total = 0;
      out.push(
        of(
          { __name__: 'requests_total', instance, code },
          () => (total = random() < 0.02 ? 0 : total + random() * 9),
        ),
      );
    }
    for (const [k, le] of ['0.1', '1', '+Inf'].entries()) {
      let total = 0;
      out.push(
        of({ __name__: 'latency_bucket', instance, le }, () => (total += k * 3 + Math.floor(random() * 4))),
      );
    }
  }
  return out;
}

function openMetrics(all: readonly Column[]): string {
  const quoted = (text: string) =>
    `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
  const lines = all.flatMap(({ labels: { __name__: name, ...rest }, t, v }) => {
    const pairs = Object.entries(rest).map(([key, value]) => `${key}=${quoted(value)}`);
    return [...t].map((at, i) => `${name}{${pairs.join(',')}} ${v[i]} ${at / 1000}`);
  });
  return `${lines.join('\n')}\n# EOF\n`;
}

const end = from + (count - 1) * scrape;
const noon = String(end / 1000);
const times = { start: String(from / 1000 + 607.5), end: noon, step: '61.5' };

/** Queries whose answers have to be equal to the last digit of the last value. */
const exact = [
  '1',
  '-0',
  '1e22',
  '1e-7',
  '0/0',
  '-1/0',
  '"text <b>"',
  'time()',
  'pi()',
  'vector(1)',
  'gauge',
  'tiny',
  'huge',
  'flapping',
  'gauge[61s]',
  'gauge offset 5m',
  'gauge offset -5m',
  `gauge @ ${noon}`,
  'gauge @ start()',
  'gauge @ end() offset 2m',
  'gauge[1m] @ end()',
  'nothing',
  'gauge{instance="a:1"}[5m:1m]',
  'timestamp(flapping)',
  'timestamp(gauge offset 1m)',
  'timestamp(vector(1))',
  'sort(gauge)',
  'sort_desc(gauge)',
  'topk(2, gauge)',
  'bottomk(2, gauge)',
  'topk(2, info)',
  'topk(1, huge)',
  'topk by (instance) (2, {__name__=~"info|flapping|huge"})',
  'topk(5, {__name__=~"info|flapping|tiny"})',
  'bottomk(5, {__name__=~"info|flapping|huge"})',
  'bottomk(3, flapping)',
  'topk(99, requests_total)',
  'topk(0.5, gauge)',
  'topk(scalar(count(flapping)) - 1, info)',
  'sum(gauge * -0)',
  'max(gauge * (0 / 0) or info)',
  'count_values("v", flapping)',
  'count_values by (instance) ("v", huge)',
  'count(gauge)',
  'group by (Zone) (gauge)',
  'min(gauge)',
  'max without (instance) (gauge)',
  'absent(nothing{a="b",c=~"d"})',
  'absent(gauge)',
  'absent_over_time(nothing{a="b"}[5m])',
  'clamp(gauge, 60, 40)',
  'clamp_min(gauge, 55)',
  'round(gauge)',
  'ceil(gauge)',
  'sgn(gauge - 50)',
  'minute()',
  'hour(vector(1767607200))',
  'day_of_week(gauge * 0 + 1767607200)',
  'day_of_month()',
  'day_of_year()',
  'days_in_month(vector(1706745600))',
  'month()',
  'year()',
  'label_join(gauge, "j", "-", "instance", "Zone")',
  'label_replace(gauge, "host", "$1-$x", "instance", "(.):(?P<x>.*)")',
  'label_replace(gauge, "Zone", "", "", "")',
  'gauge > 50',
  'gauge > bool 50',
  '50 < gauge',
  'gauge == gauge',
  'gauge and on (instance) flapping',
  'gauge or info',
  'gauge unless on (instance) (flapping > 0)',
  'gauge * on (instance) group_left (version) info',
  'info * on (instance) group_right () requests_total',
  'changes(flapping[10m])',
  'resets(requests_total[10m])',
  'last_over_time(flapping[5m])',
  'present_over_time(flapping[5m])',
  'count_over_time(gauge[5m])',
  'min_over_time(gauge[5m])',
  'max_over_time(gauge[5m])',
  'max_over_time(gauge[10m:])',

  '{__name__=~"ga.*|tin.", instance!="b:1"}',
  'gauge{instance=~"a.1|b:\\\\d"}',
  `gauge{instance=${JSON.stringify(hostile)}}`,

  '-gauge ^ 2',
  '-1 ^ 2',
  '1 > bool 2',
  'scalar(gauge)',
  'scalar(vector(7))',
  'gauge - gauge offset 5m',
  '-gauge offset 5m * 2',
  '(gauge + gauge) offset 5m',
  'gauge + (gauge @ start() - 1)',
  '1 - -1 ^ 2',
  'vector(1) atan2 vector(2)',
  '',
  ' # nothing',
  'foo bar',
  '1 +',
  '1 + * 2',
  'sum(',
  ')',
  'foo)',
  'foo{',
  'foo{a',
  'foo{a=b}',
  'foo{a="b",,}',
  'foo[5m',
  'foo[0s]',
  '1[5m]',
  '(foo)[5m]',
  '(foo) offset 5m',
  'foo offset 5m offset 5m',
  'foo @ 1 @ 2',
  'holt(foo)',
  'rate(foo)',
  'rate(foo[5m], 1)',
  'rate()',
  'sum()',
  'sum(1)',
  'sum(foo,bar)',
  'topk(foo)',
  'topk("a", foo)',
  'count_values(1, foo)',
  'foo + on(a) 1',
  'foo and 1',
  '1 > 2',
  'foo + bool bar',
  'foo and on(a) group_left bar',
  'foo + on(a) group_left(a) bar',
  '-"x"',
  '"x" + 1',
  'foo +\n foo[5m]',
  '"ä" + foo',
  '{a=""}',
  '{}',
  'foo{__name__="bar"}',
  '"abc',
  "'a\\qb'",
  'foo$',
  'label_replace(foo)',
  'label_replace(gauge, "1", "", "", "")',
  'label_replace(gauge, "a", "", "", "(")',
  'label_replace(gauge, "instance", "x", "instance", ".*")',
  'requests_total * on (instance) info',
  'sum(gauge[5m:])',
  'max_over_time((1)[5m:])',
  '1 2',
  'foo{a="b"} {c="d"}',
  'sum(foo) by (a) by (b)',
  'round(gauge, 1, 2)',
  'minute(1)',
  'time(1)',
] as const;

/** Queries whose equals Prometheus keeps in a defined order at one instant, but over a range in that of a map. */
const exactAtOnce = [
  'topk(4, round(requests_total / 200))',
  'topk by (instance) (2, sgn(latency_bucket - 300))',
  'topk(5, sgn(latency_bucket - 300))',
  'bottomk(5, sgn(latency_bucket - 300))',
  'topk(5, gauge * (0 / 0) or info)',
  'bottomk(4, gauge * (0 / 0) or info)',
  'topk(2, gauge / 0 * 0)',
] as const;

/** Queries whose values may differ in their last digits, since sums are taken in another order. */
const close = [
  'max_over_time(sum by (instance) (gauge)[5m:30s])',
  'gauge + 2 * 3 ^ 2 ^ 0.5 % 4',
  'rate(requests_total[2m])',
  'increase(requests_total[5m] offset 1m)',
  'irate(requests_total[2m])',
  'delta(gauge[3m])',
  'idelta(gauge[3m])',
  'deriv(gauge[5m])',
  'predict_linear(gauge[10m], 3600)',
  'sum by (code) (requests_total)',
  'avg(gauge)',
  'stddev(gauge)',
  'stdvar(gauge)',
  'quantile(0.9, gauge)',
  'quantile by (Zone) (0.1, gauge)',
  'sum_over_time(gauge[5m])',
  'avg_over_time(gauge[5m])',
  'stddev_over_time(gauge[5m])',
  'quantile_over_time(0.3, gauge[5m])',
  'histogram_quantile(0.9, sum by (le) (rate(latency_bucket[5m])))',
  'histogram_quantile(0.5, latency_bucket)',
  'sqrt(gauge) + ln(gauge) + exp(gauge / 10) + log2(gauge) + log10(gauge)',
  'sin(gauge) + cosh(gauge / 50) + deg(gauge) + rad(gauge) + atanh(gauge / 100)',
  'sum by (instance) (rate(requests_total{code="500"}[2m])) / sum by (instance) (rate(requests_total[2m]))',
  'gauge % 7 ^ 2 / 3',
] as const;

/** An answer with its series in one order: at one instant Prometheus gives those of some functions in that of a map. */
function ordered(body: string): string {
  const answer: { data: { result: { metric: unknown }[] } } = JSON.parse(body);
  const key = ({ metric }: { metric: unknown }) => JSON.stringify(metric);
  answer.data.result.sort((a, b) => (key(a) < key(b) ? -1 : 1));
  return JSON.stringify(answer);
}

const lists = [
  'series?match[]=gauge',
  'series?match[]={__name__=~".*o.*"}&match[]=tiny',
  'series?match[]=nothing',
  'series',
  'series?match[]={}',
  'labels',
  'labels?match[]=gauge',
  'label/instance/values',
  'label/instance/values?match[]=flapping',
  'label/nothing/values',
  'label/a-b/values',
  'query?query=1&time=x',
  'query?query=1&timeout=x',
  'query?query=1&time=1.5',
  'query?query="a"&time=1.5',
  'query?query=vector(1)&time=1.5',
  'query_range?query=1',
  'query_range?query=1&start=0&end=1',
  'query_range?query=1&start=0&end=1&step=x',
  'query_range?query=1&start=0&end=1&step=0',
  'query_range?query=gauge[5m]&start=0&end=1&step=1',
  'query_range?query="a"&start=0&end=1&step=1',
  'query_range?query=1&start=0&end=11001&step=1',
  'query_range?query=1&start=2&end=1&step=1',
  'query_range?query=0/0&start=-1.5&end=1.5&step=0.5',
  'rules',
  'query_exemplars?query=gauge&start=1&end=2',
] as const;

describe.skipIf(missing.length > 0)('the query API beside a real Prometheus with the same samples', () => {
  const dir = temporaryFolder('query-api');
  const all = columns();
  let theirs: LoopbackServer;
  let server: Server;
  let ours = '';

  beforeAll(async () => {
    theirs = await createPrometheusServer({ dir, targets: [], history: openMetrics(all), retention: '100y' });
    mkdirSync(`${dir}/store`);
    const store = openStore(`${dir}/store`);
    for (const { labels, t, v } of all) store.results.append(seriesKey(labels), t, v);
    const options = { lookback: () => 300_000, now: Date.now, dialect: 2 } as const;
    server = createServer({
      state: stateOf([]),
      registry: createMetrics().registry,
      routes: [],
      results: createResultTarget(resultSeries(store.results), options),
      log: (message, error) => console.error(message, error),
    });
    ours = (await server.listen('127.0.0.1:0')).url;
    await theirs.start();
  });

  afterAll(async () => {
    await server?.close();
    await theirs?.stop('SIGKILL');
    rmSync(dir, { recursive: true, force: true });
  });

  async function ask(url: string, path: string, form: Readonly<Record<string, string>>) {
    const answer = await fetch(`${url}/api/v1/${path}`, { method: 'POST', body: new URLSearchParams(form) });
    return { status: answer.status, type: answer.headers.get('content-type'), body: await answer.text() };
  }

  const both = (path: string, form: Readonly<Record<string, string>>) =>
    Promise.all([ask(ours, path, form), ask(theirs.url, path, form)]);

  it.each(exact)('answers %s byte by byte', async query => {
    const [mine, real] = await both('query', { query, time: noon });
    expect(mine).toEqual(real);
    if (real.status === 400) return;
    const [myRange, realRange] = await both('query_range', { query, ...times });
    expect(myRange).toEqual(realRange);
  });

  it.each(exactAtOnce)('answers %s byte by byte at one instant', async query => {
    const [mine, real] = await both('query', { query, time: noon });
    expect(mine).toEqual(real);
  });

  it.each(close)('answers %s but for last digits', async query => {
    for (const [path, form] of [
      ['query', { query, time: noon }],
      ['query_range', { query, ...times }],
    ] as const) {
      const bodies = (await both(path, form)).map(({ body }) => ordered(body));
      const [mine, real] = bodies.map(body => body.replaceAll(/"-?[\d.]+(e[+-]\d+)?"/g, 'v'));
      expect(mine).toBe(real);
      const [a, b] = bodies.map(body =>
        [...body.matchAll(/,"(-?[\d.]+(e[+-]\d+)?)"/g)].map(found => Number(found[1])),
      );
      expect(b!.length).toBeGreaterThan(0);
      for (const [i, value] of b!.entries())
        expect(Math.abs(a![i]! - value)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(value)));
    }
  });

  it.each(lists)('answers %s byte by byte', async path => {
    const get = async (url: string) => {
      const answer = await fetch(`${url}/api/v1/${path}`);
      return { status: answer.status, type: answer.headers.get('content-type'), body: await answer.text() };
    };
    expect(await get(ours)).toEqual(await get(theirs.url));
  });

  it.each([
    ['query', 'instant', '--time', noon, 'URL', 'gauge'],
    ['query', 'instant', '--time', noon, 'URL', 'scalar(sum(info))'],
    ['query', 'instant', '--time', noon, 'URL', 'flapping[5m]'],
    ['query', 'instant', '--time', noon, 'URL', 'sum('],
    [
      'query',
      'range',
      '--start',
      times.start,
      '--end',
      noon,
      '--step',
      '60s',
      'URL',
      'max by (Zone) (gauge)',
    ],
    ['query', 'range', '--start', times.start, '--end', noon, '--step', '60s', 'URL', 'gauge[5m]'],
    ['query', 'series', '--match', 'gauge', '--start', times.start, '--end', noon, 'URL'],
    ['query', 'labels', 'URL', 'instance'],
    ['query', 'labels', 'URL', '__name__'],
  ])('promtool reads the same: %s %s %s %s %s %s %s', async (...args) => {
    const run = (url: string) =>
      new Promise<readonly unknown[]>(resolve => {
        const given = args.map(arg => (arg === 'URL' ? url : arg));
        execFile('promtool', given, (error, stdout, stderr) => resolve([error?.code ?? 0, stdout, stderr]));
      });
    const real = await run(theirs.url);
    expect(await run(ours)).toEqual(real);
    expect(`${real[1]}${real[2]}`).not.toBe('');
  });
});
