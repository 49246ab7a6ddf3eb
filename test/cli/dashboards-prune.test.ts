import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDocumentedGrafana, type DocumentedGrafana } from '../integration/documented-grafana.ts';
import { foreshock, foreshockBeside, temporaryFile, temporaryFolder } from './command.ts';

const service = 'foreshock-pack-service';
const rules = ', alert_rules: {datasource_uid: prom}';

describe('dashboards build --push --prune', () => {
  let server: DocumentedGrafana;
  let config: string;
  let token: string;
  const write = (packs: string, more = '') =>
    writeFileSync(
      config,
      `prometheus: {url: http://127.0.0.1:9090}
packs: ${packs}
dashboards: {push: {url: "${server.url}", token_file: ${token}${more}}}
storage: {path: ${config}-state}\n`,
    );
  const push = (...flags: string[]) =>
    foreshockBeside(['dashboards', 'build', '--config', config, '--push', ...flags]);
  const changing = () => server.calls.filter(({ method }) => method !== 'GET').length;
  const serviceRules = () => [...server.rules.keys()].filter(uid => uid.startsWith('foreshock-service-'));
  beforeEach(async () => {
    server = await createDocumentedGrafana();
    config = temporaryFile('c.yaml', '');
    token = temporaryFile('token', 'good-token\n');
    write('[node, service]', rules);
    await push();
    write('[node]', rules);
  });
  afterEach(() => server.close());

  it('takes away the dashboard and the rules of a pack that the config has no more, once; without it they stay', async () => {
    const count = serviceRules().length;
    expect(count).toBeGreaterThan(0);
    await push();
    expect(server.dashboards.has(service)).toBe(true);
    const { code, stdout, stderr } = await push('--prune');
    expect(stdout.split('\n').filter(line => line !== '')).toEqual([
      expect.stringMatching(/^removed foreshock-pack-service "HTTP services/),
      ...Array.from({ length: count }, () => expect.stringMatching(/^removed foreshock-service-/)),
    ]);
    expect(stderr).toMatch(new RegExp(`^Grafana: \\d+ unchanged, ${count + 1} removed\n$`));
    expect(code).toBe(0);
    expect([server.dashboards.has(service), serviceRules()]).toEqual([false, []]);
    expect(server.dashboards.has('foreshock-pack-node')).toBe(true);
    const before = changing();
    expect((await push('--prune')).stderr).toMatch(/^Grafana: \d+ unchanged\n$/);
    expect(changing()).toBe(before);
  });

  it('--dry-run and --diff say it and only ask', async () => {
    const before = changing();
    for (const flags of [['--dry-run'], ['--dry-run', '--diff']]) {
      const { code, stdout } = await push('--prune', ...flags);
      expect(stdout).toMatch(/^removed foreshock-pack-service "/m);
      expect(stdout).toMatch(/^removed foreshock-service-\w+ "/m);
      expect(code).toBe(0);
    }
    expect(changing()).toBe(before);
  });

  it('what a person changed stays and is told, whatever is overwritten', async () => {
    const [uid] = serviceRules();
    server.editByHand(service, { title: 'Mine' });
    Object.assign(server.rules.get(uid!)!.rule, { for: '1h' });
    const { code, stdout } = await push('--prune', '--overwrite');
    expect(stdout).toMatch(
      /^conflict foreshock-pack-service "Mine": no pack has it any more, but it was changed by hand: version 1 was pushed, version 2 is there$/m,
    );
    expect(stdout).toMatch(
      new RegExp(`^conflict ${uid} ".*": no pack has it any more, but the rule was changed by hand$`, 'm'),
    );
    expect(code).toBe(1);
    expect(server.dashboards.has(service)).toBe(true);
    expect(serviceRules()).toEqual([uid]);
  });

  it('copies of people, what lies elsewhere, files, incidents and rules without our mark are not ours to take', async () => {
    const held = server.dashboards.get(service)!;
    const mine = { ...held, model: { ...held.model, uid: 'adx8f3k2' } };
    server.dashboards.set('adx8f3k2', mine);
    server.dashboards.set('foreshock-incident-i7', { ...held });
    server.dashboards.set('foreshock-pack-file', {
      ...held,
      model: { title: 'a', tags: ['foreshock'], version: 1 },
    });
    held.folderUid = 'team-a';
    const [uid, other] = serviceRules();
    Object.assign(server.rules.get(uid!)!.rule, { annotations: {} });
    Object.assign(server.rules.get(other!)!.rule, { folderUID: 'team-a' });
    server.rules.set('foreshock-odd', { rule: { uid: 'foreshock-odd', record: {} }, provenance: '' });
    const before = [...server.dashboards.keys()];
    expect((await push('--prune')).code).toBe(0);
    expect([...server.dashboards.keys()]).toEqual(before);
    expect(serviceRules()).toEqual([uid, other]);
    expect(server.rules.has('foreshock-odd')).toBe(true);
  });

  it('rules stay where the config does not ask for rules', async () => {
    const before = serviceRules();
    write('[node]');
    await push('--prune');
    expect(serviceRules()).toEqual(before);
    expect(server.dashboards.has(service)).toBe(false);
  });

  it('looks at every page of a long list', async () => {
    const held = server.dashboards.get(service)!;
    server.dashboards.delete(service);
    for (let k = 0; k < 1000; k++) server.dashboards.set(`copy-${k}`, { ...held });
    server.dashboards.set(service, held);
    await push('--prune');
    expect(server.dashboards.has(service)).toBe(false);
    expect(server.dashboards.has('copy-999')).toBe(true);
  });

  it('what passes by itself is tried again', async () => {
    let failures = 2;
    server.fault = ({ method }) => (method === 'DELETE' && failures-- > 0 ? 503 : undefined);
    expect((await push('--prune')).code).toBe(0);
    expect([server.dashboards.has(service), serviceRules()]).toEqual([false, []]);
  });

  it('does the same with dashboards of the schema v2', async () => {
    write('[node, service]');
    server.dashboards.clear();
    await push('--schema', 'v2');
    write('[node]');
    server.editResourceByHand(service, { title: 'Mine' });
    expect((await push('--schema', 'v2', '--prune')).stdout).toMatch(
      /^conflict foreshock-pack-service "Mine": /,
    );
    write('[service]');
    const { stdout } = await push('--schema', 'v2', '--prune', '--overwrite');
    expect(stdout).toMatch(/^removed foreshock-pack-node "/);
    expect([...server.resources.keys()].filter(uid => uid.includes('pack'))).toEqual([service]);
  });
});

describe('dashboards build --out --prune', () => {
  const build = (out: string, packs: string, ...flags: string[]) => {
    const config = temporaryFile('c.yaml', `prometheus: {url: http://127.0.0.1:9090}\npacks: ${packs}\n`);
    return foreshock(['dashboards', 'build', '--config', config, '--out', out, ...flags]);
  };

  it.each([
    ['files', 'dashboards/foreshock', 'json'],
    ['configmaps', 'configmaps', 'yaml'],
  ])(
    'of %s takes away what foreshock wrote for a pack that is gone, and only that',
    (format, place, ending) => {
      const out = temporaryFolder();
      const file = (uid: string) => path.join(out, place, `${uid}.${ending}`);
      const how = ['--format', format];
      build(out, '[node, service]', ...how);
      writeFileSync(file('foreshock-pack-own'), 'a file of a person');
      const planned = build(out, '[node]', '--prune', '--dry-run', ...how);
      expect(planned.stdout).toMatch(new RegExp(`^removed ${place}/${service}\\.${ending}$`, 'm'));
      expect(existsSync(file(service))).toBe(true);
      const { code, stdout, stderr } = build(out, '[node]', '--prune', ...how);
      expect(stdout).toBe(`removed ${place}/${service}.${ending}\n`);
      expect(stderr).toMatch(/^\d+ files in .*, 1 removed\n$/);
      expect(code).toBe(0);
      expect(existsSync(file(service))).toBe(false);
      expect(existsSync(file('foreshock-pack-own'))).toBe(true);
      expect(build(out, '[node]', '--prune', ...how).stdout).toBe('');
    },
  );

  it('what a person changed, what is of the other format, of incidents, or beside the folder stays', () => {
    const out = temporaryFolder();
    build(out, '[node, service]');
    build(out, '[node, service]', '--format', 'configmaps');
    const manifest = path.join(out, '.foreshock-written');
    const beside = path.join(path.dirname(out), 'foreshock-pack-x.json');
    writeFileSync(beside, '');
    const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    const names = [
      'dashboards/foreshock/../../../foreshock-pack-x.json',
      'dashboards/foreshock/foreshock-incident-i7.json',
    ];
    writeFileSync(path.join(out, names[1]!), '');
    const written = JSON.parse(readFileSync(manifest, 'utf8'));
    writeFileSync(
      manifest,
      JSON.stringify({ ...written, ...Object.fromEntries(names.map(name => [name, empty])) }),
    );
    writeFileSync(path.join(out, `dashboards/foreshock/${service}.json`), '{}');
    const { code, stdout } = build(out, '[node]', '--prune', '--overwrite');
    expect(stdout).toBe(
      `conflict dashboards/foreshock/${service}.json: no pack has it any more, but it was changed by hand\n`,
    );
    expect(code).toBe(1);
    expect(existsSync(beside)).toBe(true);
    expect(readdirSync(path.join(out, 'dashboards/foreshock'))).toContain('foreshock-incident-i7.json');
    expect(readdirSync(path.join(out, 'configmaps'))).toContain(`${service}.yaml`);
  });
});
