import { rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFakeSource, type FakeSource } from './fake-source.ts';
import { createForeshock, ownMetric } from './foreshock-server.ts';
import { type LoopbackServer, temporaryFolder, until } from './loopback-server.ts';

describe('a running daemon', () => {
  const dir = temporaryFolder('reload');
  const file = `${dir}/foreshock.yaml`;
  let source: FakeSource;
  let foreshock: LoopbackServer;
  let config: string;
  const reloaded = () => ownMetric(foreshock, 'foreshock_config_last_reload_successful ');
  const reloadedAt = () => ownMetric(foreshock, 'foreshock_config_last_reload_success_timestamp_seconds ');

  beforeAll(async () => {
    source = await createFakeSource();
    source.behave('no history');
    const text = `prometheus: {url: "${source.url}"}
packs: [service]
storage: {path: "${dir}/state"}`;
    foreshock = await createForeshock(dir, text);
    config = `${text}\nweb: {listen: "${new URL(foreshock.url).host}"}\n`;
    await foreshock.start();
  });

  afterAll(async () => {
    await foreshock?.stop();
    await source?.close();
    rmSync(dir, { recursive: true, force: true });
  });

  it('keeps its config on SIGHUP when the new one is bad, and says so', async () => {
    expect(await reloaded()).toBe(1);
    const before = await reloadedAt();
    writeFileSync(file, `${config}colour: red\n`);
    foreshock.signal('SIGHUP');
    await until('the metric says so', async () => (await reloaded()) === 0);
    expect(await reloadedAt()).toBe(before);
    expect(foreshock.log()).toMatch(/not reloaded.*unknown key .*colour/);
  });

  it('takes the new config on SIGHUP when it is good, and says so', async () => {
    const before = (await reloadedAt()) ?? 0;
    writeFileSync(file, config);
    foreshock.signal('SIGHUP');
    await until('the metrics say so', async () => {
      const at = (await reloadedAt()) ?? 0;
      return (await reloaded()) === 1 && at > before;
    });
    await until('it runs again', () => foreshock.log().split('listening on').length === 3);
  });

  it('answers POST /-/reload in the same way', async () => {
    writeFileSync(file, 'packs: []\n');
    const answer = await fetch(`${foreshock.url}/-/reload`, { method: 'POST' });
    expect(answer.ok).toBe(false);
    expect(await reloaded()).toBe(0);
  });

  it('stops by itself on SIGTERM while its source answers nothing to the back-fill', async () => {
    await until('the back-fill is asked for', () => source.asked.some(({ steps }) => steps > 200));
    await foreshock.stop('SIGTERM');
    expect(foreshock.ended()).toBe(0);
    expect(foreshock.log()).toContain('stopped');
  });
});
