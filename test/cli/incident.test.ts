import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { hashSync } from 'bcryptjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createIncidentStore } from '../../cli/incident-store.ts';
import { identityOf } from '../../cli/store-identity.ts';
import type { ServerDeps } from '../../server/server.ts';
import { webConfigSchema } from '../../server/web-config.ts';
import { openStore } from '../../store/sqlite.ts';
import { createAuthority } from '../certificates.ts';
import { checkout, deedsIn, feedbackServer, search } from '../server/feedback-desk.ts';
import { foreshock, foreshockBeside, temporaryFolder } from './command.ts';

/** A config with a store that has two incidents; nothing listens at its address. */
function stored() {
  const folder = temporaryFolder();
  const state = path.join(folder, 'state');
  const config = path.join(folder, 'c.yaml');
  const web = 'web: {listen: "127.0.0.1:9"}';
  writeFileSync(
    config,
    `prometheus: {url: "http://127.0.0.1:9"}\npacks: [service]\nstorage: {path: ${state}}\n${web}\n`,
  );
  const store = openStore(state);
  createIncidentStore(store.values('incidents')).keep([checkout, search]);
  const identity = identityOf(store, state);
  store.close();
  return { folder, state, config, identity };
}

const rewrite = (file: string, from: string, to: string) =>
  writeFileSync(file, readFileSync(file, 'utf8').replace(from, to));

/** The same config while something listens at its address: a foreshock with that store unless `more` says otherwise. */
async function running(more: Partial<ServerDeps> = {}) {
  const made = stored();
  const store = openStore(':memory:');
  const server = feedbackServer(store, { store: made.identity, ...more });
  onTestFinished(async () => {
    await server.close();
    store.close();
  });
  const { url } = await server.listen('127.0.0.1:0');
  rewrite(made.config, 'listen: "127.0.0.1:9"', `listen: "${new URL(url).host}"`);
  const incident = (...args: string[]) => foreshockBeside(['incident', ...args, '--config', made.config]);
  return { ...made, store, url, incident };
}

describe('incident, while nothing runs', () => {
  it('says what it is told to the store, and shows it', () => {
    const { config, state } = stored();
    const incident = (...args: string[]) => foreshock(['incident', ...args, '--config', config]);
    expect(incident('ack', 'checkout-1005', '--by', 'ann')).toMatchObject({
      code: 0,
      stdout: 'incident checkout-1005 is acknowledged\n',
    });
    incident('reject', 'checkout-1005', '--by', 'bob', '--text', 'a load test');
    const list = incident('list').stdout.split('\n');
    expect(list[0]).toMatch(/^INCIDENT +STATE +BEGAN +ALERTS +SAID +WHAT$/);
    expect(list[2]).toMatch(
      /^checkout-1005 +open +2026-03-01T10:05:00Z +3 +acknowledged by ann, rejected by bob +payment: latency$/,
    );
    const { stdout: shown } = incident('show', 'checkout-1005');
    expect(shown).toMatch(/rejected by bob: a load test\n/);
    expect(shown).toContain(
      '  2  ErrorsHigh [critical]: checkout, since 10:06:00\n     calls payment, and began 1m after it\n     ErrorsHigh/checkout\n',
    );
    const store = openStore(state);
    expect(deedsIn(store)).toEqual(['ann incident-acknowledged', 'bob incident-rejected']);
    store.close();
    expect(foreshock(['audit', 'verify', '--config', config]).code).toBe(0);
  });

  it('merges, and splits by the numbers that show gives', () => {
    const { config } = stored();
    const incident = (...args: string[]) => foreshock(['incident', ...args, '--config', config]);
    const merged = incident('merge', 'search-1010', 'checkout-1005');
    expect(merged.stdout).toBe('they are one incident: checkout-1005\n');
    const split = incident('split', 'checkout-1005', '--alerts', '4', 'ErrorsHigh/frontend');
    expect([split.code, split.stdout]).toEqual([0, 'they are incident checkout-1005.1\n']);
    const shown = JSON.parse(incident('show', 'checkout-1005.1', '--json').stdout);
    expect(shown.affected).toEqual(['frontend', 'search']);
    expect(incident('split', 'checkout-1005', '--alerts', '9')).toMatchObject({
      code: 2,
      stderr: 'foreshock: --alerts 9: checkout-1005 has 2 alerts\n',
    });
  });

  it('what cannot be taken is bad input in words', () => {
    const { config, folder } = stored();
    const incident = (...args: string[]) => foreshock(['incident', ...args, '--config', config]);
    expect(incident('ack', 'none')).toMatchObject({ code: 2, stderr: 'foreshock: no incident "none"\n' });
    expect(incident('show', 'none').code).toBe(2);
    expect(incident('ack', 'search-1010', '--user', 'a').stderr).toMatch(
      /--user and --password-file come together/,
    );
    const empty = path.join(folder, 'empty.yaml');
    writeFileSync(empty, readFileSync(config, 'utf8').replace('/state}', '/nothing}'));
    expect(foreshock(['incident', 'list', '--config', empty]).stderr).toMatch(/no incidents are stored here/);
  });

  it('when something else holds the store it says so, and can read all the same', () => {
    const { config, state } = stored();
    const daemon = openStore(state);
    const said = foreshock(['incident', 'ack', 'checkout-1005', '--config', config]);
    const shown = foreshock(['incident', 'list', '--config', config]);
    daemon.close();
    expect(said.code).toBe(3);
    expect(said.stderr).toMatch(/in use by another foreshock.*; it answers neither at web\.listen nor/);
    expect([shown.code, shown.stdout.split('\n').length]).toEqual([0, 4]);
  });
});

