import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadConfig } from '../../config/load.ts';
import { redact } from '../../config/redact.ts';

function load(text: string, files: Readonly<Record<string, string>> = {}, env = {}) {
  const given: Record<string, string> = { ...files, '/c.yaml': text };
  const result = loadConfig('/c.yaml', { env, readFile: path => given[path] ?? readFileSync(path, 'utf8') });
  if (!result.ok) throw new Error(JSON.stringify(result.mistakes));
  return result;
}

test('the short config works and has the defaults', () => {
  const { config, packs } = load(
    'prometheus: {url: http://127.0.0.1:9090}\nalertmanager: {url: http://127.0.0.1:9093}\npacks: [node, service]\n',
  );
  expect(packs.map(({ pack }) => pack)).toEqual(['node', 'service']);
  expect(config.global.step).toBe(15_000);
  expect(config.web.listen).toBe('127.0.0.1:9477');
  expect(config.prometheus[0]?.max_points).toBe(11_000);
  expect(packs[0]?.classes[0]?.queries[0]).toContain('[1m]');
});

test('matchers and renamed labels reach the queries and the entities', () => {
  const { packs } = load(
    'prometheus: {url: http://x}\npacks: [{pack: service, match: \'env="prod"\', params: {service: app}}]\n',
  );
  expect(packs[0]?.classes[0]?.entityLabels).toEqual(['app']);
  expect(packs[0]?.classes[0]?.queries[0]).toMatch(/sum by \(app\).*env="prod"/);
});

test('secrets come from files, read where they are used, and from variables, and are not printed', () => {
  const text =
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the config's own syntax
    'prometheus: {url: "http://x", basic_auth: {username: "${USER_NAME}", password_file: pw}}\npacks: [node]\n';
  const { config } = load(text, { '/pw': 'hush\n' }, { USER_NAME: 'ann' });
  expect(config.prometheus[0]?.basic_auth).toMatchObject({ username: 'ann', password_file: '/pw' });
  expect(JSON.stringify(redact(config))).not.toContain('hush');
});

const twoSources = 'prometheus: [{name: eu, url: "http://a"}, {name: us, url: "http://b"}]\n';

test('a pack is asked from every source, or from the one that it names', () => {
  const { packs } = load(`${twoSources}packs: [service, {pack: node, source: us}]\n`);
  expect(packs.map(({ pack, sources }) => [pack, sources])).toEqual([
    ['service', ['eu', 'us']],
    ['node', ['us']],
  ]);
});

test('a pack may be listed once for each source, with matchers of its own', () => {
  const { packs } = load(
    `${twoSources}packs: [{pack: node, source: eu, match: 'env="a"'}, {pack: node, source: us}]\n`,
  );
  expect(packs.map(({ sources }) => sources)).toEqual([['eu'], ['us']]);
});
