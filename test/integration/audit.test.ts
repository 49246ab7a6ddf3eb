import { rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIncidentStore } from '../../cli/incident-store.ts';
import { readAuditEntry } from '../../core/audit.ts';
import { readAudit } from '../../store/audit.ts';
import { openStore } from '../../store/sqlite.ts';
import { foreshockBeside } from '../cli/command.ts';
import { checkout, search } from '../server/feedback-desk.ts';
import { createFakeSource, type FakeSource } from './fake-source.ts';
import { createForeshock } from './foreshock-server.ts';
import { type LoopbackServer, temporaryFolder, until } from './loopback-server.ts';

describe('what is said and done while a daemon runs', () => {
  const dir = temporaryFolder('audit');
  const file = `${dir}/foreshock.yaml`;
  const state = `${dir}/state`;
  let source: FakeSource;
  let foreshock: LoopbackServer;
  let config: string;
  const deeds = () =>
    readAudit(state)?.entries.map(({ text }) => {
      const { actor, action } = readAuditEntry(text);
      return `${actor} ${action}`;
    }) ?? [];
  const incident = (...args: string[]) => foreshockBeside(['incident', ...args, '--config', file]);
  const verify = () => foreshockBeside(['audit', 'verify', '--config', file]);

  beforeAll(async () => {
    source = await createFakeSource();
    source.behave('no history');
    const store = openStore(state);
    createIncidentStore(store.values('incidents')).keep([checkout, search]);
    store.close();
    const text = `prometheus: {url: "${source.url}"}\npacks: [service]\nstorage: {path: "${state}"}`;
    foreshock = await createForeshock(dir, text);
    config = `${text}\nweb: {listen: "${new URL(foreshock.url).host}"}\n`;
    await foreshock.start();
  });

  afterAll(async () => {
    await foreshock?.stop();
    await source?.close();
    rmSync(dir, { recursive: true, force: true });
  });

  it('begins with the key and the start', () => {
    expect(deeds()).toEqual(['foreshock audit-key-made', 'foreshock foreshock-started']);
  });

  it('holds what people say by the command and over HTTP, once each', async () => {
    expect((await incident('ack', checkout.id, '--by', 'ann')).code).toBe(0);
    await fetch(`${foreshock.url}/incidents/${checkout.id}/feedback`, {
      method: 'POST',
      body: new URLSearchParams({ by: 'bob', act: 'reject' }),
      redirect: 'manual',
    });
    expect((await incident('merge', checkout.id, search.id, '--by', 'eve')).code).toBe(0);
    expect(deeds().slice(2)).toEqual([
      'ann incident-acknowledged',
      'bob incident-rejected',
      'eve incident-merged',
    ]);
  });

  it('holds reloads, good and bad, and what was said outlives them', async () => {
    writeFileSync(file, `${config}colour: red\n`);
    await fetch(`${foreshock.url}/-/reload`, { method: 'POST' });
    writeFileSync(file, config);
    foreshock.signal('SIGHUP');
    await until('it runs again', () => foreshock.log().split('listening on').length === 3);
    expect(deeds().slice(5)).toEqual([
      'operator config-refused',
      'operator config-reloaded',
      'foreshock foreshock-stopped',
      'foreshock foreshock-started',
    ]);
    const shown = JSON.parse((await incident('show', search.id, '--json')).stdout);
    expect(shown.incident.id).toBe(checkout.id);
    expect(shown.feedback.acknowledged.by).toBe('ann');
  });

  it('fits while it is written, and after the process is killed', async () => {
    expect((await verify()).stdout).toMatch(/^9 entries fit/);
    await foreshock.stop('SIGKILL');
    expect(await verify()).toMatchObject({ code: 0 });
    expect((await incident('confirm', checkout.id, '--by', 'ann')).code).toBe(0);
    expect(deeds().at(-1)).toBe('ann incident-confirmed');
    expect(await verify()).toMatchObject({ code: 0 });
  });
});
