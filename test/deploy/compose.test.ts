import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { loadAll } from '../../cli/load.ts';
import { missingCommands } from '../integration/loopback-server.ts';

const folder = path.resolve(import.meta.dirname, '../../deploy/compose');
const unit = path.resolve(import.meta.dirname, '../../deploy/systemd/foreshock.service');
const composeSchema = z.object({
  services: z.record(
    z.string(),
    z.looseObject({
      image: z.string(),
      read_only: z.boolean().default(false),
      cap_drop: z.array(z.string()).default([]),
      ports: z.array(z.string()).default([]),
      volumes: z.array(z.string()).default([]),
      depends_on: z.array(z.string()).default([]),
    }),
  ),
  volumes: z.record(z.string(), z.unknown()),
});
const { services, volumes } = composeSchema.parse(
  parse(readFileSync(path.join(folder, 'compose.yaml'), 'utf8'), { merge: true }),
);

it('compose wires foreshock to the three that it works with, on loopback only', () => {
  expect(Object.keys(services).sort()).toEqual([
    'alertmanager',
    'foreshock',
    'grafana',
    'node-exporter',
    'prometheus',
  ]);
  for (const { ports } of Object.values(services))
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  for (const { depends_on } of Object.values(services))
    for (const name of depends_on) expect(services).toHaveProperty(name);
});

it.each(Object.entries(services))('%s has no capability, and mounts only what is there', (_, service) => {
  expect(service.cap_drop).toEqual(['ALL']);
  expect(service.image).toMatch(/:v?\d+\.\d+\.\d+$/);
  for (const volume of service.volumes) {
    const [from = ''] = volume.split(':');
    if (from.startsWith('.')) expect(existsSync(path.join(folder, from)), volume).toBe(true);
    else if (!from.startsWith('/')) expect(volumes).toHaveProperty(from);
  }
});

it('the config of foreshock has no mistakes and asks the others by their names', () => {
  expect(loadAll(path.join(folder, 'foreshock.yaml'))).toMatchObject({
    config: {
      prometheus: [{ url: 'http://prometheus:9090' }],
      alertmanager: { url: 'http://alertmanager:9093' },
    },
  });
});

it.skipIf(missingCommands('promtool', 'amtool').length > 0).each([
  ['promtool', ['check', 'config', '--syntax-only', path.join(folder, 'prometheus.yml')]],
  ['amtool', ['check-config', path.join(folder, 'alertmanager.yml')]],
])('%s has nothing against its config', (command, args) => {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
});

it.skipIf(missingCommands('systemd-analyze').length > 0)(
  'systemd takes the unit and finds it hardly exposed',
  () => {
    const verified = spawnSync('systemd-analyze', ['verify', '--man=no', unit], { encoding: 'utf8' });
    // Whether Node.js lies at /usr/bin is the machine's business.
    const said = verified.stderr
      .split('\n')
      .filter(line => line !== '' && !line.includes('is not executable'));
    expect(said).toEqual([]);
    const args = ['security', '--offline=true', '--no-pager', '--threshold=20', unit];
    const { status, stdout } = spawnSync('systemd-analyze', args, { encoding: 'utf8' });
    expect(status, stdout.slice(-200)).toBe(0);
  },
);
