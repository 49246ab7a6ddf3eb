import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDocumentedGrafana, type DocumentedGrafana } from '../integration/documented-grafana.ts';
import { foreshockBeside, temporaryFile, temporaryFolder } from './command.ts';

const uid = 'foreshock-pack-service';

describe('dashboards build --push --schema v2', () => {
  let server: DocumentedGrafana;
  let config: string;
  const write = ({ push = '', packs = '[node, service]' } = {}) =>
    writeFileSync(
      config,
      `prometheus: {url: http://127.0.0.1:9090}
packs: ${packs}
dashboards: {push: {url: "${server.url}", authorization: {credentials: good-token}${push}}}
storage: {path: ${config}-state}\n`,
    );
  const build = (...flags: string[]) =>
    foreshockBeside(['dashboards', 'build', '--config', config, ...flags]);
  const push = (...flags: string[]) => build('--push', '--schema', 'v2', ...flags);
  const changing = () => server.calls.filter(({ method }) => method !== 'GET').length;
  const allUnchanged = () => `Grafana: ${server.resources.size} unchanged\n`;
  const held = (name = uid) => server.resources.get(name)!;
  const titleOf = (name = uid) => held(name).spec.title;
  beforeEach(async () => {
    server = await createDocumentedGrafana();
    config = temporaryFile('c.yaml', '');
    write();
  });
  afterEach(() => server.close());

  it('brings every dashboard as a resource into the folder; doing it again changes nothing', async () => {
    const first = await push();
    expect(first).toEqual({ code: 0, stdout: '', stderr: `Grafana: ${server.resources.size} new\n` });
    expect([...server.resources.keys()]).toContain('foreshock-pack-node');
    expect(server.dashboards.size).toBe(0);
    for (const { generation, annotations } of server.resources.values()) {
      expect(generation).toBe(1);
      expect(annotations['grafana.app/folder']).toBe('foreshock');
    }
    const before = changing();
    expect((await push()).stderr).toBe(allUnchanged());
    expect(changing()).toBe(before);
  });

  it('may be the choice of the config, and a flag goes before it', async () => {
    write({ push: ', schema: v2' });
    expect((await build('--push')).code).toBe(0);
    expect(server.resources.has(uid)).toBe(true);
    await build('--push', '--schema', 'v1');
    expect(server.dashboards.has(uid)).toBe(true);
  });

  it('--dry-run says what would be done, and only asks', async () => {
    const { code, stdout } = await push('--dry-run');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^new foreshock-pack-node "/m);
    expect(changing()).toBe(0);
  });

  it('a change of the config is a new generation of what it touches', async () => {
    await push();
    write({ packs: `[node, {pack: service, match: 'env="prod"'}]` });
    const { stdout } = await push('--dry-run', '--diff');
    expect(stdout).toMatch(/^changed foreshock-pack-service /m);
    expect(stdout).toMatch(/elements\.panel-\d+\..*expr: ".*" -> ".*env=\\"prod\\".*"$/m);
    expect(stdout).toContain('unchanged foreshock-pack-node');
    await push();
    expect(held().generation).toBe(2);
    expect(held('foreshock-pack-node').generation).toBe(1);
    expect((await push()).stderr).toBe(allUnchanged());
  });

  it('what a person changed is left alone and told, until one says --overwrite', async () => {
    await push();
    server.editResourceByHand(uid, { title: 'Mine' });
    const { code, stdout } = await push();
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^conflict foreshock-pack-service ".*": it was changed by hand: version 1 was pushed, version 2 is there\n$/,
    );
    expect(titleOf()).toBe('Mine');
    expect((await push('--overwrite')).stderr).toMatch(/^Grafana: 1 overwritten, \d+ unchanged\n$/);
    expect(titleOf()).not.toBe('Mine');
    expect((await push()).stderr).toBe(allUnchanged());
  });

  it('a dashboard that was moved, that is not ours, or that something else manages is left alone', async () => {
    await push();
    held('foreshock-overview').annotations['grafana.app/folder'] = 'team-a';
    held('foreshock-pack-node').annotations['grafana.app/managedBy'] = 'repo';
    held().spec = { title: 'Own', variables: [] };
    const { code, stdout } = await push();
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^conflict foreshock-overview .*: it was moved by hand into the folder "team-a"$/m,
    );
    expect(stdout).toMatch(/^conflict foreshock-pack-node .*: it is provisioned from a file$/m);
    expect(stdout).toMatch(/^conflict foreshock-pack-service .*: it was not pushed by foreshock$/m);
  });

  it('is saved over the revision that was read: one that somebody else saved since is a conflict', async () => {
    await push();
    write({ packs: `[node, {pack: service, match: 'env="prod"'}]` });
    server.fault = ({ method, path }) => {
      if (method === 'PUT' && path.endsWith(uid)) server.editResourceByHand(uid, { title: 'Faster' });
      return undefined;
    };
    const { code, stdout } = await push();
    expect(code).toBe(1);
    expect(stdout).toMatch(/^conflict foreshock-pack-service .*was changed by hand/m);
    expect(titleOf()).toBe('Faster');
  });

  it('a Grafana without this API is told with what to do', async () => {
    server.fault = ({ path }) => (path.startsWith('/apis/') ? 'no route' : undefined);
    const { code, stderr } = await push();
    expect(code).toBe(3);
    expect(stderr).toContain('Does it serve dashboard.grafana.app/v2beta1, as Grafana 12.2 and later do?');
  });

  it('is refused for files, with the reason', async () => {
    const out = temporaryFolder();
    const { code, stderr } = await build('--out', out, '--schema', 'v2');
    expect(code).toBe(2);
    expect(stderr).toContain('Grafana reads files in the schema v1 only (grafana/grafana#127928)');
  });
});
