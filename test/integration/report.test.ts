import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ReportSchedule } from '../../cli/report-schedule.ts';
import { capacityReportSchema } from '../../reports/json.ts';
import { openStore } from '../../store/sqlite.ts';
import { createAuthority } from '../certificates.ts';
import { foreshockBeside } from '../cli/command.ts';
import { pdfPages } from '../pdf-text.ts';
import { createForeshock, ownMetric } from './foreshock-server.ts';
import { type LoopbackServer, missingCommands, temporaryFolder, until } from './loopback-server.ts';
import { createMailServer, type MailServer } from './mail-server.ts';
import { createPrometheusServer } from './prometheus-server.ts';

const missing = missingCommands('prometheus', 'promtool');
const day = 86_400_000;
const hour = 3_600_000;
const size = 100e9;

/** By mount what is used, days before now. */
const mounts: Readonly<Record<string, (daysAgo: number) => number>> = {
  '/var': ago => size * (0.88 - 0.01 * ago),
  '/srv': ago => size * (0.1 + 0.005 * Math.sin(ago)),
  '/full': () => size,
};

/** 60 days of a node's filesystems, a sample an hour, as OpenMetrics. */
function history(now: number): string {
  const times = Array.from({ length: 60 * 24 }, (_, k) => now - (60 * 24 - k) * hour);
  const family = (name: string, value: (used: number) => number) => [
    `# TYPE ${name} gauge`,
    ...Object.entries(mounts).flatMap(([mountpoint, used]) =>
      times.map(t => {
        const labels = `instance="db-1:9100",mountpoint="${mountpoint}",fstype="ext4"`;
        return `${name}{${labels}} ${Math.round(value(used((now - t) / day)))} ${t / 1000}`;
      }),
    ),
  ];
  const lines = [
    ...family('node_filesystem_size_bytes', () => size),
    ...family('node_filesystem_avail_bytes', used => size - used),
  ];
  return `${lines.join('\n')}\n# EOF\n`;
}

interface Hook {
  readonly url: string;
  readonly bodies: unknown[];
  readonly server: Server;
}

