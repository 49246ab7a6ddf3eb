import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect as connectTls } from 'node:tls';
import { type EventModes, EventTime, FluentClient } from '@fluent-org/logger';
import { encode } from '@msgpack/msgpack';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { fluentForward } from '../../collectors/fluent-forward.ts';
import { createAuthority } from '../certificates.ts';
import { freePort, until } from '../integration/loopback-server.ts';
import { answerOn, closed, dial, startFluent } from './fluent-server.ts';
import { readLogs } from './log-reading.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'foreshock-fluent-'));
afterAll(() => rmSync(folder, { recursive: true }));

type ClientOptions = ConstructorParameters<typeof FluentClient>[1];

function client(port: number, options: ClientOptions = {}): FluentClient {
  const made = new FluentClient('app', { socket: { host: '127.0.0.1', port }, ...options });
  onTestFinished(() => made.disconnect().catch(() => undefined));
  return made;
}

describe('the real client', () => {
  const modes: readonly EventModes[] = ['Message', 'Forward', 'PackedForward', 'CompressedPackedForward'];

  it.each(modes)('is understood in its mode %s', async eventMode => {
    const server = await startFluent({ labels: { source: 'edge' } });
    const sender = client(server.port, { eventMode, milliseconds: true });
    const at = EventTime.fromTimestamp(1_796_040_000_250);
    await Promise.all([
      sender.emit('web', { message: 'started', user: { id: 7 } }, at),
      sender.emit('web', { log: 'from docker\n', stream: 'stderr' }, at),
      sender.emit('web', { level: 'warn' }, at),
    ]);
    await server.got(3);
    expect(server.records[0]).toEqual({
      text: 'started',
      fields: { message: 'started', user: { id: 7 } },
      t: 1_796_040_000_250,
      labels: { source: 'edge', tag: 'app.web' },
    });
    expect(server.texts()).toEqual(['started', 'from docker', '']);
    expect(server.collector.lag(1_796_040_001_250)).toEqual({ ms: 1000 });
  });

  it('has its whole seconds understood', async () => {
    const server = await startFluent();
    await client(server.port).emit('web', { message: 'a' }, 1_796_040_000_000);
    await server.got(1);
    expect(server.records[0]?.t).toBe(1_796_040_000_000);
  });

  it.each(modes)(
    'is acknowledged in its mode %s when its events are stored, and not before',
    async eventMode => {
      const server = await startFluent();
      const sender = client(server.port, { eventMode, ack: { ackTimeout: 60_000 } });
      let done = false;
      const sent = sender.emit('web', { message: 'a' }).then(() => {
        done = true;
      });
      await server.got(1);
      // A turn of a second client shows that the server went on and still says nothing.
      await client(server.port).emit('web', { message: 'b' });
      await server.got(2);
      expect(done).toBe(false);
      await server.commit();
      await sent;
    },
  );

  const security = { clientHostname: 'web-1', sharedKey: 'open sesame' };

  it('is let in by the shared key and by its user', async () => {
    const file = path.join(folder, 'key');
    writeFileSync(file, 'open sesame\n');
    const server = await startFluent({ shared_key_file: file, username: 'edge', password: 'secret' });
    const sender = client(server.port, { security: { ...security, username: 'edge', password: 'secret' } });
    await sender.emit('web', { message: 'a' });
    await server.got(1);
    expect(server.refused.size).toBe(0);
  });

  it.each([
    ['a wrong key', { ...security, sharedKey: 'open barley', username: 'edge', password: 'secret' }],
    ['a wrong password', { ...security, username: 'edge', password: 'guess' }],
    ['another user', { ...security, username: 'root', password: 'secret' }],
  ])('is turned away with %s: counted, told without the secret, and others are served', async (_, wrong) => {
    const server = await startFluent({ shared_key: 'open sesame', username: 'edge', password: 'secret' });
    const socket = { host: '127.0.0.1', port: server.port, disableReconnect: true };
    const stranger = client(server.port, { security: wrong, socket });
    await stranger.connect();
    stranger.emit('web', { message: 'let me in' }).catch(() => undefined);
    await until('it is counted', () => server.refused.get('unauthorized') === 1);
    expect(server.said.join()).toMatch(/mismatch/);
    expect(server.said.join()).not.toMatch(/sesame|secret|barley|guess/);
    await client(server.port, { security: { ...security, username: 'edge', password: 'secret' } }).emit('a', {
      message: 'ok',
    });
    await server.got(1);
    expect(server.texts()).toEqual(['ok']);
  });
});

describe('TLS', () => {
  it('lets in who has a certificate of the authority, and nobody else', async () => {
    const house = createAuthority(folder, 'house');
    const own = house.issue('127.0.0.1', { names: 'IP:127.0.0.1' });
    const port = await freePort();
    const checked = fluentForward.options.parse({
      listen: `127.0.0.1:${port}`,
      tls: { ...own, client_ca_file: house.ca_file },
    });
    const server = readLogs(fluentForward.create(checked, undefined));
    onTestFinished(() => server.stop());
    const ca = readFileSync(house.ca_file);
    const shown = { cert: readFileSync(own.cert_file), key: readFileSync(own.key_file) };
    const socket = await until('a sender with a certificate is let in', async () => {
      const dialled = connectTls({ host: '127.0.0.1', port, ca, ...shown });
      await once(dialled, 'secureConnect');
      return dialled;
    });
    onTestFinished(() => void socket.destroy());
    socket.write(encode(['web', 1, { message: 'a' }]));
    await server.got(1);
    const stranger = connectTls({ host: '127.0.0.1', port, ca });
    stranger.on('error', () => undefined);
    await closed(stranger);
    expect(server.refused.get('unauthorized')).toBe(1);
  });
});

