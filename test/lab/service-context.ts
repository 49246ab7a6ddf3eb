import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Agent, request } from 'node:http';
import { Counter, collectDefaultMetrics, Gauge, Histogram } from 'prom-client';
import { Redis, type Reply } from './resp.ts';

/** How a service process is told who it is and whom it calls. */
export interface ServiceConfig {
  readonly service: string;
  readonly instance: string;
  readonly port: number;
  readonly version: string;
  readonly redis: number;
  readonly peers: Readonly<Record<string, readonly number[]>>;
  readonly log: string;
}

/** A failure that has an HTTP status. */
export class HttpError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** What each request handler works with: config, metrics, log, and the ways to the peers. */
export class Context {
  readonly config: ServiceConfig;
  readonly requests = new Counter({
    name: 'http_requests_total',
    help: 'Requests answered.',
    labelNames: ['service', 'route', 'code'],
  });
  readonly seconds = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time to answer a request.',
    labelNames: ['service', 'route'],
    buckets,
  });
  readonly #calls = new Counter({
    name: 'http_client_requests_total',
    help: 'Calls made to a peer.',
    labelNames: ['service', 'peer_service', 'code'],
  });
  readonly #callSeconds = new Histogram({
    name: 'http_client_request_duration_seconds',
    help: 'Time that a call to a peer took.',
    labelNames: ['service', 'peer_service'],
    buckets,
  });
  readonly #log: ReturnType<typeof createWriteStream>;
  readonly #redis: Redis;

  constructor(config: ServiceConfig) {
    this.config = config;
    this.#log = createWriteStream(config.log, { flags: 'a' });
    this.#redis = new Redis(config.redis, 1000);
    collectDefaultMetrics();
    const build = new Gauge({
      name: 'app_build_info',
      help: 'Always 1; the labels tell the version.',
      labelNames: ['service', 'version'],
    });
    build.set({ service: config.service, version: config.version }, 1);
  }

  log(level: string, trace: string, message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    const { service, instance } = this.config;
    const time = new Date().toISOString();
    this.#log.write(
      `${JSON.stringify({ time, level, service, instance, trace_id: trace, message, ...fields })}\n`,
    );
  }

  redis(...command: readonly string[]): Promise<Reply> {
    return this.#measured('redis', async () => {
      try {
        return { status: 200, value: await this.#redis.send(...command) };
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        throw new HttpError(message.includes('timed out') ? 504 : 503, message);
      }
    });
  }

  /** Calls one of a peer's instances by chance; a GET that finds no server is tried once more on the next one. */
  async call(peer: string, method: string, path: string, trace: string): Promise<string> {
    const ports = this.config.peers[peer]!;
    const turn = Math.floor(Math.random() * ports.length);
    const to = (n: number): Exchange => ({ port: ports[n % ports.length]!, method, path, trace, peer });
    try {
      return await this.#callOnce(to(turn));
    } catch (error) {
      const again = method === 'GET' && error instanceof HttpError && error.status === 503;
      if (!again || ports.length < 2) throw error;
      this.log('warn', trace, `retrying ${method} on another instance of ${peer}`, { reason: error.message });
      return this.#callOnce(to(turn + 1));
    }
  }

  #callOnce(call: Exchange): Promise<string> {
    const { peer } = call;
    return this.#measured(peer, async () => {
      const { status, value } = await exchange(call);
      if (status >= 500) throw new HttpError(status, `${peer} answered ${status}`);
      return { status, value };
    });
  }

  async #measured<T>(peer: string, work: () => Promise<{ status: number; value: T }>): Promise<T> {
    const { service } = this.config;
    const from = performance.now();
    let code = 500;
    try {
      const { status, value } = await work();
      code = status;
      return value;
    } catch (error) {
      if (error instanceof HttpError) code = error.status;
      throw error;
    } finally {
      this.#calls.inc({ service, peer_service: peer, code: String(code) });
      this.#callSeconds.observe({ service, peer_service: peer }, (performance.now() - from) / 1000);
    }
  }
}

interface Exchange {
  readonly port: number;
  readonly method: string;
  readonly path: string;
  readonly trace: string;
  readonly peer: string;
}

function exchange(e: Exchange): Promise<{ status: number; value: string }> {
  return new Promise((resolve, reject) => {
    const options = { agent, host: '127.0.0.1', port: e.port, method: e.method, path: e.path };
    const out = request({ ...options, headers: { 'x-trace-id': e.trace } }, answer => {
      let body = '';
      answer.setEncoding('utf8').on('data', part => {
        body += part;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 500, value: body }));
      answer.on('error', () => reject(new HttpError(502, `${e.peer} broke off its answer`)));
    });
    out.setTimeout(2000, () => out.destroy(new HttpError(504, `${e.peer} timed out after 2 s`)));
    out.on('error', (error: NodeJS.ErrnoException) =>
      reject(
        error instanceof HttpError
          ? error
          : new HttpError(503, `${e.peer} unreachable: ${error.code ?? '?'}`),
      ),
    );
    out.end();
  });
}

export function newTrace(): string {
  return randomBytes(16).toString('hex');
}
