import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readValues } from '../../store/reader.ts';
import { foreshockBeside } from '../cli/command.ts';
import { createForeshock } from './foreshock-server.ts';
import { type LoopbackServer, missingCommands, temporaryFolder, until } from './loopback-server.ts';
import { createPrometheusServer } from './prometheus-server.ts';

const missing = missingCommands('prometheus', 'promtool');

/** What a mesh, a tracing backend, an HTTP client and kube-state-metrics tell of one shop; counters rise with each scrape. */
class ShopExporter {
  image = 'registry.example/cart:v1';
  #scrapes = 0;
  readonly #server: Server = createServer((_, response) => response.end(this.#text()));

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    return `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise(resolve => this.#server.close(resolve));
  }

  #text(): string {
    const n = ++this.#scrapes;
    const pod = (name: string, ip: string, more: string) =>
      `kube_pod_info{namespace="shop",pod="${name}",pod_ip="${ip}",uid="${name}",${more}} 1`;
    const phase = (name: string, running: number) => [
      `kube_pod_status_phase{namespace="shop",pod="${name}",phase="Running"} ${running}`,
      `kube_pod_status_phase{namespace="shop",pod="${name}",phase="Succeeded"} ${1 - running}`,
    ];
    const lines = [
      `traces_service_graph_request_total{client="front",server="cart"} ${n}`,
      `traces_service_graph_request_total{client="user",server="front"} ${n}`,
      'traces_service_graph_request_total{client="front",server="retired"} 7',
      `istio_requests_total{reporter="source",source_workload="front",destination_workload="cart",response_code="200"} ${n}`,
      `istio_requests_total{reporter="destination",source_workload="unknown",destination_workload="front",response_code="200"} ${n}`,
      `http_client_request_duration_seconds_count{job="cart",server_address="prices.shop.svc.cluster.local"} ${n}`,
      pod('cart-1', '10.0.0.1', 'node="node-1",host_network="false"'),
      pod('old-job', '10.0.0.1', 'node="node-2",host_network="false"'),
      pod('agent', '192.168.0.9', 'node="node-1",host_network="true"'),
      ...[...phase('cart-1', 1), ...phase('old-job', 0), ...phase('agent', 1)],
      'kube_endpoint_address{namespace="shop",endpoint="cart",ip="10.0.0.1",port_number="8080",ready="true"} 1',
      'kube_endpoint_address{namespace="shop",endpoint="cart",ip="10.0.0.1",port_number="9090",ready="true"} 1',
      `kube_pod_container_info{namespace="shop",pod="cart-1",container="cart",image="${this.image}"} 1`,
    ];
    return `${lines.join('\n')}\n`;
  }
}

const exportSchema = z.object({
  nodes: z.array(z.object({ id: z.string(), kind: z.string().optional() })),
  edges: z.array(
    z.object({
      from: z.string(),
      to: z.string(),
      kind: z.string(),
      confidence: z.number(),
      saidBy: z.array(z.object({ source: z.string(), at: z.string() })),
    }),
  ),
});
const incidentsSchema = z.object({
  data: z.array(
    z.object({
      incident: z.object({
        suspects: z.array(
          z.object({ entity: z.record(z.string(), z.string()), evidence: z.array(z.string()) }),
        ),
        timeline: z.array(z.object({ at: z.number(), what: z.string(), kind: z.string().optional() })),
      }),
      around: z
        .object({
          things: z.array(
            z.object({ id: z.string(), suspect: z.number().optional(), affected: z.boolean() }),
          ),
          calls: z.array(z.object({ from: z.string(), to: z.string() })),
        })
        .optional(),
    }),
  ),
});

describe.skipIf(missing.length > 0)('with a real Prometheus', () => {
  const dir = temporaryFolder('topology');
  const shop = new ShopExporter();
  let prometheus: LoopbackServer;
  let foreshock: LoopbackServer;
  const config = `${dir}/foreshock.yaml`;

  async function exported() {
    const { code, stdout, stderr } = await foreshockBeside(['topology', 'export', '--config', config]);
    expect([code, stderr]).toEqual([0, '']);
    return exportSchema.parse(JSON.parse(stdout));
  }

  async function view() {
    const answer = await fetch(`${foreshock.url}/api/v1/incidents`);
    return incidentsSchema.parse(await answer.json()).data[0];
  }

  const post = (path: string, body: unknown) =>
    fetch(`${foreshock.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  beforeAll(async () => {
    const targets = [{ targets: [await shop.listen()], labels: {} }];
    prometheus = await createPrometheusServer({ dir, targets });
    await prometheus.start();
    foreshock = await createForeshock(
      dir,
      `prometheus: {url: "${prometheus.url}", scrape_interval: 2s}
packs: [service]
global: {step: 2s, delay: 2s}
correlation: {group_wait: 2s}
storage: {path: "${dir}/state"}`,
    );
  });

  afterAll(async () => {
    await Promise.all([foreshock?.stop(), prometheus?.stop()]);
    await shop.close();
    rmSync(dir, { recursive: true, force: true });
  });

  it('the graph is told by spans, mesh, clients and the cluster, each under its name', async () => {
    const { nodes, edges } = await until('all edges are there', async () => {
      const graph = await exported();
      return graph.edges.length >= 5 && graph;
    });
    const told = edges.map(({ from, to, kind, confidence, saidBy }) => {
      const names = saidBy.map(({ source }) => source).sort();
      return `${from} ${kind} ${to}: ${names.join(', ')} ${confidence > 0.9}`;
    });
    expect(told).toEqual([
      'agent runs on node-1: prometheus/kubernetes true',
      'cart is served by cart-1: prometheus/kubernetes true',
      'cart calls prices: prometheus/http_client true',
      'cart-1 runs on node-1: prometheus/kubernetes true',
      'front calls cart: prometheus/istio, prometheus/service_graph true',
    ]);
    const kinds = Object.fromEntries(nodes.map(({ id, kind }) => [id, kind]));
    expect(kinds).toMatchObject({ front: 'service', 'cart-1': 'pod', 'node-1': 'node' });
  });

  it('a new image and a change that was told are evidence, and stand in the timeline, also after a restart', async () => {
    await foreshock.start();
    const known = () => readValues(`${dir}/state`, 'change-states');
    await until('the image is known', () => known().some(([key]) => key.includes('image')));
    shop.image = 'registry.example/cart:v2';
    await until('the new image is known', () =>
      known().some(([, value]) => new TextDecoder().decode(value).includes('cart:v2')),
    );
    const told = { entity: { service: 'cart' }, kind: 'config', text: 'timeout 5 s', t: Date.now() - 60_000 };
    expect(await (await post('/webhook/change', told)).json()).toMatchObject({ taken: 1 });
    await foreshock.stop('SIGKILL');
    await foreshock.start();
    const alert = {
      status: 'firing',
      labels: { alertname: 'HighErrorRate', service: 'cart', severity: 'critical' },
      startsAt: new Date().toISOString(),
    };
    expect((await post('/api/v2/alerts', [alert])).status).toBe(200);
    const found = await until('the incident is there', async () => (await view())?.incident ?? false);
    expect(found.timeline.filter(({ kind }) => kind === 'change').length).toBeGreaterThanOrEqual(2);
    expect(found.timeline.map(({ what }) => what)).toEqual(
      expect.arrayContaining([
        'config of cart: timeout 5 s',
        expect.stringContaining(
          'the image is registry.example/cart:v2, before it was registry.example/cart:v1',
        ),
      ]),
    );
    expect(found.suspects[0]?.entity).toEqual({ service: 'cart' });
    expect(found.suspects[0]?.evidence.join('\n')).toContain('before it was registry.example/cart:v1');
    const around = await until('its surroundings are there', async () => (await view())?.around ?? false);
    expect(around.things[0]).toEqual({ id: 'cart', suspect: 1, affected: true });
    expect(around.calls).toEqual(
      expect.arrayContaining([
        { from: 'front', to: 'cart' },
        { from: 'cart', to: 'prices' },
      ]),
    );
    expect(around.things.map(({ id }) => id)).not.toContain('node-1');
  });

  it('the picture around an incident is there after a crash, also while nobody tells what depends on what', async () => {
    const kept = () => readValues(`${dir}/state`, 'incident-pictures');
    await until('it is stored', () =>
      kept().some(([, value]) => new TextDecoder().decode(value).includes('around')),
    );
    const before = (await view())?.around;
    await foreshock.stop('SIGKILL');
    await prometheus.stop();
    await foreshock.start();
    expect((await view())?.around).toEqual(before);
  });
});
