import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createChangeBook } from '../../cli/change-book.ts';
import { openStore } from '../../store/sqlite.ts';
import { createDocumentedGrafana, type DocumentedGrafana } from '../integration/documented-grafana.ts';
import { foreshockBeside, temporaryFile } from './command.ts';

describe('dashboards build --push', () => {
  let server: DocumentedGrafana;
  let config: string;
  let token: string;
  const write = ({ push = '', packs = '[node, service]', timeout = '30s' } = {}) =>
    writeFileSync(
      config,
      `prometheus: {url: http://127.0.0.1:9090}
packs: ${packs}
dashboards: {push: {url: "${server.url}", token_file: ${token}, timeout: ${timeout}${push}}}
storage: {path: ${config}-state}\n`,
    );
  const push = (...flags: string[]) =>
    foreshockBeside(['dashboards', 'build', '--config', config, '--push', ...flags]);
  const allUnchanged = () => `Grafana: ${server.dashboards.size} unchanged\n`;
  const changing = () => server.calls.filter(({ method }) => method !== 'GET').length;
  beforeEach(async () => {
    server = await createDocumentedGrafana();
    config = temporaryFile('c.yaml', '');
    token = temporaryFile('token', 'good-token\n');
    write();
  });
  afterEach(() => server.close());

  it('brings every dashboard into the folder; doing it again asks, and changes nothing', async () => {
    const first = await push();
    expect(first).toEqual({ code: 0, stdout: '', stderr: `Grafana: ${server.dashboards.size} new\n` });
    expect([...server.dashboards.keys()]).toContain('foreshock-pack-node');
    expect([...server.folders]).toEqual([['foreshock', 'foreshock']]);
    const before = changing();
    expect((await push()).stderr).toBe(allUnchanged());
    expect(changing()).toBe(before);
    for (const { version, folderUid } of server.dashboards.values())
      expect({ version, folderUid }).toEqual({ version: 1, folderUid: 'foreshock' });
  });

  it('--dry-run says what would be done, and only asks', async () => {
    const { code, stdout } = await push('--dry-run');
    expect(code).toBe(0);
    expect(stdout.match(/^new foreshock-pack-node "/gm)).toHaveLength(1);
    expect(stdout.split('\n').filter(line => !line.startsWith('new '))).toEqual(['']);
    expect(changing()).toBe(0);
  });

  it('a change of the config is a new version of what it touches; --diff tells it panel by panel', async () => {
    await push();
    write({ packs: `[node, {pack: service, match: 'env="prod"'}]` });
    const { stdout } = await push('--dry-run', '--diff');
    expect(stdout).toMatch(
      /^changed foreshock-pack-service .*\n(?: {2}.*\n)* {2}~ panel \d+ ".*"\n {6}targets\[0\]\.expr: ".*" -> ".*env=\\"prod\\".*"$/m,
    );
    expect(stdout).toContain('unchanged foreshock-pack-node');
    await push();
    expect(server.dashboards.get('foreshock-pack-service')?.version).toBe(2);
    expect(server.dashboards.get('foreshock-pack-node')?.version).toBe(1);
    expect((await push()).stderr).toBe(allUnchanged());
  });

  it('what a person changed is left alone and told, until one says --overwrite', async () => {
    await push();
    server.editByHand('foreshock-pack-node', { title: 'Mine' });
    const { code, stdout } = await push();
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^conflict foreshock-pack-node ".*": it was changed by hand: version 1 was pushed, version 2 is there\n$/,
    );
    expect(server.dashboards.get('foreshock-pack-node')?.model.title).toBe('Mine');
    expect((await push('--overwrite')).stderr).toMatch(/^Grafana: 1 overwritten, \d+ unchanged\n$/);
    expect(server.dashboards.get('foreshock-pack-node')).toMatchObject({ version: 3 });
    expect(server.dashboards.get('foreshock-pack-node')?.model.title).not.toBe('Mine');
    expect((await push()).stderr).toBe(allUnchanged());
  });

  it('a dashboard that was moved, that is not ours, or that comes from a file is left alone', async () => {
    await push();
    const held = (uid: string) => server.dashboards.get(uid)!;
    held('foreshock-overview').folderUid = 'team-a';
    held('foreshock-pack-node').provisioned = true;
    held('foreshock-pack-service').model = { uid: 'foreshock-pack-service', title: 'Own', version: 1 };
    const { code, stdout } = await push();
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^conflict foreshock-overview .*: it was moved by hand into the folder "team-a"$/m,
    );
    expect(stdout).toMatch(/^conflict foreshock-pack-node .*: it is provisioned from a file$/m);
    expect(stdout).toMatch(/^conflict foreshock-pack-service .*: it was not pushed by foreshock$/m);
  });

  it('a save that Grafana refuses once is tried again over what is there now', async () => {
    await push();
    write({ packs: `[node, {pack: service, match: 'env="prod"'}]` });
    let refused = 0;
    server.fault = ({ path }) => (path === '/api/dashboards/db' && refused++ === 0 ? 412 : undefined);
    expect((await push()).code).toBe(0);
    expect(server.dashboards.get('foreshock-pack-service')?.version).toBe(2);
    server.fault = () => undefined;
    expect((await push()).stderr).toBe(allUnchanged());
  });

  it('a save that a person was faster with is a conflict, and says who changed it', async () => {
    await push();
    write({ packs: `[node, {pack: service, match: 'env="prod"'}]` });
    server.fault = ({ path }) => {
      if (path !== '/api/dashboards/db') return undefined;
      server.editByHand('foreshock-pack-service', { title: 'Mine' });
      return 412;
    };
    const { code, stdout } = await push();
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^conflict foreshock-pack-service .*: it was changed by hand: version 1 was pushed/m,
    );
    expect(server.dashboards.get('foreshock-pack-service')?.model.title).toBe('Mine');
  });

  it('a save that is refused again is a conflict', async () => {
    await push();
    write({ packs: `[node, {pack: service, match: 'env="prod"'}]` });
    server.fault = ({ path }) => (path === '/api/dashboards/db' ? 412 : undefined);
    const { code, stdout } = await push();
    expect(code).toBe(1);
    expect(stdout).toMatch(/^conflict foreshock-pack-service .*answered 412/m);
  });

  it('the alerts of packs become rules that stay editable, and what a person changed stays', async () => {
    write({ push: ', alert_rules: {datasource_uid: prom}' });
    expect((await push()).stderr).toMatch(/^Grafana: \d+ new\n$/);
    const uid = 'foreshock-node-NodeFilesystemAlmostFull';
    expect(server.rules.get(uid)).toMatchObject({
      provenance: '',
      rule: { condition: 'B', for: '10m', noDataState: 'OK', labels: { severity: 'critical' } },
    });
    const before = changing();
    expect((await push()).stderr).toMatch(/^Grafana: \d+ unchanged\n$/);
    expect(changing()).toBe(before);
    Object.assign(server.rules.get(uid)!.rule, { for: '1h' });
    const { code, stdout } = await push();
    expect(code).toBe(1);
    expect(stdout).toMatch(new RegExp(`^conflict ${uid} .*: the rule was changed by hand`, 'm'));
    expect((await push('--overwrite')).stderr).toMatch(/1 overwritten/);
    expect(server.rules.get(uid)?.rule.for).toBe('10m');
  });

  it.each([
    ['PUT', /^Grafana: 1 overwritten/],
    ['POST', /^Grafana: \d+ new/],
  ] as const)(
    'a rule whose %s Grafana refuses once is tried again over what is there now',
    async (method, said) => {
      write({ push: ', alert_rules: {datasource_uid: prom}' });
      const uid = 'foreshock-node-NodeFilesystemAlmostFull';
      if (method === 'PUT') {
        await push();
        Object.assign(server.rules.get(uid)!.rule, { for: '1h' });
      }
      let refused = 0;
      server.fault = call =>
        call.method === method && call.path.includes('/alert-rules') && refused++ === 0 ? 412 : undefined;
      const { code, stderr } = await push('--overwrite');
      expect(stderr).toMatch(said);
      expect(code).toBe(0);
      expect(refused).toBeGreaterThan(1);
      expect(server.rules.get(uid)?.rule.for).toBe('10m');
    },
  );

  it('a rule that a person was faster with is a conflict, one that is refused again too, and the rest is pushed', async () => {
    write({ push: ', alert_rules: {datasource_uid: prom}' });
    await push();
    const uid = 'foreshock-node-NodeFilesystemAlmostFull';
    write({ push: ', alert_rules: {datasource_uid: other}' });
    const again = 'foreshock-node-NodeOutOfMemory';
    server.fault = ({ method, path }) => {
      if (method !== 'PUT') return undefined;
      if (path.endsWith(again)) return 412;
      if (!path.endsWith(uid) || server.rules.get(uid)?.rule.for === '1h') return undefined;
      Object.assign(server.rules.get(uid)!.rule, { for: '1h' });
      return 409;
    };
    const { code, stdout, stderr } = await push();
    expect(stdout).toMatch(new RegExp(`^conflict ${uid} .*: the rule was changed by hand`, 'm'));
    expect(stdout).toMatch(new RegExp(`^conflict ${again} .*answered 412`, 'm'));
    expect(stderr).toMatch(/\d+ changed, .*2 conflict/);
    expect(server.rules.get(uid)?.rule.for).toBe('1h');
    expect(code).toBe(1);
  });

  it('changes that the store has are marked once, beside incidents', async () => {
    const change = { t: 1000, entity: { service: 'shop' }, kind: 'deploy', text: 'v2 <b>' };
    const store = openStore(`${config}-state`);
    createChangeBook(store, () => undefined).put([change]);
    store.values('changes').set('999999999999', new TextEncoder().encode('{"torn'));
    store.close();
    expect((await push()).code).toBe(0);
    await push();
    expect([...server.annotations.values()]).toEqual([
      {
        ...{ id: 1, time: 1000, timeEnd: 1000, text: 'shop: deploy: v2 &lt;b&gt;' },
        tags: ['foreshock', 'change', expect.stringMatching(/^foreshock:/)],
      },
    ]);
  });

  it('what passes by itself is tried again: the third answer counts', async () => {
    let failures = 2;
    server.fault = ({ method }) => (method === 'POST' && failures-- > 0 ? 500 : undefined);
    expect((await push()).code).toBe(0);
    expect(server.dashboards.has('foreshock-pack-node')).toBe(true);
  });

  it.each([
    [401, 'answered 401 (it does not accept the token'],
    [403, 'may not do this'],
    [500, 'answered 500'],
    ['page', 'a page (HTML) instead of JSON'],
    ['redirect', 'a redirect to "/login"'],
    ['hang', 'no answer within 200 ms'],
  ] as const)('%s is exit 3 in one line, without a secret', async (fault, words) => {
    if (fault === 'hang') write({ timeout: '200ms' });
    server.fault = () => fault;
    const { code, stdout, stderr } = await push();
    expect(stderr).toMatch(/^foreshock: Grafana at 127\.0\.0\.1:\d+: .*\n$/);
    expect(stderr).toContain(words);
    expect(stderr).not.toContain('token=');
    expect(stdout).toBe('');
    expect(code).toBe(3);
  });

  it('a folder of the same title but another uid is told with what to do', async () => {
    server.folders.set('older', 'foreshock');
    const { code, stderr } = await push();
    expect(stderr).toContain(
      'another folder is called "foreshock"; give its uid as dashboards.push.folder_uid',
    );
    expect(code).toBe(3);
  });
});
