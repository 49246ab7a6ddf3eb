import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isTimeout } from './call-failure.ts';
import { Journal } from './journal.ts';
import { address } from './layout.ts';
import { NameClient } from './name-client.ts';
import { PeerClient } from './peer-client.ts';
import { PostgresClient } from './postgres-client.ts';
import { RedisClient } from './redis-client.ts';
import { goodVersion, type ServiceConfig, serviceConfigSchema } from './service-config.ts';
import { ServiceLog } from './service-log.ts';
import { ServiceMetrics } from './service-metrics.ts';
import { burn, Troubles } from './service-troubles.ts';

const slowSeconds = 0.5;
const sampleEvery = 40;

const below = (n: number) => Math.floor(Math.random() * n);
const seconds = (from: number) => (performance.now() - from) / 1000;

/** An order as PostgreSQL keeps it, with some text, as orders have. */
function newOrder(cart: number): string {
  return `INSERT INTO orders (item, cart, note) VALUES (${below(500)}, ${cart}, repeat('please ring twice. ', 20))`;
}

class Service {
  readonly #config: ServiceConfig;
  readonly #metrics: ServiceMetrics;
  readonly #log: ServiceLog;
  readonly #redis: RedisClient;
  readonly #postgres: PostgresClient;
  readonly #peers: PeerClient;
  readonly #journal: Journal;
  readonly #troubles = new Troubles();
  #served = 0;

  constructor(config: ServiceConfig) {
    this.#config = config;
    this.#metrics = new ServiceMetrics(config.role, config.version);
    this.#log = new ServiceLog(config.log, { service: config.role, instance: address(config.port) });
    this.#redis = new RedisClient(config.redis);
    this.#postgres = new PostgresClient(config.postgresql);
    const names = new NameClient(config.dns, look => this.#metrics.called('dns', look));
    this.#peers = new PeerClient(name => names.address(name));
    this.#journal = new Journal(path.join(config.disk, `journal-${config.port}`));
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
    } else if (route.startsWith('/fault/')) {
      response.statusCode = this.#troubles.begin(route.slice('/fault/'.length)) ? 200 : 404;
      response.end();
    } else await this.#answer(route, request, response);
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

  async #work(route: string, trace: string): Promise<void> {
    const { role, version } = this.#config;
    burn(0.3 + this.#troubles.extraMs);
    if (role === 'catalog') await this.#lookUp(route);
    else if (role === 'checkout') await this.#order(trace);
    else await this.#page(route, trace);
    if (version !== goodVersion) await this.#newPrices();
  }

  async #lookUp(route: string): Promise<void> {
    const command = route === '/search' ? 'EXISTS' : 'INCR';
    await this.#metrics.called('redis', () => this.#redis.send(command, `item:${below(500)}`));
    await sleep(1 + Math.random() * 4);
    if (route === '/search') burn(1);
    else this.#journal.append(`seen ${below(500)} at ${new Date().toISOString()}`);
  }

  async #order(trace: string): Promise<void> {
    const peer = { name: 'catalog', ports: this.#config.catalog };
    const cart = below(99);
    await this.#metrics.called('catalog', () => this.#peers.call(peer, '/item', trace));
    await this.#metrics.called('redis', () => this.#redis.send('INCR', `cart:${cart}`));
    await this.#metrics.called('postgresql', () => this.#postgres.run(newOrder(cart)));
    this.#journal.append(`ordered cart ${cart} at ${new Date().toISOString()}`);
    await sleep(2 + Math.random() * 6);
  }

  async #newPrices(): Promise<void> {
    await sleep(350 + Math.random() * 500);
    if (Math.random() < 0.3) throw new Error('cannot parse the price list: missing field "currency"');
  }

  async #page(route: string, trace: string): Promise<void> {
    const buys = route === '/buy';
    const name = buys ? 'checkout' : 'catalog';
    const page = route === '/search' ? '/search' : '/item';
    const peer = { name, ports: this.#config[name] };
    await this.#metrics.called(name, () => this.#peers.call(peer, buys ? '/order' : page, trace));
    await sleep(Math.random() * 3);
  }
}

const [text] = process.argv.slice(2);
if (text === undefined) throw new Error('service: expected its config as JSON in the first argument');
new Service(serviceConfigSchema.parse(JSON.parse(text))).listen();