async function createHook(): Promise<Hook> {
  const bodies: unknown[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    bodies.push(JSON.parse(Buffer.concat(chunks).toString('utf8')));
    response.end();
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP port');
  return { url: `http://127.0.0.1:${address.port}/`, bodies, server };
}

describe.skipIf(missing.length > 0)('the capacity report of a real Prometheus', () => {
  const dir = temporaryFolder('report');
  const now = Math.floor(Date.now() / hour) * hour;
  const authority = createAuthority(dir, 'mail');
  const certificate = authority.issue('localhost', { names: 'DNS:localhost' });
  const login = { user: 'foreshock', password: 'hunter2-secret' };
  let prometheus: LoopbackServer;
  let mail: MailServer;
  let hook: Hook;

  beforeAll(async () => {
    prometheus = await createPrometheusServer({ dir, targets: [], history: history(now), retention: '1y' });
    mail = await createMailServer({ certificate, login });
    hook = await createHook();
    await prometheus.start();
  });
  afterAll(async () => {
    await prometheus?.stop();
    await mail?.close();
    hook?.server.closeAllConnections();
    hook?.server.close();
    rmSync(dir, { recursive: true, force: true });
  });

  it('is made by a command: what fills up with its date, what is over, what is not needed', async () => {
    const config = `${dir}/command.yaml`;
    writeFileSync(
      config,
      `prometheus: {url: "${prometheus.url}"}\npacks: [node]\nstorage: {path: "${dir}/none"}\n`,
    );
    const { code, stdout, stderr } = await foreshockBeside([
      'report',
      'capacity',
      '--config',
      config,
      '--out',
      `${dir}/out`,
    ]);
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('4 files in') });
    expect(stderr).toContain('reading node/filesystem@prometheus, 2 of 2 resources\n');
    const files = stdout.trim().split('\n');
    expect(files.map(file => file.replace(/^.*\./, ''))).toEqual(['html', 'pdf', 'csv', 'json']);
    const report = capacityReportSchema.parse(JSON.parse(readFileSync(files[3]!, 'utf8')));
    const found = new Map(report.resources.map(each => [each.entity.mountpoint, each]));
    expect(found.get('/full')).toMatchObject({ verdict: 'over', answer: 'already over' });
    expect(found.get('/var')).toMatchObject({ verdict: 'soon' });
    const left = (Date.parse(found.get('/var')!.full_at!) - now) / day;
    expect(left).toBeGreaterThan(9);
    expect(left).toBeLessThan(15);
    expect(found.get('/var')!.cause).toMatch(/^grows by (9\d\d MB|1(\.\d+)? GB) a day/);
    expect(found.get('/srv')).toMatchObject({ verdict: 'clear' });
    expect(report.over_provisioned.map(({ name }) => name)).toEqual([
      'Filesystem of db-1:9100, mountpoint /srv',
    ]);
    expect(pdfPages(readFileSync(files[1]!))[0]).toContain('mountpoint /var');
    expect(existsSync(`${dir}/none`)).toBe(false);
  });

  it('says that Prometheus does not answer, and exits with 3', async () => {
    const config = `${dir}/gone.yaml`;
    writeFileSync(
      config,
      `prometheus: {url: "http://127.0.0.1:1"}\npacks: [node]\nstorage: {path: "${dir}/none"}\n`,
    );
    const { code, stderr } = await foreshockBeside([
      'report',
      'capacity',
      '--config',
      config,
      '--out',
      `${dir}/out3`,
      '--format',
      'csv',
    ]);
    expect(code).toBe(3);
    expect(stderr).toMatch(
      /not in the report: Capacity: .*ECONNREFUSED|not in the report: Capacity: .*refused/,
    );
    expect(stderr).toContain('no resource is known: the sources of metrics could not be read');
    expect(readdirSync(`${dir}/out3`)).toHaveLength(1);
  });

  it.each([
    ['postgresql', 'no resource is known: the sources of metrics have no values of postgresql/'],
    ['service', 'no resource is known: no pack of the config declares one (capacity)'],
  ])('says that nothing is known of %s, and exits with 1', async (pack, words) => {
    const config = `${dir}/nothing.yaml`;
    writeFileSync(
      config,
      `prometheus: {url: "${prometheus.url}"}\npacks: [${pack}]\nstorage: {path: "${dir}/none"}\n`,
    );
    const flags = ['--config', config, '--out', `${dir}/out1`, '--format', 'csv'];
    const { code, stderr } = await foreshockBeside(['report', 'capacity', ...flags]);
    expect(stderr).toContain(words);
    expect(code).toBe(1);
  });

  it('is sent by a daemon that was down when it was due: once, to everybody, and not again after a restart', async () => {
    writeFileSync(`${dir}/password`, login.password);
    const store = openStore(`${dir}/state`);
    const { name } = new ReportSchedule('0 8 * * 1', 'Europe/Berlin');
    const longAgo = { schedule: name, at: now - 20 * day };
    store.values('report').set('schedule', new TextEncoder().encode(JSON.stringify(longAgo)));
    store.close();
    const config = `prometheus: {url: "${prometheus.url}"}
packs: [node]
global: {step: 1s}
storage: {path: "${dir}/state"}
report:
  time_zone: Europe/Berlin
  folder: "${dir}/folder"
  webhook: {url: "${hook.url}"}
  smtp:
    smarthost: "${mail.smarthost}"
    from: foreshock@example.com
    to: [sre@example.com]
    auth_username: ${login.user}
    auth_password_file: "${dir}/password"
    tls_config: {ca_file: "${authority.ca_file}"}`;
    const foreshock = await createForeshock(dir, config);
    await foreshock.start();
    const sent = (target: string) =>
      ownMetric(foreshock, `foreshock_reports_total{target="${target}",outcome="delivered"}`);
    await until('it is sent to everybody', async () => {
      const counts = await Promise.all(['smtp', 'webhook', 'folder'].map(sent));
      return counts.every(count => count === 1);
    });
    await foreshock.stop();
    await foreshock.start();
    await until('it listens again', () => foreshock.log().split('listening on').length === 3);
    await foreshock.stop();

    const [letter] = mail.letters;
    expect(letter!.parts[0]!.bytes.toString('utf8')).toContain(
      'Filesystem of db-1:9100, mountpoint /var: full on',
    );
    expect(letter!.parts.map(({ name: file }) => file?.replace(/^.*\./, ''))).toEqual([
      undefined,
      undefined,
      'html',
      'pdf',
    ]);
    expect([mail.letters.length, hook.bodies.length]).toEqual([1, 1]);
    const body = z.object({ text: z.string(), report: capacityReportSchema }).parse(hook.bodies[0]);
    expect(body.text).toContain('mountpoint /var');
    expect(body.report.resources).toHaveLength(3);
    expect(readdirSync(`${dir}/folder`).map(file => file.replace(/^.*\./, ''))).toEqual(['html', 'pdf']);
    expect(foreshock.log()).not.toContain('hunter2');
  });
});
