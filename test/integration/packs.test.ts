import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { builtinPacks, loadPack } from '../../config/pack.ts';
import { type ResolvedPack, resolvePack } from '../../config/resolve.ts';
import { type SignalSpec, signalKinds } from '../../core/pack.ts';
import { metricNames } from '../../promql/names.ts';
import { createAlertmanagerServer } from './alertmanager-server.ts';
import {
  createServerProcess,
  freePort,
  type LoopbackServer,
  missingCommands,
  temporaryFolder,
  until,
} from './loopback-server.ts';
import { serveRed } from './red-exporter.ts';
import { createWebhookSink, type WebhookSink } from './webhook-sink.ts';

const missing = missingCommands('prometheus', 'prometheus-alertmanager', 'prometheus-node-exporter');
const second = 1000;

/** What may stay empty on a good machine, and why. */
const mayBeEmpty: Readonly<Record<string, string>> = {
  'node/instance/io_pressure': 'kernels without pressure stall information have no such metric',
  'node/instance/filesystem_used': 'a container sees only file systems that the pack leaves out',
  'node/instance/inodes_used': 'a container sees only file systems that the pack leaves out',
  'node/capacity/filesystem': 'a container sees only file systems that the pack leaves out',
  'node/alert/NodeFilesystemAlmostFull': 'a container sees only file systems that the pack leaves out',
  'node/alert/NodeInodesAlmostGone': 'a container sees only file systems that the pack leaves out',
};

/** A built-in pack with the parameters of one of its variants, if one is named. */
function resolved(name: string, variant?: string): ResolvedPack {
  const file = builtinPacks().get(name);
  if (file === undefined) throw new Error(`no pack ${name}`);
  const loaded = loadPack(file, readFileSync(file, 'utf8'));
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.mistakes, null, 1));
  const params = loaded.pack.variants.find(each => each.name === variant)?.params ?? {};
  return resolvePack(loaded.pack, { match: '', params, step: second, scrapeInterval: second });
}

interface Question {
  readonly name: string;
  readonly query: string;
  /** Labels that the answer must carry. */
  readonly labels: readonly string[];
}

/** Everything that a pack asks Prometheus; of an alert its metrics, since it is silent while all is well. */
function questionsOf(pack: ResolvedPack, as: string = pack.pack): Question[] {
  const signals = pack.classes.flatMap(({ class: { name, signals: specs }, entityLabels, queries }) =>
    specs.map((spec, k) => ({
      name: `${name.replace(pack.pack, as)}/${spec.name}`,
      query: queries[k]!,
      labels: entityLabels,
    })),
  );
  const topology = pack.topology.map(({ from, to, via }) => ({
    name: `${as}/topology/${from}-${to}`,
    query: via,
    labels: [from, to],
  }));
  const capacity = pack.capacity.flatMap(({ resource, used, limit }) => [
    { name: `${as}/capacity/${resource}`, query: used, labels: ['instance'] },
    { name: `${as}/capacity/${resource}`, query: limit, labels: ['instance'] },
  ]);
  const alerts = pack.alerts.flatMap(({ alert, expr }) =>
    [...new Set(metricNames(expr))].map(metric => ({
      name: `${as}/alert/${alert}`,
      query: `count(${metric})`,
      labels: [],
    })),
  );
  return [...signals, ...topology, ...capacity, ...alerts];
}

const packs = ['node', 'prometheus', 'alertmanager', 'service'].map(name => resolved(name));
const questions = [
  ...packs.flatMap(pack => questionsOf(pack)),
  ...questionsOf(resolved('service', 'opentelemetry'), 'service by OpenTelemetry'),
];

const answerSchema = z.object({
  data: z.object({
    result: z.array(
      z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) }),
    ),
  }),
});

interface Targets {
  readonly classic: string;
  readonly otel: string;
  readonly node: string;
  readonly alertmanager: string;
  readonly self: string;
}

