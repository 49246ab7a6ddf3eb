import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { isTimeout } from './call-failure.ts';

const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** What one service says of itself to Prometheus: requests answered, calls made, its version, and its process. */
export class ServiceMetrics {
  readonly registry = new Registry();
  readonly #service: string;
  readonly #requests = new Counter({
    name: 'http_requests_total',
    help: 'requests answered',
    labelNames: ['service', 'route', 'code'],
    registers: [this.registry],
  });
  readonly #requestSeconds = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'time to answer',
    labelNames: ['service', 'route'],
    buckets,
    registers: [this.registry],
  });
  readonly #calls = new Counter({
    name: 'http_client_requests_total',
    help: 'calls made',
    labelNames: ['service', 'peer_service', 'code'],
    registers: [this.registry],
  });
  readonly #callSeconds = new Histogram({
    name: 'http_client_request_duration_seconds',
    help: 'time of calls made',
    labelNames: ['service', 'peer_service'],
    buckets,
    registers: [this.registry],
  });

  constructor(service: string, version: string) {
    this.#service = service;
    collectDefaultMetrics({ register: this.registry });
    const build = new Gauge({
      name: 'app_build_info',
      help: 'version',
      labelNames: ['service', 'version'],
      registers: [this.registry],
    });
    build.set({ service, version }, 1);
  }

  /** Counts one answered request. */
  answered(route: string, code: number, seconds: number): void {
    this.#requests.inc({ service: this.#service, route, code: String(code) });
    this.#requestSeconds.observe({ service: this.#service, route }, seconds);
  }

  /** Makes one call to a peer and counts it: 200, 504 when it was too slow, else 503. */
  async called<T>(peer: string, call: () => Promise<T>): Promise<T> {
    const from = performance.now();
    let code = '200';
    try {
      return await call();
    } catch (error) {
      code = isTimeout(error) ? '504' : '503';
      throw error;
    } finally {
      const labels = { service: this.#service, peer_service: peer };
      this.#calls.inc({ ...labels, code });
      this.#callSeconds.observe(labels, (performance.now() - from) / 1000);
    }
  }
}
