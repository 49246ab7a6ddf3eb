import { readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { foreshockBeside } from '../cli/command.ts';
import { createAlertmanagerServer } from './alertmanager-server.ts';
import { createForeshock } from './foreshock-server.ts';
import { type LoopbackServer, missingCommands, temporaryFolder, until } from './loopback-server.ts';
import { createNodeExporter } from './node-exporter.ts';
import { createPrometheusServer, scrapedSteadily } from './prometheus-server.ts';
import { serveRed } from './red-exporter.ts';

/** What speaks only the query API, as Thanos' querier and VictoriaMetrics do, over a Prometheus, with more names in it. */
async function serveQueriesOnly(
  behind: string,
  { asked, names }: { readonly asked: string[]; readonly names: number },
): Promise<{ readonly server: Server; readonly url: string }> {
  const server = createServer(async (request, response) => {
    const { pathname, search } = new URL(request.url ?? '/', behind);
    if (/\/(targets|alertmanagers)$/.test(pathname)) return void response.writeHead(404).end();
    const form = await text(request);
    const answer = await fetch(`${behind}${pathname}${search}`, {
      method: request.method ?? 'GET',
      headers: { 'content-type': request.headers['content-type'] ?? '' },
      ...(form === '' ? {} : { body: form }),
    });
    if (form !== '') asked.push(form);
    const body = await answer.text();
    const more = Array.from({ length: names }, (_, k) => `"other_${k}_total"`).join(',');
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(pathname.endsWith('__name__/values') ? body.replace('"data":[', `"data":[${more},`) : body);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP port');
  return { server, url: `http://127.0.0.1:${address.port}` };
}

const missing = missingCommands('prometheus', 'prometheus-alertmanager', 'prometheus-node-exporter');
const host = (server: LoopbackServer) => server.url.replace('http://', '');

describe.skipIf(missing.length > 0)('foreshock init on a real Prometheus', () => {
  const dir = temporaryFolder('init');
  const file = path.join(dir, 'found.yaml');
  const services: Server[] = [];
  const servers: LoopbackServer[] = [];
  let prometheus: LoopbackServer;
  let alertmanager: LoopbackServer;

  beforeAll(async () => {
    const { server, target } = await serveRed('otel');
    services.push(server);
    const node = await createNodeExporter(dir);
    alertmanager = await createAlertmanagerServer(dir, 'http://127.0.0.1:9/');
    prometheus = await createPrometheusServer({
      dir,
      targets: [],
      jobs: { shop: [target], hosts: [host(node)], pagers: [host(alertmanager)] },
    });
    servers.push(node, alertmanager, prometheus);
    for (const each of servers) await each.start();
    await scrapedSteadily(prometheus);
  });

  afterAll(async () => {
    for (const each of servers) await each.stop();
    for (const each of services) each.close();
    rmSync(dir, { recursive: true, force: true });
  });

  it('finds what is there, however it is named, and says what watching costs', async () => {
    const flags = ['--prometheus', prometheus.url, '--alertmanager', alertmanager.url, '--output', file];
    const { code, stderr } = await foreshockBeside(['init', ...flags]);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('service: HTTP services (RED), named as in its variant opentelemetry');
    expect(stderr).toMatch(/node\/instance: 1 entity of \d+ signals/);
    expect(stderr).toMatch(/\d+ series: about \d+ MB of memory, \d+ queries every 15s/);
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(/pack: alertmanager\n {4}params:\n {6}job: pagers/);
    expect(text).toContain('scrape_interval: 2s');
    expect(text).toContain(`alertmanager:\n  url: ${alertmanager.url}`);
    expect(text).not.toContain('prometheus (');
  });

  it('asks a source that tells no targets and has 10,000 metrics only what packs know, and measures its interval', async () => {
    const asked: string[] = [];
    const querier = await serveQueriesOnly(prometheus.url, { asked, names: 10_000 });
    services.push(querier.server);
    const { code, stdout, stderr } = await foreshockBeside([
      'init',
      ...['--prometheus', querier.url, '--output', '-'],
    ]);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('counted from the samples of `up`.\nglobal' + ':\n  scrape_interval: 2s');
    expect(stdout).toContain('# No Alertmanager is known');
    expect(stdout).toMatch(/pack: service\n/);
    expect(asked.length).toBeLessThan(200);
  });

  it('tells the same technology named in two ways at once, and writes a config that is without mistakes', async () => {
    const both = path.join(dir, 'both.yaml');
    const { server, target } = await serveRed('classic');
    services.push(server);
    const otel = await serveRed('otel');
    services.push(otel.server);
    const two = await createPrometheusServer({
      dir: temporaryFolder('init-two'),
      targets: [],
      jobs: { shop: [target], bank: [otel.target] },
    });
    servers.push(two);
    await two.start();
    await scrapedSteadily(two);
    const { code, stderr } = await foreshockBeside(['init', '--prometheus', two.url, '--output', both]);
    expect(code, stderr).toBe(0);
    expect(readFileSync(both, 'utf8')).toMatch(
      /# Also there, named as in its variant opentelemetry: 1 entity; a pack is listed once; add `file:`/,
    );
    expect(await foreshockBeside(['check', 'config', both])).toMatchObject({ code: 0 });
  });

  it('does not overwrite a config unless told to', async () => {
    const { code, stderr } = await foreshockBeside([
      'init',
      '--prometheus',
      prometheus.url,
      '--output',
      file,
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain('is there already; --force replaces it');
  });

  it('writes a config that is without mistakes and runs', async () => {
    expect(await foreshockBeside(['check', 'config', file])).toMatchObject({ code: 0 });
    const text = `${readFileSync(file, 'utf8')}\nstorage: {path: "${dir}/state"}\n`;
    const foreshock = await createForeshock(dir, text);
    await foreshock.start();
    try {
      await until('all that was found is asked for without an error', async () => {
        const metrics = await (await fetch(`${foreshock.url}/metrics`)).text();
        return /^foreshock_source_queries_total\{.*outcome="ok".*\} [1-9]/m.test(metrics);
      });
      const metrics = await (await fetch(`${foreshock.url}/metrics`)).text();
      expect(metrics).not.toMatch(/^foreshock_source_queries_total\{.*outcome="error".*\} [1-9]/m);
    } finally {
      await foreshock.stop();
    }
  });

  it('fails with its own exit code when nobody answers', async () => {
    const flags = ['--prometheus', 'http://127.0.0.1:9', '--output', path.join(dir, 'other.yaml')];
    const { code, stderr } = await foreshockBeside(['init', ...flags]);
    expect(code).toBe(3);
    expect(stderr).toContain('http://127.0.0.1:9/api/v1/label/__name__/values');
  });
});
