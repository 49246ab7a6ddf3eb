import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { isTimeout } from './call-failure.ts';
import { address } from './layout.ts';
import { PeerClient } from './peer-client.ts';
import { RedisClient } from './redis-client.ts';
import { goodVersion, type ServiceConfig, serviceConfigSchema } from './service-config.ts';
import { ServiceLog } from './service-log.ts';
import { ServiceMetrics } from './service-metrics.ts';

const leakStepMs = 1.5;
const leakEveryMs = 4000;
const leakMostMs = 28;
const slowSeconds = 0.5;
const sampleEvery = 40;

/** Keeps the processor busy. */
function burn(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

const below = (n: number) => Math.floor(Math.random() * n);
const seconds = (from: number) => (performance.now() - from) / 1000;

class Service {
  readonly #config: ServiceConfig;
  readonly #metrics: ServiceMetrics;
  readonly #log: ServiceLog;
  readonly #redis: RedisClient;
  readonly #peers = new PeerClient();
  #leakMs = 0;
  #served = 0;

  constructor(config: ServiceConfig) {
    this.#config = config;
    this.#metrics = new ServiceMetrics(config.role, config.version);
    this.#log = new ServiceLog(config.log, { service: config.role, instance: address(config.port) });
    this.#redis = new RedisClient(config.redis);
  }

  listen(): void {
    const server = createServer((request, response) => void this.#handle(request, response));
    server.listen(this.#config.port, '127.0.0.1', () =>
      this.#log.say('info', `listening, version ${this.#config.version}`),
    );
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const route = (request.url ?? '/').split('?')[0] ?? '/';
    if (route === '/metrics') {
      response.setHeader('content-type', this.#metrics.registry.contentType);
      response.end(await this.#metrics.registry.metrics());
    } else if (route === '/fault/leak') {
      this.#startLeak();
      response.end();
    } else await this.#answer(route, request, response);
  }

  #startLeak(): void {
    const grow = () => {
      this.#leakMs = Math.min(this.#leakMs + leakStepMs, leakMostMs);
    };
    setInterval(grow, leakEveryMs).unref();
  }

  async #answer(route: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const header = request.headers['x-trace-id'];
    const trace_id = typeof header === 'string' ? header : Math.random().toString(16).slice(2, 18);
    const from = performance.now();
    let code = 200;
    try {
      await this.#work(route, trace_id);
    } catch (error) {
      code = isTimeout(error) ? 504 : 500;
      const reason = error instanceof Error ? error.message : String(error);
      this.#log.say('error', `${route} failed: ${reason}`, { trace_id });
    }
    response.statusCode = code;
    response.end();
    const took = seconds(from);
    this.#metrics.answered(route, code, took);
    if (code >= 500) return;
    if (took > slowSeconds) this.#log.say('warn', `${route} took ${took.toFixed(2)} s`, { trace_id });
    else if (this.#served++ % sampleEvery === 0)
      this.#log.say('info', `${route} answered in ${(took * 1000).toFixed(0)} ms`, { trace_id });
  }

  #work(route: string, trace: string): Promise<void> {
    burn(0.3 + this.#leakMs);
    if (this.#config.role === 'catalog') return this.#lookUp(route);
    if (this.#config.role === 'checkout') return this.#order(trace);
    return this.#page(route, trace);
  }

  async #lookUp(route: string): Promise<void> {
    const command = route === '/search' ? 'EXISTS' : 'INCR';
    await this.#metrics.called('redis', () => this.#redis.send(command, `item:${below(500)}`));
    await sleep(1 + Math.random() * 4);
    if (route === '/search') burn(1);
  }

  async #order(trace: string): Promise<void> {
    const { catalog, version } = this.#config;
    await this.#metrics.called('catalog', () => this.#peers.call(catalog, '/item', trace));
    await this.#metrics.called('redis', () => this.#redis.send('INCR', `cart:${below(99)}`));
    if (version !== goodVersion) await this.#newPrices();
    await sleep(2 + Math.random() * 6);
  }

  async #newPrices(): Promise<void> {
    await sleep(350 + Math.random() * 500);
    if (Math.random() < 0.3) throw new Error('cannot parse the price list: missing field "currency"');
  }

  async #page(route: string, trace: string): Promise<void> {
    const { catalog, checkout } = this.#config;
    const path = route === '/search' ? '/search' : '/item';
    if (route === '/buy')
      await this.#metrics.called('checkout', () => this.#peers.call(checkout, '/order', trace));
    else await this.#metrics.called('catalog', () => this.#peers.call(catalog, path, trace));
    await sleep(Math.random() * 3);
  }
}

const [text] = process.argv.slice(2);
if (text === undefined) throw new Error('service: expected its config as JSON in the first argument');
new Service(serviceConfigSchema.parse(JSON.parse(text))).listen();
