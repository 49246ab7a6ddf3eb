import { createServer, type Server } from 'node:http';
import { createRandom } from '../../core/random.ts';

/** How one service behaves: median latency in seconds and the share of requests that fail. */
export interface Behaviour {
  readonly latency: number;
  readonly errors: number;
}

/** An entry of Prometheus' `static_configs`. */
export interface ScrapeTarget {
  readonly targets: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

const services = ['checkout', 'payments'];
const edges = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, Number.POSITIVE_INFINITY];
export const healthy: Behaviour = { latency: 0.06, errors: 0.004 };

/** Counters of one service: requests by code and the latency histogram. */
class RedCounters {
  readonly service: string;
  behaviour = healthy;
  #ok = 0;
  #failed = 0;
  #sum = 0;
  #cpu = 0;
  #memory = 0;
  readonly #buckets = new Float64Array(edges.length);

  constructor(service: string) {
    this.service = service;
  }

  /** Adds one second: about 60 requests with log-normal latencies. */
  advance(random: () => number): void {
    const requests = 52 + Math.floor(random() * 17);
    this.#cpu += 0.001 * requests + 0.02 * random();
    this.#memory = 80e6 + Math.floor(random() * 1e6);
    for (let i = 0; i < requests; i++) {
      const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
      const latency = this.behaviour.latency * Math.exp(0.5 * normal);
      if (random() < this.behaviour.errors) this.#failed++;
      else this.#ok++;
      this.#sum += latency;
      this.#buckets[edges.findIndex(edge => latency <= edge)]! += 1;
    }
  }

  /** Lines of the text format, without a time. */
  lines(): readonly string[] {
    const labels = `service="${this.service}",job="web",instance="${this.service}-1:8080"`;
    const name = 'http_request_duration_seconds';
    let count = 0;
    const buckets = edges.map((edge, k) => {
      count += this.#buckets[k]!;
      return `${name}_bucket{${labels},le="${Number.isFinite(edge) ? edge : '+Inf'}"} ${count}`;
    });
    return [
      `http_requests_total{${labels},code="200"} ${this.#ok}`,
      `http_requests_total{${labels},code="500"} ${this.#failed}`,
      ...buckets,
      `${name}_count{${labels}} ${count}`,
      `${name}_sum{${labels}} ${this.#sum}`,
      `process_cpu_seconds_total{${labels}} ${this.#cpu}`,
      `process_resident_memory_bytes{${labels}} ${this.#memory}`,
    ];
  }
}

/** An exporter of two services whose past can be written as history and that goes on from there when scraped. */
export class MisbehavingExporter {
  readonly #counters = services.map(service => new RedCounters(service));
  readonly #random: () => number;
  readonly #vanished = new Set<string>();
  #at: number;
  #server: Server | undefined;

  /** `start` is ms; the past begins there. */
  constructor(start: number, seed: number) {
    this.#at = start;
    this.#random = createRandom(seed);
  }

  behave(service: string, behaviour: Behaviour): void {
    this.#advance(Date.now());
    for (const each of this.#counters) if (each.service === service) each.behaviour = behaviour;
  }

  /** From now on the service does not answer any scrape. */
  vanish(service: string): void {
    this.#vanished.add(service);
  }

  /** OpenMetrics text of every `step` ms until `end`; the counters stand at `end` afterwards. */
  history(end: number, step: number): string {
    const lines: string[] = [];
    for (let t = this.#at; t <= end; t += step) {
      this.#advance(t);
      for (const each of this.#counters) {
        const up = `up{service="${each.service}",job="web",instance="${each.service}-1:8080"} 1`;
        lines.push(...[...each.lines(), up].map(line => `${line} ${t / 1000}`));
      }
    }
    return [...bySeries(lines), '# EOF', ''].join('\n');
  }

  /** Serves each service at the path of its name on loopback; answers what Prometheus should scrape. */
  async listen(): Promise<readonly ScrapeTarget[]> {
    const server = createServer((request, response) => {
      this.#advance(Date.now());
      const asked = this.#counters.filter(each => request.url === `/${each.service}`);
      if (asked.some(each => this.#vanished.has(each.service))) return void response.destroy();
      response.setHeader('content-type', 'text/plain; version=0.0.4');
      response.end([...asked.flatMap(each => each.lines()), ''].join('\n'));
    });
    this.#server = server;
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no TCP port');
    return services.map(service => ({
      targets: [`127.0.0.1:${address.port}`],
      labels: { service, instance: `${service}-1:8080`, __metrics_path__: `/${service}` },
    }));
  }

  async close(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise(resolve => (this.#server === undefined ? resolve(0) : this.#server.close(resolve)));
  }

  #advance(until: number): void {
    for (; this.#at + 1000 <= until; this.#at += 1000)
      for (const each of this.#counters) each.advance(this.#random);
  }
}

/** Lines of one series together and in order of time, as the format wants them. */
function bySeries(lines: readonly string[]): readonly string[] {
  const groups = new Map<string, string[]>();
  for (const line of lines) {
    const name = line.slice(0, line.indexOf('}'));
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [line]);
    else group.push(line);
  }
  return [...groups.values()].flat();
}