describe('a chunk that is sent again', () => {
  const chunk = encode(['web', [[1, { message: 'once' }]], { chunk: 'Y2h1bms=' }]);

  it('before it is stored is not doubled, and acknowledged on both connections', async () => {
    const server = await startFluent();
    const [first, second] = [dial(server.port), dial(server.port)];
    first.write(chunk);
    await server.got(1);
    second.write(chunk);
    second.write(encode(['web', 1, { message: 'after' }]));
    await server.got(2);
    await server.commit();
    await until(
      'both are acknowledged',
      () => answerOn(first) !== undefined && answerOn(second) !== undefined,
    );
    expect([answerOn(first), answerOn(second)]).toEqual([{ ack: 'Y2h1bms=' }, { ack: 'Y2h1bms=' }]);
    expect(server.texts()).toEqual(['once', 'after']);
  });

  it('after a restart is known by the position, acknowledged at once and not doubled', async () => {
    const before = await startFluent();
    dial(before.port).write(chunk);
    await before.got(1);
    await before.stop();
    const after = await startFluent({}, { from: before.position() });
    const sender = dial(after.port);
    sender.write(chunk);
    await until('it is acknowledged', () => answerOn(sender) !== undefined);
    expect(after.records).toEqual([]);
  });

  it('is one of the latest thousand: what is known is bounded', async () => {
    const server = await startFluent();
    const sender = dial(server.port);
    for (let n = 0; n < 3000; n++)
      sender.write(encode(['web', [[1, { message: 'x' }]], { chunk: `chunk ${n}` }]));
    await server.got(3000);
    expect(server.position()?.length).toBeLessThan(9000);
  });
});

describe('the server', () => {
  it('answers heartbeats by UDP', async () => {
    const server = await startFluent();
    const socket = createSocket('udp4');
    onTestFinished(() => void socket.close());
    socket.send(Buffer.of(0), server.port, '127.0.0.1');
    const [answer] = await once(socket, 'message');
    expect(answer).toEqual(Buffer.of(0));
  });

  it('reads no further from a sender while the sink has no room', async () => {
    let release = () => {};
    const gate = new Promise<void>(resolve => {
      release = resolve;
    });
    const server = await startFluent({}, { take: () => gate });
    const sender = dial(server.port);
    const bytes = Buffer.from(encode(['web', 1, { message: 'x'.repeat(1000) }]));
    for (let n = 0; n < 30_000; n++) sender.write(bytes);
    await server.got(1);
    await until('the sender is held up', () => sender.writableLength > 10_000_000);
    expect(server.records.length).toBeLessThan(1000);
    release();
    await server.got(30_000);
  });

  it('ends when the sink fails, and acknowledges nothing that was not taken', async () => {
    const port = await freePort();
    const options = fluentForward.options.parse({ listen: `127.0.0.1:${port}` });
    const collector = fluentForward.create(options, undefined);
    const sink = {
      take: async () => {
        throw new Error('the disk is full');
      },
      refuse: () => undefined,
      trouble: () => undefined,
    };
    const running = collector.start(sink, undefined, new AbortController().signal);
    const ended = expect(running).rejects.toThrow('the disk is full');
    const sender = await until('it listens', async () => {
      const dialled = dial(port);
      await once(dialled, 'connect');
      return dialled;
    });
    sender.write(encode(['web', [[1, { message: 'a' }]], { chunk: 'c' }]));
    await ended;
    await closed(sender);
    expect(answerOn(sender)).toBeUndefined();
  });

  it('waits for its address while another process has it, and says so', async () => {
    const first = await startFluent();
    const options = fluentForward.options.parse({ listen: `127.0.0.1:${first.port}` });
    const second = readLogs(fluentForward.create(options, undefined));
    onTestFinished(() => second.stop());
    await until('it is said', () => second.troubles.length > 0);
    expect(second.troubles[0]).toMatch(/cannot listen on 127\.0\.0\.1:\d+: .*EADDRINUSE/);
    await first.stop();
    await until('it listens', () => second.troubles.at(-1) === undefined);
  });

  it('takes strings that were sent as bytes, and packed entries that were sent as a string', async () => {
    const server = await startFluent();
    const entry = Buffer.from(encode([1, { message: Buffer.from('grüße'), code: 200 }]));
    const asString = Buffer.concat([Buffer.of(0x92), encode('web'), Buffer.of(0xd9, entry.length), entry]);
    dial(server.port).write(asString);
    await server.got(1);
    expect(server.records[0]).toMatchObject({ text: 'grüße', fields: { message: 'grüße', code: 200 } });
  });
});
