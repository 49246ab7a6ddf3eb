import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { configs } from './configs.ts';
import { Disks } from './disks.ts';
import { address, type Layout, type Part, type Role, roles } from './layout.ts';
import { PostgresClient } from './postgres-client.ts';
import { asPostgres, initCluster, schema, serverArguments } from './postgresql.ts';
import { Processes, ready, settled } from './processes.ts';
import { goodVersion, type ServiceConfig } from './service-config.ts';

const serviceProgram = path.join(import.meta.dirname, 'service.js');
const nameProgram = path.join(import.meta.dirname, 'name-server.js');
/** The disks by who writes there, in MiB. */
const diskSizes = { frontend: 8, catalog: 16, checkout: 16, postgresql: 128 };

/** One running system: made with its layout, started, broken by a fault, and stopped at the end. */
export class Lab {
  readonly layout: Layout;
  readonly disks: Disks;
  readonly #processes: Processes;

  constructor(layout: Layout) {
    this.layout = layout;
    this.disks = new Disks(layout.file('disks'));
    this.#processes = new Processes(name => layout.file(`${name}.log`));
  }

  /** Writes the configs and starts everything; resolves when all servers answer. */
  async start(): Promise<void> {
    const { layout } = this;
    mkdirSync(layout.file('logs'), { recursive: true });
    // The workers of nginx drop root, and must still reach their folder.
    chmodSync(layout.dir, 0o755);
    for (const [name, text] of Object.entries(configs(layout))) writeFileSync(layout.file(name), text);
    this.#makeDisks();
    for (const part of ['redis', 'postgresql', 'dns'] as const) this.#startPart(part);
    await ready(`http://${address(layout.dns)}/metrics`);
    for (const role of roles)
      for (const port of layout.services[role]) this.#startService(role, port, goodVersion);
    const ports = Object.values(layout.services).flat();
    await Promise.all(ports.map(port => ready(`http://${address(port)}/metrics`)));
    await this.#makeTables();
    this.#startNginx();
    this.#startExporters();
    this.#startMonitoring();
    await ready(`http://${address(layout.nginx)}/stub`);
    await ready(`http://${address(layout.alertmanager)}/-/ready`);
    await ready(`http://${address(layout.prometheus)}/-/ready`);
  }

  async stop(): Promise<void> {
    await this.#processes.stopAll();
    this.disks.unmount();
  }

  /** Kills everything of a part at once; it stays down until `revive`. */
  async kill(part: Part): Promise<void> {
    // The workers of PostgreSQL would outlive a kill; this is its "immediate" end, which leaves a crash behind.
    if (part === 'postgresql') await this.#processes.kill(part, 'SIGQUIT');
    else if (part === 'redis' || part === 'dns') await this.#processes.kill(part);
    else for (const port of this.layout.services[part]) await this.killService(part, port);
  }

  /** Whether a part that is one process is there. */
  runs(part: 'redis' | 'postgresql' | 'dns'): boolean {
    return this.#processes.runs(part);
  }

  revive(part: Part): void {
    if (part === 'postgresql' || part === 'redis' || part === 'dns') this.#startPart(part);
    else for (const port of this.layout.services[part]) this.reviveService(part, port);
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

  async #makeTables(): Promise<void> {
    const client = new PostgresClient(this.layout.postgresql);
    await settled(() => client.run(schema));
    client.close();
  }

  #startService(role: Role, port: number, version: string): void {
    const { redis, postgresql, dns, services, file } = this.layout;
    const name = `${role}-${port}`;
    const config: ServiceConfig = {
      role,
      port,
      version,
      redis,
      postgresql,
      dns,
      catalog: services.catalog,
      checkout: services.checkout,
      log: file(`logs/${name}.jsonl`),
      disk: this.disks.folder(role),
    };
    this.#processes.start(name, process.execPath, [serviceProgram, JSON.stringify(config)]);
  }

  #makeDisks(): void {
    for (const [name, size] of Object.entries(diskSizes)) this.disks.make(name, size);
    initCluster(this.disks.folder('postgresql'));
  }

  #startPart(part: 'redis' | 'postgresql' | 'dns'): void {
    const { dir } = this.layout;
    const port = this.layout[part];
    const redis = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', dir];
    const names = roles.map(role => `${role}.lab`);
    const commands: Readonly<Record<typeof part, readonly [string, readonly string[]]>> = {
      redis: ['redis-server', redis],
      postgresql: asPostgres('postgres', serverArguments(this.disks.folder('postgresql'), port)),
      dns: [process.execPath, [nameProgram, String(port), ...names]],
    };
    this.#processes.start(part, ...commands[part]);
  }

  #startNginx(): void {
    const { dir, file } = this.layout;
    const args = ['-c', file('nginx.conf'), '-p', dir, '-e', file('nginx-start.log')];
    this.#processes.start('nginx', 'nginx', args);
  }

  #startExporters(): void {
    const { redis, redisExporter, nginx, nginxExporter, nodeExporter } = this.layout;
    const { postgresql, postgresqlExporter } = this.layout;
    this.#processes.start('postgresql-exporter', 'env', [
      `DATA_SOURCE_NAME=postgresql://lab@${address(postgresql)}/postgres?sslmode=disable`,
      'prometheus-postgres-exporter',
      `--web.listen-address=${address(postgresqlExporter)}`,
    ]);
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
