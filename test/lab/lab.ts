import { mkdirSync, writeFileSync } from 'node:fs';
import { configs } from './configs.ts';
import type { Layout, Target } from './layout.ts';
import { Processes, ready } from './processes.ts';
import { Redis } from './resp.ts';
import type { ServiceConfig } from './service-context.ts';

const loopback = (port: number) => `127.0.0.1:${port}`;

/** One running system: made with its layout and the program of the services, then started, and stopped at the end. */
export class Lab {
  readonly layout: Layout;
  readonly processes: Processes;
  readonly #program: string;

  constructor(layout: Layout, program: string) {
    this.layout = layout;
    this.#program = program;
    this.processes = new Processes(name => layout.file(`${name}.out`));
  }

  async start(): Promise<void> {
    mkdirSync(this.layout.dir, { recursive: true });
    for (const [name, text] of Object.entries(configs(this.layout)))
      writeFileSync(this.layout.file(name), text);
    this.#startRedis();
    for (const target of this.layout.services) this.startService(target, '1.0.0');
    await Promise.all(this.layout.services.map(one => ready(`http://${loopback(one.port)}/metrics`)));
    this.processes.start('nginx', 'nginx', [
      ...['-c', this.layout.file('nginx.conf'), '-p', this.layout.dir],
      ...['-e', this.layout.file('nginx.log')],
    ]);
    await ready(`http://${loopback(this.layout.nginx)}/stub_status`);
    this.#startExporters();
    this.#startMonitoring();
    await ready(`http://${loopback(this.layout.prometheus)}/-/ready`);
    await ready(`http://${loopback(this.layout.alertmanager)}/-/ready`);
  }

  stop(): Promise<void> {
    return this.processes.stopAll();
  }

  targets(service: string): readonly Target[] {
    return this.layout.services.filter(one => one.service === service);
  }

  startService(target: Target, version: string): void {
    const ports = (service: string) => this.targets(service).map(one => one.port);
    const config: ServiceConfig = {
      ...target,
      version,
      redis: this.layout.redis,
      peers: { catalog: ports('catalog'), checkout: ports('checkout') },
      log: this.layout.file(`${target.instance.split(':')[0]}.log`),
    };
    this.processes.start(target.instance, process.execPath, [this.#program, JSON.stringify(config)]);
  }

  /** Replaces one instance by another version of its program. */
  async redeploy(target: Target, version: string): Promise<void> {
    await this.processes.stop(target.instance);
    this.startService(target, version);
    await ready(`http://${loopback(target.port)}/metrics`);
  }

  /** A connection of its own to the lab's Redis. */
  redis(): Redis {
    return new Redis(this.layout.redis, 10_000);
  }

  #startRedis(): void {
    this.processes.start('redis', 'redis-server', [
      ...['--port', String(this.layout.redis), '--bind', '127.0.0.1', '--dir', this.layout.dir],
      ...['--save', '', '--appendonly', 'no', '--enable-debug-command', 'local'],
      ...['--maxmemory', '64mb', '--maxmemory-policy', 'allkeys-lru'],
    ]);
  }

  #startExporters(): void {
    const { exporters, redis, nginx } = this.layout;
    this.processes.start('node', 'prometheus-node-exporter', [
      `--web.listen-address=${loopback(exporters.node)}`,
      '--collector.disable-defaults',
      ...['cpu', 'meminfo', 'diskstats', 'netdev', 'filesystem', 'loadavg', 'stat'].map(
        c => `--collector.${c}`,
      ),
      '--collector.filesystem.mount-points-exclude=^/.+',
      '--collector.netdev.device-exclude=^ifb',
    ]);
    this.processes.start('redis-exporter', 'prometheus-redis-exporter', [
      `-web.listen-address=${loopback(exporters.redis)}`,
      `-redis.addr=redis://${loopback(redis)}`,
    ]);
    this.processes.start('nginx-exporter', 'prometheus-nginx-exporter', [
      `-web.listen-address=${loopback(exporters.nginx)}`,
      `-nginx.scrape-uri=http://${loopback(nginx)}/stub_status`,
    ]);
  }

  #startMonitoring(): void {
    const { prometheus, alertmanager } = this.layout;
    this.processes.start('alertmanager', 'prometheus-alertmanager', [
      `--config.file=${this.layout.file('alertmanager.yml')}`,
      `--storage.path=${this.layout.file('alertmanager')}`,
      `--web.listen-address=${loopback(alertmanager)}`,
      '--web.external-url=http://alertmanager.lab:9093',
      '--cluster.listen-address=',
    ]);
    this.processes.start('prometheus', 'prometheus', [
      `--config.file=${this.layout.file('prometheus.yml')}`,
      `--storage.tsdb.path=${this.layout.file('prometheus')}`,
      `--web.listen-address=${loopback(prometheus)}`,
      '--web.external-url=http://prometheus.lab:9090',
      '--rules.alert.resend-delay=2s',
    ]);
  }
}
