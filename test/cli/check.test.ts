import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { foreshock, temporaryFile } from './command.ts';

const packs = path.resolve(import.meta.dirname, '../../packs');

test.each(readdirSync(packs))('the pack %s is told to be good', name => {
  const file = path.join(packs, name);
  const { code, stdout, stderr } = foreshock(['check', 'pack', file]);
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^\S+\/\S+: \d+ signals$/m);
  expect(stdout.endsWith(`${file}: ok\n`)).toBe(true);
  expect(code).toBe(0);
});

test('a good config says what it watches', () => {
  const file = temporaryFile('c.yaml', 'prometheus: {url: http://127.0.0.1:9090}\npacks: [node]\n');
  const { code, stdout, stderr } = foreshock(['check', 'config', file]);
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^node: 1 class, \d+ signals\n.*: ok\n$/);
  expect(code).toBe(0);
});

test('every mistake of a config is told at once, with file, line and column', () => {
  const text = 'prometheus: {url: http://x}\npacks: [node]\ndetection: {fpr: 7}\ncolour: red\n';
  const file = temporaryFile('c.yaml', text);
  const { code, stdout, stderr } = foreshock(['check', 'config', file]);
  const lines = stderr.trimEnd().split('\n');
  for (const line of [3, 4])
    expect(lines.some(each => new RegExp(`c\\.yaml:${line}:\\d+: .+`).test(each))).toBe(true);
  expect(lines.at(-1)).toBe(`${file}: ${lines.length - 1} mistakes`);
  expect(stdout).toBe('');
  expect(code).toBe(1);
});

test('an unknown pack is told with its place and what was meant', () => {
  const file = temporaryFile('c.yaml', 'prometheus: {url: http://x}\npacks: [node, nodee]\n');
  const { code, stderr } = foreshock(['check', 'config', file]);
  expect(stderr).toMatch(/c\.yaml:2:15: .*did you mean "node"\?.*\(got "nodee"\)/);
  expect(code).toBe(1);
});

test.each([
  ['pack', 'pack: x\nclasses: []\nfoo: 1\n'],
  ['config', 'prometheus: {url: [\n'],
  ['pack', ''],
  ['config', ''],
  ['config', '\u0000\u0001'],
  ['pack', '- 1\n- 2\n'],
])('a bad %s %j is exit 1 without a stack', (kind, text) => {
  const file = temporaryFile('bad.yaml', text);
  const { code, stdout, stderr } = foreshock(['check', kind, file]);
  expect(stderr).toMatch(/bad\.yaml:\d+:\d+: .+\n/);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(stdout).toBe('');
  expect(code).toBe(1);
});

test.each([
  ['config', '/no/such.yaml', 'ENOENT'],
  ['pack', '/no/such.yaml', 'ENOENT'],
  ['config', '/', 'EISDIR'],
])('a %s that cannot be read (%s) is exit 2', (kind, file, reason) => {
  const { code, stdout, stderr } = foreshock(['check', kind, file]);
  expect(stderr).toBe(`foreshock: ${file}: cannot be read (${reason})\n`);
  expect(stdout).toBe('');
  expect(code).toBe(2);
});

test.each([['run'], ['backtest', '--from', '1', '--to', '2'], ['dashboards', 'build', '--out', 'x']])(
  'a config that is not there is exit 2 in %s too',
  (...args) => {
    const { code, stderr } = foreshock([...args, '--config', '/no/such.yaml']);
    expect(stderr).toContain('/no/such.yaml');
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(code).toBe(2);
  },
);

test('a web config is checked with its places, alone and through the config that names it', () => {
  const web = temporaryFile('web.yml', 'basic_auth_users: {ann: plain}\nhttp_server_config: {htp2: true}\n');
  const config = temporaryFile(
    'c.yaml',
    `prometheus: {url: http://x}\npacks: [node]\nweb: {config_file: ${web}}\n`,
  );
  for (const asked of [
    ['web-config', web],
    ['config', config],
  ]) {
    const { code, stderr } = foreshock(['check', ...asked]);
    expect(stderr).toContain(`${web}:1:25: basic_auth_users.ann: must be a bcrypt hash`);
    expect(stderr).toContain(
      `${web}:2:22: http_server_config.htp2: unknown key "htp2", did you mean "http2"?`,
    );
    expect(stderr).not.toContain('plain');
    expect(code).toBe(1);
  }
});

test('a config is read from standard input', () => {
  const { code, stdout } = foreshock(
    ['check', 'config', '-'],
    'prometheus: {url: http://x}\npacks: [node]\n',
  );
  expect(stdout).toMatch(/^node: .*\n-: ok\n$/);
  expect(code).toBe(0);
});

test.each([[[]], [['config']], [['colour', 'x']], [['config', 'a', 'b']]])('check %j is bad usage', args => {
  const { code, stdout } = foreshock(['check', ...args]);
  expect(stdout).toBe('');
  expect(code).toBe(2);
});