function prometheusConfig(dir: string, targets: Targets): string {
  const job = (name: string, target: string, labels: Readonly<Record<string, string>> = {}) => ({
    job_name: name,
    static_configs: [{ targets: [target], labels }],
  });
  return JSON.stringify({
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: [`${dir}/rules.yml`],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [targets.alertmanager] }] }] },
    scrape_configs: [
      job('web', targets.classic, { service: 'shop' }),
      job('otel', targets.otel),
      job('node', targets.node),
      job('alertmanager', targets.alertmanager),
      job('prometheus', targets.self),
    ],
  });
}

/** A new alert each time it is evaluated, so that notifications leave all the time. */
const rules = JSON.stringify({
  groups: [{ name: 'test', rules: [{ alert: 'Always', expr: 'vector(1)', labels: { n: '{{ now }}' } }] }],
}).replace('{{ now }}', '{{ with query \\"timestamp(vector(1))\\" }}{{ . | first | value }}{{ end }}');

const host = (server: LoopbackServer) => server.url.replace('http://', '');

describe.skipIf(missing.length > 0)('the packs on a real Prometheus', () => {
  const dir = temporaryFolder('packs');
  const applications: Server[] = [];
  let hook: WebhookSink;
  let alertmanager: LoopbackServer;
  let node: LoopbackServer;
  let prometheus: LoopbackServer;

  const ask = async (query: string) => {
    const answer = await fetch(`${prometheus.url}/api/v1/query?${new URLSearchParams({ query })}`);
    if (!answer.ok) throw new Error(`${query}: ${await answer.text()}`);
    return answerSchema.parse(await answer.json()).data.result;
  };

  beforeAll(async () => {
    const [classic, otel] = await Promise.all([serveRed('classic'), serveRed('otel')]);
    applications.push(classic.server, otel.server);
    hook = await createWebhookSink();
    alertmanager = await createAlertmanagerServer(dir, hook.url);
    const nodePort = await freePort();
    node = createServerProcess({
      command: 'prometheus-node-exporter',
      args: [`--web.listen-address=127.0.0.1:${nodePort}`],
      port: nodePort,
      ready: '/metrics',
      logFile: `${dir}/node.log`,
    });
    const port = await freePort();
    const targets = {
      classic: classic.target,
      otel: otel.target,
      node: host(node),
      alertmanager: host(alertmanager),
      self: `127.0.0.1:${port}`,
    };
    writeFileSync(`${dir}/rules.yml`, rules);
    writeFileSync(`${dir}/prometheus.yml`, prometheusConfig(dir, targets));
    prometheus = createServerProcess({
      command: 'prometheus',
      args: [
        `--config.file=${dir}/prometheus.yml`,
        `--storage.tsdb.path=${dir}/data`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--rules.alert.resend-delay=1s',
      ],
      port,
      ready: '/-/ready',
      logFile: `${dir}/prometheus.log`,
    });
    await Promise.all([alertmanager.start(), node.start()]);
    await prometheus.start();
    await until('every target was scraped six times, and somebody was told', async () => {
      const [scraped] = await ask('min(count_over_time(scrape_duration_seconds[1m]))');
      const [told] = await ask('sum(rate(alertmanager_notifications_total[4s])) > 0');
      return told !== undefined && Number(scraped?.value[1] ?? 0) >= 6;
    });
  });

  afterAll(async () => {
    await Promise.all([alertmanager?.stop(), node?.stop(), prometheus?.stop()]);
    for (const server of applications) {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    }
    await hook?.close();
    rmSync(dir, { recursive: true, force: true });
  });

  it.each(questions)('answers $name', async ({ name, query, labels }) => {
    if (mayBeEmpty[name] !== undefined && (await ask(query)).length === 0) return;
    const result = await until(`an answer to ${query}`, async () => {
      const all = await ask(query);
      const finite = all.length > 0 && all.every(({ value }) => Number.isFinite(Number(value[1])));
      return finite && all;
    });
    for (const { metric } of result)
      for (const label of labels) expect(metric[label], `${label} of ${JSON.stringify(metric)}`).toMatch(/./);
  });
});

it('covers every kind of metric', () => {
  const specs: readonly SignalSpec[] = packs.flatMap(pack =>
    pack.classes.flatMap(item => item.class.signals),
  );
  const kinds = new Set(specs.map(spec => spec.kind));
  expect(signalKinds.filter(kind => !kinds.has(kind))).toEqual([]);
});
