import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fleetDashboards, incidentDashboards } from '../../cli/dashboard-files.ts';
import {
  createPrometheusSource,
  type PrometheusSource,
  prometheusOptions,
} from '../../collectors/prometheus.ts';
import { askedBy, readDashboard } from '../../dashboards/preview-model.ts';
import { fillIn, stepFor } from '../../dashboards/preview-query.ts';
import { type Asked, datasources } from '../../dashboards/sources.ts';
import { metricNames } from '../../promql/names.ts';
import type { Server } from '../../server/server.ts';
import { foreshockBeside } from '../cli/command.ts';
import { allPacks, incidentOn } from '../dashboards/fleet.ts';
import { fleetMetrics, openMetrics } from './dashboard-metrics.ts';
import { fleetResults } from './dashboard-results.ts';
import { type LoopbackServer, missingCommands, temporaryFolder } from './loopback-server.ts';
import { createPrometheusServer } from './prometheus-server.ts';

const missing = missingCommands('prometheus', 'promtool');
const step = 30_000;
const end = Math.floor(Date.now() / step) * step - 5 * 60_000;
const grid = { end, step, count: 180 };
const range = { start: end - 60 * 60_000, end };
const day = 86_400_000;
const month = { start: end - 30 * day, end: end + 30 * day };

/** Packs whose exporters were run: of the others only the names of metrics are known, not their labels. */
const packs = allPacks().filter(({ spec }) => spec.exporter.every(({ recorded }) => recorded !== undefined));
const incident = { ...incidentOn('shop'), startsAt: end - 20 * 60_000 };
const dashboards = [
  ...fleetDashboards(packs),
  ...incidentDashboards(packs, [incident], {
    url: 'https://foreshock.example',
    has: name => name === 'service/service' || name === 'service/instance',
  }),
].map(made => readDashboard(JSON.parse(JSON.stringify(made))));

/** What may have no data on a fleet that is well, and why. */
const mayBeEmpty: readonly { readonly expr: RegExp; readonly why: string }[] = [
  { expr: /level="warn"|warning_lines/, why: 'no line of this level was recorded' },
  { expr: /outcome="denied"|signal="denied"/, why: 'no event of this outcome was recorded' },
  {
    expr: /probe_http_status_code|signal="status_code/,
    why: 'codes are compared as they are, and what was recorded swings',
  },
  { expr: /redis_(?:memory_max_bytes|config_maxmemory)/, why: 'the recorded Redis has no limit' },
  {
    expr: /redis_memory_used_bytes.*unless/,
    why: 'the recorded Redis evicts: its memory is full as it should be, and no resource that runs out',
  },
  { expr: /mode="iowait"|cpu_iowait/, why: 'the host of the recording counted no time of this mode' },
];

interface Question {
  readonly name: string;
  readonly expr: string;
  readonly of: Asked;
  readonly instant: boolean;
  readonly variables: readonly string[];
  readonly ahead: boolean;
}

const questions: readonly Question[] = dashboards.flatMap(({ uid, panels, templating, time }) =>
  panels.flatMap(panel =>
    panel.targets.map(target => ({
      name: `${uid}: ${panel.title}: ${target.refId}`,
      expr: target.expr,
      of: askedBy(target),
      instant: target.instant,
      variables: templating.list.filter(({ type }) => type === 'query').map(({ name }) => name),
      ahead: time.to !== 'now' && time.to.startsWith('now'),
    })),
  ),
);

const variables = dashboards.flatMap(({ uid, templating }) =>
  templating.list
    .filter(({ type }) => type === 'query')
    .map(each => ({ ...each, title: `${uid}: ${each.name}`, ahead: uid === 'foreshock-capacity' })),
);

