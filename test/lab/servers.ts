import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { configs } from './configs.ts';
import { address, type Layout, type Role, roles } from './layout.ts';
import { Processes, ready } from './processes.ts';
import { goodVersion, type ServiceConfig } from './service-config.ts';

const serviceProgram = path.join(import.meta.dirname, 'service.js');

/** One running system: made with its layout, started, broken by a fault, and stopped at the end. */
export class Lab {
  readonly layout: Layout;
  readonly #processes: Processes;

  constructor(layout: Layout) {
    this.layout = layout;
    this.#processes = new Processes(name => layout.file(`${name}.log`));
  }

  /** Writes the configs and starts everything; resolves when all servers answer. */
  async start(): Promise<void> {
    const { layout } = this;
    mkdirSync(layout.file('logs'), { recursive: true });
    // The workers of nginx drop root, and must still reach their folder.
    chmodSync(layout.dir, 0o755);
    for (const [name, text] of Object.entries(configs(layout))) writeFileSync(layout.file(name), text);
    this.#startRedis();
    for (const role of roles)
      for (const port of layout.services[role]) this.#startService(role, port, goodVersion);
    const ports = Object.values(layout.services).flat();
    await Promise.all(ports.map(port => ready(`http://${address(port)}/metrics`)));
    this.#startNginx();
    this.#startExporters();
    this.#startMonitoring();
    await ready(`http://${address(layout.nginx)}/stub`);
    await ready(`http://${address(layout.alertmanager)}/-/ready`);
    await ready(`http://${address(layout.prometheus)}/-/ready`);
  }

  stop(): Promise<void> {
    return this.#processes.stopAll();
  }

  /** Kills one instance of a service at once; it stays down until `revive`. */
  killService(role: Role, port: number): Promise<void> {
    return this.#processes.kill(`${role}-${port}`);
  }

  reviveService(role: Role, port: number): void {
    this.#startService(role, port, goodVersion);
  }

  /** Replaces all instances of a service by another version, one after the other. */
  async deploy(role: Role, version: string): Promise<void> {
    for (const port of this.layout.services[role]) {
      await this.killService(role, port);
      this.#startService(role, port, version);
    }
  }

  signalRedis(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#processes.signal('redis', signal);
  }

  #startService(role: Role, port: number, version: string): void {
    const { redis, services, file } = this.layout;
    const name = `${role}-${port}`;
    const config: ServiceConfig = {
      role,
      port,
      version,
      redis,
      catalog: services.catalog,
      checkout: services.checkout,
      log: file(`logs/${name}.jsonl`),
    };
    this.#processes.start(name, process.execPath, [serviceProgram, JSON.stringify(config)]);
  }

  #startRedis(): void {
    const { redis, dir } = this.layout;
    this.#processes.start('redis', 'redis-server', [
      ...['--port', String(redis), '--bind', '127.0.0.1'],
      ...['--save', '', '--dir', dir],
    ]);
  }

  #startNginx(): void {
    const { dir, file } = this.layout;
    const args = ['-c', file('nginx.conf'), '-p', dir, '-e', file('nginx-start.log')];
    this.#processes.start('nginx', 'nginx', args);
  }

  #startExporters(): void {
    const { redis, redisExporter, nginx, nginxExporter, nodeExporter } = this.layout;
    this.#processes.start('redis-exporter', 'prometheus-redis-exporter', [
      ...['-redis.addr', `redis://${address(redis)}`],
      ...['-web.listen-address', address(redisExporter)],
    ]);
    this.#processes.start('nginx-exporter', 'prometheus-nginx-exporter', [
      ...['-nginx.scrape-uri', `http://${address(nginx)}/stub`],
      ...['-web.listen-address', address(nginxExporter)],
    ]);
    this.#processes.start('node-exporter', 'prometheus-node-exporter', [
      `--web.listen-address=${address(nodeExporter)}`,
    ]);
  }

  #startMonitoring(): void {
    const { prometheus, alertmanager, file } = this.layout;
    this.#processes.start('alertmanager', 'prometheus-alertmanager', [
      `--config.file=${file('alertmanager.yml')}`,
      `--storage.path=${file('alertmanager')}`,
      `--web.listen-address=${address(alertmanager)}`,
      '--cluster.listen-address=',
    ]);
    this.#processes.start('prometheus', 'prometheus', [
      `--config.file=${file('prometheus.yml')}`,
      `--storage.tsdb.path=${file('tsdb')}`,
      `--web.listen-address=${address(prometheus)}`,
      '--rules.alert.resend-delay=2s',
    ]);
  }
}
