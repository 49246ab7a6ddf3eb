import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFakeSource, type FakeSource } from './fake-source.ts';
import { createForeshock, ownMetric } from './foreshock-server.ts';
import { type LoopbackServer, temporaryFolder, until } from './loopback-server.ts';

describe('beside a source that answers well', () => {
  const dir = temporaryFolder('bad-sources');
  let good: FakeSource;
  let bad: FakeSource;
  let foreshock: LoopbackServer;
  const up = (source: string) => ownMetric(foreshock, `foreshock_source_up{source="${source}"}`);
  const newest = async (source: string) =>
    (await ownMetric(
      foreshock,
      `foreshock_pass_last_timestamp_seconds{class="service/service@${source}"}`,
    )) ?? 0;
  const page = async () => (await fetch(`${foreshock.url}/`)).text();
  const goesOn = async (source: string) => {
    const seen = await newest(source);
    await until(`passes over ${source} go on`, async () => (await newest(source)) >= seen + 5);
  };

  beforeAll(async () => {
    [good, bad] = await Promise.all([createFakeSource(), createFakeSource()]);
    foreshock = await createForeshock(
      dir,
      `prometheus:
  - {name: good, url: "${good.url}", timeout: 2s}
  - {name: bad, url: "${bad.url}", timeout: 2s}
packs: [service]
global: {scrape_interval: 1s, step: 1s, delay: 0s}
detection: {training: 10m}
storage: {path: "${dir}/state"}
receivers: [{name: file, file: {path: "${dir}/told.jsonl"}}]`,
    );
    await foreshock.start();
    for (const source of ['good', 'bad'])
      await until(`passes over ${source}`, async () => (await newest(source)) > 0);
  });

  afterAll(async () => {
    await foreshock?.stop();
    await Promise.all([good?.close(), bad?.close()]);
    rmSync(dir, { recursive: true, force: true });
  });

  it.each([
    { manner: 'cut', told: /\/api\/v1\/query(_range)?: / },
    { manner: 'never', told: /no answer within 2000 ms/ },
  ] as const)(
    'one that answers "$manner" is down alone, until it answers again',
    async ({ manner, told }) => {
      bad.behave(manner);
      await until('it is down', async () => (await up('bad')) === 0);
      expect(await page()).toMatch(told);
      expect(await up('good')).toBe(1);
      await goesOn('good');
      bad.behave('well');
      await until('it is up', async () => (await up('bad')) === 1);
      await goesOn('bad');
    },
    120_000,
  );

  it('one that warns is up, and its warning is on the page', async () => {
    bad.behave('warning');
    await until('the page says it', async () => (await page()).includes('one store is down'));
    await goesOn('bad');
    expect(await up('bad')).toBe(1);
    bad.behave('well');
    await until('the page forgets it', async () => !(await page()).includes('one store is down'));
  });
});