describe.skipIf(missing.length > 0)('every query of every dashboard has an answer', () => {
  const dir = temporaryFolder('dashboards');
  let prometheus: LoopbackServer;
  let foreshock: Server;
  const sources = new Map<Asked, PrometheusSource>();
  const urls = new Map<Asked, string>();

  beforeAll(async () => {
    const asked = new Set(questions.flatMap(({ expr }) => metricNames(expr.replaceAll(/\$__\w+/g, '1m'))));
    const all = await fleetMetrics(grid);
    const metrics = all.filter(({ labels }) => asked.has(labels.__name__ ?? ''));
    prometheus = await createPrometheusServer({ dir, targets: [], history: openMetrics(metrics) });
    foreshock = await fleetResults(packs, metrics, grid);
    await prometheus.start();
    urls.set('metrics', prometheus.url);
    urls.set('foreshock', (await foreshock.listen('127.0.0.1:0')).url);
    for (const [of, url] of urls) sources.set(of, createPrometheusSource(prometheusOptions.parse({ url })));
  });

  afterAll(async () => {
    for (const source of sources.values()) await source.close();
    await foreshock?.close();
    await prometheus?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it.each(questions)('$name', async ({ expr, of, instant, variables: names, ahead }) => {
    const shown = ahead ? month : range;
    const every = stepFor(shown, 300);
    const query = fillIn(expr, { range: shown, step: every, scrape: step, variables: names });
    const when = instant ? { start: end, end, step: 1000 } : { ...shown, step: every };
    const { series } = await sources.get(of)!.queryRange({ query, ...when });
    const numbers = series.flatMap(({ v }) => [...v]).filter(value => !Number.isNaN(value));
    if (!mayBeEmpty.some(each => each.expr.test(expr))) expect(numbers.length, query).toBeGreaterThan(0);
  });

  it('the time of a sample is ahead of now where a forecast is asked', async () => {
    const query = 'foreshock_capacity_forecast{quantile="0.5"}';
    const { series } = await sources
      .get('foreshock')!
      .queryRange({ query, start: end, end: end + 30 * day, step: day });
    expect(series[0]!.t.at(-1)).toBeGreaterThan(end + 25 * day);
  });

  it.each(variables)('the variable $title has values', async ({ query, datasource, ahead }) => {
    const told = z
      .string()
      .or(z.object({ query: z.string() }))
      .parse(query);
    const text = typeof told === 'string' ? told : told.query;
    const [, selector = '', label] = /^label_values\((.*), (\w+)\)$/.exec(text)!;
    const of: Asked = datasource?.uid === datasources.foreshock.uid ? 'foreshock' : 'metrics';
    const match = selector.replaceAll(/=~"\$\w+"/g, '=~".*"');
    const shown = ahead ? month : range;
    const at = { 'match[]': match, start: String(shown.start / 1000), end: String(shown.end / 1000) };
    const answer = await fetch(`${urls.get(of)}/api/v1/label/${label}/values?${new URLSearchParams(at)}`);
    expect(await answer.json()).toMatchObject({
      status: 'success',
      data: expect.arrayContaining([expect.any(String)]),
    });
  });

  const preview = async (config: string, ...flags: readonly string[]) => {
    const file = `${dir}/foreshock.yaml`;
    writeFileSync(file, `${config}\nstorage: {path: "${dir}/none"}\nweb: {listen: "127.0.0.1:1"}\n`);
    const args = ['dashboards', 'preview', '--config', file, '--out', `${dir}/look`, ...flags];
    return foreshockBeside(args);
  };
  const page = (uid: string) => readFileSync(`${dir}/look/${uid}.html`, 'utf8');

  it('the preview draws the answers of both', async () => {
    const config = `prometheus: {url: "${prometheus.url}"}\npacks: [node, service]`;
    const shown = ['--from', new Date(range.start).toISOString(), '--to', new Date(range.end).toISOString()];
    const told = await preview(config, '--foreshock', urls.get('foreshock')!, ...shown);
    expect(told).toMatchObject({ code: 0 });
    expect(told.stdout.trim().split('\n')).toHaveLength(6);
    const node = page('foreshock-pack-node');
    expect(node.match(/<svg/g)!.length).toBeGreaterThan(20);
    expect(node.match(/<title>expected<\/title><path/g)!.length).toBeGreaterThan(15);
    expect(node.match(/>No data</g)?.length ?? 0).toBeLessThan(3);
  });

  it('the preview does without a foreshock that runs, and says so', async () => {
    const config = `prometheus: {url: "${prometheus.url}"}\npacks: [node]`;
    const told = await preview(config, '--dashboard', 'foreshock-pack-node', '--from', 'now-2h');
    expect(told.stderr).toContain('its own series are read from');
    expect(told.code).toBe(0);
    expect(page('foreshock-pack-node')).toContain('a:9100');
  });

  it('the preview says in its panels that a Prometheus does not answer, and ends with 3', async () => {
    const config = 'prometheus: {url: "http://127.0.0.1:1"}\npacks: [node]';
    const told = await preview(config, '--dashboard', 'foreshock-pack-node');
    expect(told.code).toBe(3);
    expect(page('foreshock-pack-node')).toContain('Not answered: ');
  });

  it.each([
    ['--dashboard', 'nonsense', 'there is none with this uid, only foreshock-overview, '],
    ['--from', 'yesterday', 'write now-6h, an ISO 8601 time or milliseconds'],
    ['--from', 'now+1d', '--from must be before --to'],
    ['--from', '0000-01-01', 'must lie between the year 2000 and 5 years from now'],
    ['--from', '1e300', 'write now-6h, an ISO 8601 time or milliseconds'],
    ['--from', '9'.repeat(40), 'must lie between'],
    ['--from', 'now-300y', 'must lie between'],
    ['--from', '2001-01-01', 'is more than 5 years: ask for less'],
    ['--to', 'now+99y', 'must lie between'],
    ['--to', 'now-60d', '--to is before foreshock-overview begins (now-6h): give --from, too'],
    ['--foreshock', 'here', 'must be an address such as http://127.0.0.1:9477'],
  ])('the preview refuses %s %s', async (flag, value, message) => {
    const told = await preview('prometheus: {url: "http://127.0.0.1:1"}\npacks: [node]', flag, value);
    expect(told.code).toBe(2);
    expect(told.stderr).toContain(message);
    expect(told.stderr).not.toContain('    at ');
  });
});
