import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createDispatcher, type DeliveryEvent } from '../../alerts/outbox.ts';
import { receivers } from '../../alerts/receivers/index.ts';
import { createHttpClient } from '../../collectors/http-client.ts';
import { fingerprint } from '../../core/labels.ts';
import type { Notification, Receiver } from '../../core/receiver.ts';
import { openStore } from '../../store/sqlite.ts';

const labels = { alertname: 'ForeshockAnomaly', service: 'cart' };
const told: Notification = {
  key: 'k/1/firing',
  status: 'firing',
  alert: {
    labels,
    annotations: {},
    startsAt: 1000,
    endsAt: undefined,
    generatorURL: '',
    fingerprint: fingerprint(labels),
  },
};
const servers: { close(): void; closeAllConnections(): void }[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A server that answers `status`, or never for 0; what it got is in `bodies`. */
async function listen(status: number) {
  const bodies: unknown[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', chunk => (text += String(chunk)));
    request.on('end', () => {
      bodies.push(JSON.parse(text));
      if (status > 0) response.writeHead(status).end();
    });
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const address = server.address();
  return { bodies, url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}` };
}

const client = createHttpClient({ headers: {} });
const http = (url: string, timeout = 10_000): Receiver[] => {
  const { alertmanager, webhook } = receivers;
  return [
    alertmanager.create(alertmanager.options.parse({ url, timeout }), client),
    webhook.create(webhook.options.parse({ url, timeout }), client),
  ];
};

describe('every HTTP receiver', () => {
  it.each([
    [500, true],
    [429, true],
    [401, true],
    [403, true],
    [404, true],
    [302, true],
    [400, false],
    [422, false],
    [0, true],
  ])('on status %i rejects with retryable = %s', async (status, retryable) => {
    const { url } = await listen(status);
    for (const receiver of http(url, status === 0 ? 50 : undefined))
      await expect(receiver.deliver([told])).rejects.toMatchObject({ retryable });
  });

  it('is retryable when nothing listens', async () => {
    for (const receiver of http('http://127.0.0.1:9'))
      await expect(receiver.deliver([told])).rejects.toMatchObject({ retryable: true });
  });

  it('delivers what the protocol says', async () => {
    const { url, bodies } = await listen(200);
    for (const receiver of http(url)) await receiver.deliver([told]);
    expect(bodies[0]).toEqual([{ labels, annotations: {}, startsAt: '1970-01-01T00:00:01.000Z' }]);
    expect(bodies[1]).toMatchObject({ version: '4', alerts: [{ endsAt: '0001-01-01T00:00:00Z' }] });
  });
});

describe('the file', () => {
  it('repairs a torn line and holds each notification once, over a restart too', async () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'file-')), 'out.jsonl');
    const make = () => receivers.file.create({ name: 'file', path: file }, undefined);
    await make().deliver([told]);
    writeFileSync(file, `${readFileSync(file, 'utf8')}{"key":"to`);
    await make().deliver([told, { ...told, key: 'two' }]);
    const keys = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map(line => /"key":"([^"]*)"/.exec(line)?.[1]);
    expect(keys).toEqual(['k/1/firing', 'two']);
  });
});

describe('the dispatcher', () => {
  it('lets a receiver that is down block no other, buries what is refused and re-sends what fires', async () => {
    const [good, bad, down] = [await listen(200), await listen(400), await listen(500)];
    const make = (name: string, url: string) =>
      receivers.alertmanager.create(receivers.alertmanager.options.parse({ name, url }), client);
    const events: DeliveryEvent[] = [];
    let now = 0;
    const store = openStore(':memory:');
    const dispatcher = createDispatcher({
      store,
      receivers: [make('good', good.url), make('bad', bad.url), make('down', down.url)],
      clock: () => now,
      random: () => 0,
      observe: event => events.push(event),
    });
    const names = ['good', 'bad', 'down'];
    dispatcher.enqueue([told], names, 0);
    dispatcher.enqueue([told], names, 0);
    await dispatcher.round();
    expect(events.map(event => `${event.receiver} ${event.kind}`).sort()).toEqual(
      expect.arrayContaining(['bad rejected', 'down retry', 'good delivered']),
    );
    expect(store.outbox.pending('down', 9)).toMatchObject([{ attempts: 1 }]);
    expect(store.values('dead_letters/bad').entries()).toHaveLength(1);
    const before = good.bodies.length;
    now = 60_000;
    await dispatcher.round();
    expect(good.bodies.length).toBe(before + 1);
    expect(good.bodies.at(-1)).toMatchObject([{ endsAt: new Date(300_000).toISOString() }]);
  });
});
