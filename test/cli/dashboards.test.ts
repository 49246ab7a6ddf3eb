import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { lintDashboard } from '../../dashboards/lint.ts';
import { foreshock, temporaryFile, temporaryFolder } from './command.ts';

const config = 'prometheus: {url: http://127.0.0.1:9090}\npacks: [node, service]\n';
const configMap = z.object({
  apiVersion: z.literal('v1'),
  kind: z.literal('ConfigMap'),
  metadata: z.object({
    name: z.string(),
    labels: z.looseObject({ grafana_dashboard: z.literal('1') }),
    annotations: z.object({ grafana_folder: z.literal('foreshock') }),
  }),
  data: z.record(z.string(), z.string()),
});
const folderOf = (out: string) => path.join(out, 'dashboards/foreshock');

function build(out: string, ...flags: string[]) {
  return foreshock([
    'dashboards',
    'build',
    '--config',
    temporaryFile('c.yaml', config),
    '--out',
    out,
    ...flags,
  ]);
}

test('the provisioning folder has the dashboards of the fleet and one a pack, all lint-clean', () => {
  const out = path.join(temporaryFolder(), 'new');
  const { code, stderr } = build(out);
  expect(stderr).toBe(`7 files in ${out}\n`);
  expect(code).toBe(0);
  const names = readdirSync(folderOf(out)).sort();
  expect(names).toEqual([
    'foreshock-capacity.json',
    'foreshock-health.json',
    'foreshock-noise.json',
    'foreshock-overview.json',
    'foreshock-pack-node.json',
    'foreshock-pack-service.json',
  ]);
  for (const name of names)
    expect(lintDashboard(JSON.parse(readFileSync(path.join(folderOf(out), name), 'utf8')))).toEqual([]);
  expect(existsSync(path.join(out, 'provisioning/dashboards/foreshock.yaml'))).toBe(true);
});

test('--dry-run writes nothing and says what is new, changed and unchanged', () => {
  const out = temporaryFolder();
  expect(build(out, '--dry-run').stdout.match(/^new /gm)).toHaveLength(7);
  expect(readdirSync(out)).toEqual([]);
  build(out);
  const matched =
    'prometheus: {url: http://127.0.0.1:9090}\npacks: [node, {pack: service, match: \'env="x"\'}]\n';
  const flags = ['--config', temporaryFile('c.yaml', matched), '--out', out, '--dry-run', '--diff'];
  const { code, stdout } = foreshock(['dashboards', 'build', ...flags]);
  expect(stdout).toContain('\nchanged dashboards/foreshock/foreshock-pack-service.json\n');
  expect(stdout).toContain('\nunchanged dashboards/foreshock/foreshock-pack-node.json\n');
  expect(stdout).toMatch(/^ {2}~ panel \d+ ".*"\n {6}targets\[0\]\.expr: ".*" -> ".*env=\\"x\\".*"$/m);
  expect(code).toBe(0);
});

test('a file that a person changed is left alone and told, until one says --overwrite', () => {
  const out = temporaryFolder();
  build(out);
  const file = path.join(folderOf(out), 'foreshock-pack-node.json');
  writeFileSync(file, '{}');
  const { code, stdout, stderr } = build(out);
  expect(stdout).toBe('conflict dashboards/foreshock/foreshock-pack-node.json: it was changed by hand\n');
  expect(stderr).toBe(`6 files in ${out}\n`);
  expect(code).toBe(1);
  expect(readFileSync(file, 'utf8')).toBe('{}');
  expect(build(out, '--overwrite').code).toBe(0);
  expect(build(out, '--dry-run').stdout.match(/^unchanged /gm)).toHaveLength(7);
});

test('--format configmaps writes what the sidecar of Grafana picks up', () => {
  const out = temporaryFolder();
  const { code, stderr } = build(out, '--format', 'configmaps');
  expect(code).toBe(0);
  const names = readdirSync(path.join(out, 'configmaps')).sort();
  expect(names).toContain('foreshock-pack-node.yaml');
  expect(stderr).toBe(`${names.length} files in ${out}\n`);
  for (const name of names) {
    const object = configMap.parse(parse(readFileSync(path.join(out, 'configmaps', name), 'utf8')));
    expect(object.metadata.name).toBe(path.basename(name, '.yaml'));
    const [[key, json] = ['', '']] = Object.entries(object.data);
    expect(key).toBe(`${object.metadata.name}.json`);
    expect(lintDashboard(JSON.parse(json))).toEqual([]);
  }
  const again = build(out, '--format', 'configmaps', '--dry-run').stdout;
  expect(again.match(/^unchanged /gm)).toHaveLength(names.length);
});

test('the same config gives the same bytes', () => {
  const [a, b] = [temporaryFolder(), temporaryFolder()];
  build(a);
  build(b);
  for (const name of readdirSync(folderOf(a)))
    expect(readFileSync(path.join(folderOf(a), name), 'utf8')).toBe(
      readFileSync(path.join(folderOf(b), name), 'utf8'),
    );
});

test('what cannot be done is exit 2 without a stack', () => {
  const file = temporaryFile('file', '');
  const bad = foreshock([
    'dashboards',
    'build',
    '--config',
    temporaryFile('c.yaml', 'packs: 1'),
    '--out',
    file,
  ]);
  const nowhere = foreshock(['dashboards', 'build', '--config', temporaryFile('c.yaml', config)]);
  const unknown = foreshock(['dashboards', 'build', '--config', temporaryFile('c.yaml', config), '--push']);
  for (const { code, stdout, stderr } of [build(file), nowhere, unknown, bad]) {
    expect(stderr).toMatch(/^foreshock: .+/);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  }
});