describe('incident, while foreshock runs', () => {
  it('asks it: command, API and form come to one place', async () => {
    const { store, state, url, incident } = await running();
    const said = await incident('confirm', 'checkout-1005', '--by', 'ann');
    expect([said.code, said.stderr]).toEqual([0, '']);
    await fetch(`${url}/api/v1/incidents/checkout-1005/note`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ by: 'bob', text: 'by the API' }),
    });
    await fetch(`${url}/incidents/checkout-1005/feedback`, {
      method: 'POST',
      body: new URLSearchParams({ by: 'eve', act: 'ack' }),
    });
    const shown = JSON.parse((await incident('show', 'checkout-1005', '--json')).stdout);
    expect(shown.feedback).toMatchObject({
      acknowledged: { by: 'eve' },
      verdict: { by: 'ann', real: true },
      notes: [{ by: 'bob', text: 'by the API' }],
    });
    expect(deedsIn(store)).toEqual([
      'ann incident-confirmed',
      'bob incident-noted',
      'eve incident-acknowledged',
    ]);
    const untouched = openStore(state);
    expect(untouched.values('feedback').entries()).toEqual([]);
    untouched.close();
    const refused = await incident('ack', 'none');
    expect([refused.code, refused.stderr]).toEqual([2, 'foreshock: no incident "none"\n']);
  });

  it('trusts the certificate that its own web config names', async () => {
    const folder = temporaryFolder();
    const { cert_file, key_file } = createAuthority(folder, 'ca').issue('foreshock.example', {
      names: 'DNS:foreshock.example',
    });
    const webFile = path.join(folder, 'web.yaml');
    const tls_server_config = { cert_file, key_file };
    writeFileSync(webFile, JSON.stringify({ tls_server_config }));
    const { store, config, incident } = await running({
      webConfig: webConfigSchema.parse({ tls_server_config }),
    });
    rewrite(config, 'web: {', `web: {config_file: ${webFile}, `);
    const said = await incident('ack', checkout.id, '--by', 'ann');
    expect([said.code, said.stderr]).toEqual([0, '']);
    expect(deedsIn(store)).toEqual(['ann incident-acknowledged']);
  });

  it('logs in where it has users', async () => {
    const webConfig = webConfigSchema.parse({ basic_auth_users: { oncall: hashSync('secret', 4) } });
    const { store, incident, folder } = await running({ webConfig });
    const file = path.join(folder, 'password');
    writeFileSync(file, 'secret\n');
    const ack = (...args: string[]) => incident('ack', 'search-1010', ...args);
    const stranger = await ack();
    expect([stranger.code, stranger.stderr]).toEqual([
      2,
      expect.stringMatching(/user or password is wrong or missing: give --user and --password-file/),
    ]);
    expect((await ack('--user', 'oncall', '--password-file', file)).code).toBe(0);
    expect(deedsIn(store)).toEqual(['oncall incident-acknowledged']);
  });
});

describe('incident, while another foreshock listens at the address of its config', () => {
  const demo = { id: 'of-a-demo', path: ':memory:' };

  it('refuses it, with both stores and what would do, and says nothing to it', async () => {
    const { store, incident, state, identity, url } = await running({ store: demo });
    for (const args of [['list'], ['confirm', 'checkout-1005', '--by', 'ann']]) {
      const { code, stdout, stderr } = await incident(...args);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain(`${url} is a foreshock with another store: it works on :memory: (of-a-demo)`);
      expect(stderr).toContain(`this config on ${state} (${identity.id})`);
      expect(stderr).toContain(`web.listen of its own, or ask that one on purpose with --url ${url}`);
    }
    expect(deedsIn(store)).toEqual([]);
  });

  it('does not take for its own what does not tell its store', async () => {
    const { store, incident, state } = await running({ store: undefined });
    const { code, stderr } = await incident('ack', 'checkout-1005');
    expect(code).toBe(2);
    expect(stderr).toContain('does not tell on which store it works (it answered 404)');
    expect(stderr).toContain(`not known to be that of ${state}`);
    expect(deedsIn(store)).toEqual([]);
  });

  it('asks it on purpose with --url', async () => {
    const { store, incident, url } = await running({ store: demo });
    const said = await incident('confirm', 'checkout-1005', '--by', 'ann', '--url', `${url}/`);
    expect([said.code, said.stderr]).toEqual([0, '']);
    expect(deedsIn(store)).toEqual(['ann incident-confirmed']);
  });

  it('asks one on another machine at web.external_url, where no store is here', async () => {
    const { store, incident, config, url, state } = await running({ store: demo });
    rewrite(config, state, `${state}-elsewhere`);
    const here = await incident('ack', 'checkout-1005', '--by', 'ann');
    expect([here.code, here.stderr]).toEqual([2, expect.stringContaining('-elsewhere (there is none)')]);
    rewrite(config, new URL(url).host, '127.0.0.1:9');
    rewrite(config, 'web: {', `web: {external_url: "${url}", `);
    expect((await incident('ack', 'checkout-1005', '--by', 'ann')).code).toBe(0);
    expect(deedsIn(store)).toEqual(['ann incident-acknowledged']);
  });

  it('does not go to the store where nobody listens at the URL given', () => {
    const { config } = stored();
    const ack = (url: string) =>
      foreshock(['incident', 'ack', 'checkout-1005', '--config', config, '--url', url]);
    expect(ack('http://127.0.0.1:9')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('http://127.0.0.1:9 does not answer'),
    });
    expect(ack('foreshock.example:9477')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('write it like http://foreshock.example:9477'),
    });
    expect(foreshock(['incident', 'list', '--config', config]).stdout).not.toContain('acknowledged');
  });
});
