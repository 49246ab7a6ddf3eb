import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { lintDashboard } from '../../dashboards/lint.ts';
import { foreshock, temporaryFile, temporaryFolder } from './command.ts';

const config = 'prometheus: {url: http://127.0.0.1:9090}\npacks: [node, service]\n';
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
  writeFileSync(path.join(folderOf(out), 'foreshock-pack-node.json'), '{}');
  const { code, stdout } = build(out, '--dry-run');
  expect(stdout.match(/^changed .*/gm)).toEqual(['changed dashboards/foreshock/foreshock-pack-node.json']);
  expect(stdout.match(/^unchanged /gm)).toHaveLength(6);
  expect(code).toBe(0);
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
  for (const { code, stdout, stderr } of [build(file), build(temporaryFolder(), '--push'), bad]) {
    expect(stderr).toMatch(/^foreshock: .+/);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  }
});
