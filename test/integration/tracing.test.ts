import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFakeSource, type FakeSource } from './fake-source.ts';
import { createForeshock } from './foreshock-server.ts';
import { type LoopbackServer, temporaryFolder, until } from './loopback-server.ts';
import { createSpanSink, type SpanSink } from './span-sink.ts';

describe('a daemon with a tracing endpoint', () => {
  const dir = temporaryFolder('tracing');
  let source: FakeSource;
  let sink: SpanSink;
  let foreshock: LoopbackServer;
  const delivered = () => sink.spans.find(({ name }) => name === 'deliver');

  beforeAll(async () => {
    source = await createFakeSource();
    sink = await createSpanSink();
    foreshock = await createForeshock(
      dir,
      `prometheus: {url: "${source.url}"}
packs: [service]
global: {scrape_interval: 1s, step: 1s, delay: 1s}
storage: {path: "${dir}/state"}
receivers: [{name: file, file: {path: "${dir}/told.jsonl"}}]
tracing: {endpoint: "${sink.url}"}`,
    );
    await foreshock.start();
  });

  afterAll(async () => {
    await foreshock?.stop();
    await Promise.all([source?.close(), sink?.close()]);
    rmSync(dir, { recursive: true, force: true });
  });

  it('tells of each pass what was read, judged and told', async () => {
    const stages = ['correlate', 'fetch', 'judge', 'rule', 'tell'];
    const pass = await until('a pass with all its stages', () =>
      sink.spans.find(span => span.name === 'pass' && stages.every(name => sink.below(span).includes(name))),
    );
    expect(pass).toMatchObject({ parent: undefined, attributes: { classes: 1, incidents: 0 } });
    const fetched = sink.spans.find(({ name, parent }) => name === 'fetch' && parent === pass.id);
    expect(fetched?.attributes).toMatchObject({ source: 'prometheus', entities: 2, outcome: 'complete' });
  });

  it('puts a delivery below the pass that told it', async () => {
    const { parent, attributes } = await until('a delivery', delivered);
    expect(attributes).toMatchObject({ receiver: 'file' });
    await until('its pass', () => sink.spans.some(({ id, name }) => id === parent && name === 'pass'));
  });

  it('sends the last spans and stops by itself', async () => {
    await foreshock.stop('SIGTERM');
    expect(foreshock.ended()).toBe(0);
    expect(foreshock.log()).not.toContain('traces do not reach');
  });
});
