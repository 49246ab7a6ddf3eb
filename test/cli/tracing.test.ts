import { createRequire } from 'node:module';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTracing, noTracing } from '../../cli/tracing.ts';
import { createMetrics } from '../../server/metrics.ts';
import { freePort, until } from '../integration/loopback-server.ts';
import { createSpanSink, type SpanSink } from '../integration/span-sink.ts';

const { cache } = createRequire(import.meta.url);
/** All of it but its interface, which prom-client brings along. */
const sdkModules = () => Object.keys(cache).filter(file => /@opentelemetry\/(?!api\/)/.test(file));

/** What tracing says and counts, and how it is made with an endpoint in the config or the environment. */
function createStage() {
  const said: string[] = [];
  const say = (text: string) => void said.push(text);
  const metrics = createMetrics();
  const log = { info: say, warn: say, error: say };
  const start = (endpoint: string | undefined, env: Readonly<Record<string, string>> = {}) =>
    createTracing({
      config: endpoint === undefined ? {} : { tracing: { endpoint } },
      env,
      metrics,
      log,
    });
  const counted = async (outcome: string) =>
    (await metrics.traceSpans.get()).values.find(({ labels }) => labels.outcome === outcome)?.value;
  return { said, start, counted };
}

describe('without an endpoint', () => {
  it('runs what is wrapped, and a whole daemon is there without one module of the SDK', async () => {
    await import('../../cli/run-daemon.ts');
    const { start, said } = createStage();
    const tracing = await start(undefined, { OTEL_EXPORTER_OTLP_ENDPOINT: '' });
    expect(tracing).toBe(noTracing);
    expect(tracing.span('pass', {}, () => 1)).toBe(1);
    expect(tracing.carry()(() => 2)).toBe(2);
    await tracing.close();
    expect(sdkModules()).toEqual([]);
    expect(said).toEqual([]);
  });

  it('stays off when that of the environment is none, and shows nothing of it', async () => {
    const { start, said } = createStage();
    for (const wrong of ['collector:4317', 'http://user:hunter2@collector:4318'])
      expect(await start(undefined, { OTEL_EXPORTER_OTLP_ENDPOINT: wrong })).toBe(noTracing);
    expect(said).toHaveLength(2);
    expect(said[0]).toMatch(/OTEL_EXPORTER_OTLP_ENDPOINT must be an http or https URL/);
    expect(said.join()).not.toContain('hunter2');
  });
});

describe('with an endpoint', () => {
  let sink: SpanSink;
  beforeEach(async () => {
    sink = await createSpanSink();
  });
  afterEach(() => sink.close());
  const named = (name: string) => sink.spans.find(span => span.name === name)!;

  it('sends each span with its attributes below the span of its caller', async () => {
    const { start, said, counted } = createStage();
    const tracing = await start(sink.url);
    await tracing.span('pass', { t: 1_700_000_000_000 }, async note => {
      await Promise.all(
        ['a', 'b'].map(name => tracing.span('fetch', { class: name }, async () => undefined)),
      );
      tracing.span('rule', {}, () => tracing.span('inner', {}, () => undefined));
      note({ alerts: 2 });
    });
    await tracing.close();
    expect(sink.below(named('pass'))).toEqual(['fetch', 'fetch', 'rule']);
    expect(sink.below(named('rule'))).toEqual(['inner']);
    expect(named('pass')).toMatchObject({
      parent: undefined,
      attributes: { t: 1_700_000_000_000, alerts: 2 },
    });
    expect(sink.resources[0]).toMatchObject({ 'service.name': 'foreshock' });
    expect(await counted('sent')).toBe(5);
    expect(said).toEqual([]);
    expect(sdkModules()).not.toEqual([]);
  });

  it('takes the endpoint of the environment where the config has none', async () => {
    const { start } = createStage();
    const tracing = await start(undefined, { OTEL_EXPORTER_OTLP_ENDPOINT: `${sink.url}/` });
    tracing.span('pass', {}, () => undefined);
    await tracing.close();
    expect(sink.spans.map(({ name }) => name)).toEqual(['pass']);
  });

  it('hands errors on, and sets the status of their spans', async () => {
    const { start } = createStage();
    const tracing = await start(sink.url);
    const refuse = () => {
      throw new Error('no');
    };
    expect(() => tracing.span('rule', {}, refuse)).toThrow('no');
    await expect(tracing.span('fetch', {}, async () => refuse())).rejects.toThrow('no');
    await tracing.close();
    for (const name of ['rule', 'fetch'])
      expect(named(name).status).toMatchObject({ code: 2, message: 'no' });
  });

  it('carries a span to what runs later', async () => {
    const { start } = createStage();
    const tracing = await start(sink.url);
    const under = tracing.span('pass', {}, () => tracing.carry());
    under(() => tracing.span('deliver', {}, () => undefined));
    tracing.span('deliver', {}, () => undefined);
    await tracing.close();
    expect(sink.below(named('pass'))).toEqual(['deliver']);
    expect(sink.spans.filter(({ parent }) => parent === undefined)).toHaveLength(2);
  });

  it('says once that it is refused, counts what is lost, and says when spans are taken again', async () => {
    const { start, said, counted } = createStage();
    const tracing = await start(sink.url);
    sink.answer(400);
    for (const lost of [1, 2]) {
      tracing.span('pass', {}, () => undefined);
      await until('it is counted', async () => (await counted('lost')) === lost);
    }
    expect(said).toEqual([expect.stringMatching(/traces do not reach http.*Bad Request/)]);
    sink.answer(200);
    tracing.span('pass', {}, () => undefined);
    await until('it is counted', async () => (await counted('sent')) === 1);
    expect(said.slice(1)).toEqual([`traces reach ${sink.url} again`]);
    await tracing.close();
  });
});

it('neither fails nor holds up what is wrapped when nobody is at the endpoint', async () => {
  const { start, said, counted } = createStage();
  const tracing = await start(`http://127.0.0.1:${await freePort()}`);
  expect(tracing.span('pass', {}, () => 1)).toBe(1);
  expect(await counted('lost')).toBeUndefined();
  await tracing.close();
  expect(await counted('lost')).toBe(1);
  expect(said).toEqual([expect.stringMatching(/traces do not reach .*ECONNREFUSED/)]);
});
