import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect as connectTls } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { type EventModes, EventTime, FluentClient } from '@fluent-org/logger';
import { decode, encode } from '@msgpack/msgpack';
import fc from 'fast-check';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { fluentForward } from '../../collectors/fluent-forward.ts';
import { createAuthority } from '../certificates.ts';
import { freePort, until } from '../integration/loopback-server.ts';
import { readLogs } from './log-reading.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'foreshock-fluent-'));
afterAll(() => rmSync(folder, { recursive: true }));

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

type Options = Readonly<Record<string, unknown>>;

/** A server on a free port that listens. `commit` says that everything that was taken is stored. */
async function serve(options: Options = {}, how: Parameters<typeof readLogs>[1] = {}) {
  const port = await freePort();
  const checked = fluentForward.options.parse({ listen: `127.0.0.1:${port}`, ...options });
  const collector = fluentForward.create(checked, undefined);
  const reading = readLogs(collector, how);
  cleanups.push(() => reading.stop());
  await until('it listens', async () => {
    const probe = connect(port, '127.0.0.1');
    await once(probe, 'connect');
    probe.destroy();
    return true;
  });
  const commit = () => collector.commit(reading.position() ?? '');
  return { ...reading, collector, port, commit };
}

function dial(port: number): Socket & { readonly heard: Buffer[] } {
  const socket = Object.assign(connect(port, '127.0.0.1'), { heard: [] as Buffer[] });
  socket.on('error', () => undefined).on('data', data => socket.heard.push(data));
  cleanups.push(() => socket.destroy());
  return socket;
}

const heard = (socket: { readonly heard: Buffer[] }) => {
  const bytes = Buffer.concat(socket.heard);
  return bytes.length === 0 ? undefined : decode(bytes);
};

type ClientOptions = ConstructorParameters<typeof FluentClient>[1];

function client(port: number, options: ClientOptions = {}): FluentClient {
  const made = new FluentClient('app', { socket: { host: '127.0.0.1', port }, ...options });
  cleanups.push(() => made.disconnect().catch(() => undefined));
  return made;
}

async function closed(socket: Socket): Promise<void> {
  if (!socket.closed) await new Promise(resolve => socket.once('close', resolve));
}

describe('the real client', () => {
  const modes: readonly EventModes[] = ['Message', 'Forward', 'PackedForward', 'CompressedPackedForward'];

  it.each(modes)('is understood in its mode %s', async eventMode => {
    const server = await serve({ labels: { source: 'edge' } });
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
    const server = await serve();
    await client(server.port).emit('web', { message: 'a' }, 1_796_040_000_000);
    await server.got(1);
    expect(server.records[0]?.t).toBe(1_796_040_000_000);
  });

  it.each(modes)(
    'is acknowledged in its mode %s when its events are stored, and not before',
    async eventMode => {
      const server = await serve();
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
    const server = await serve({ shared_key_file: file, username: 'edge', password: 'secret' });
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
    const server = await serve({ shared_key: 'open sesame', username: 'edge', password: 'secret' });
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
    cleanups.push(() => server.stop());
    const ca = readFileSync(house.ca_file);
    const shown = { cert: readFileSync(own.cert_file), key: readFileSync(own.key_file) };
    const socket = await until('a sender with a certificate is let in', async () => {
      const dialled = connectTls({ host: '127.0.0.1', port, ca, ...shown });
      await once(dialled, 'secureConnect');
      return dialled;
    });
    cleanups.push(() => socket.destroy());
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
    const server = await serve();
    const [first, second] = [dial(server.port), dial(server.port)];
    first.write(chunk);
    await server.got(1);
    second.write(chunk);
    second.write(encode(['web', 1, { message: 'after' }]));
    await server.got(2);
    await server.commit();
    await until('both are acknowledged', () => heard(first) !== undefined && heard(second) !== undefined);
    expect([heard(first), heard(second)]).toEqual([{ ack: 'Y2h1bms=' }, { ack: 'Y2h1bms=' }]);
    expect(server.texts()).toEqual(['once', 'after']);
  });

  it('after a restart is known by the position, acknowledged at once and not doubled', async () => {
    const before = await serve();
    dial(before.port).write(chunk);
    await before.got(1);
    await before.stop();
    const after = await serve({}, { from: before.position() });
    const sender = dial(after.port);
    sender.write(chunk);
    await until('it is acknowledged', () => heard(sender) !== undefined);
    expect(after.records).toEqual([]);
  });

  it('is one of the latest thousand: what is known is bounded', async () => {
    const server = await serve();
    const sender = dial(server.port);
    for (let n = 0; n < 3000; n++)
      sender.write(encode(['web', [[1, { message: 'x' }]], { chunk: `chunk ${n}` }]));
    await server.got(3000);
    expect(server.position()?.length).toBeLessThan(9000);
  });
});

describe('what is wrong', () => {
  const good = encode(['web', 1, { message: 'good' }]);

  it.each([
    ['no MessagePack at all', Buffer.from('GET / HTTP/1.1\r\n\r\n'), /no array/],
    ['a byte that MessagePack does not have', Buffer.of(0x91, 0xc1), /0xc1/],
    ['a message without entries', Buffer.from(encode(['web'])), /without entries/],
    ['a message without a tag', Buffer.from(encode([1, 2, {}])), /without a tag/],
    ['a chunk that is no gzip', Buffer.from(encode(['web', Buffer.from('x'), { compressed: 'gzip' }])), /./],
    [
      'a compression that nobody knows',
      Buffer.from(encode(['w', Buffer.of(1), { compressed: 'lzma' }])),
      /lzma/,
    ],
    ['packed entries that are torn', Buffer.from(encode(['web', Buffer.of(0x92, 0x01)])), /./],
    [
      'a key that would change an object',
      Buffer.from(encode(['web', 1, JSON.parse('{"__proto__": 1}')])),
      /__proto__/,
    ],
    [
      'a message that is too large',
      Buffer.from(encode(['web', 1, { message: 'x'.repeat(3000) }])),
      /2048 bytes/,
    ],
    [
      'a chunk that inflates to too much',
      Buffer.from(encode(['w', gzipSync('x'.repeat(1e6)), { compressed: 'gzip' }])),
      /./,
    ],
  ])('%s is counted, ends its connection alone, and what came before is taken', async (_, bytes, told) => {
    const server = await serve({ max_message_bytes: 2048 });
    const [wrong, right] = [dial(server.port), dial(server.port)];
    wrong.write(Buffer.concat([good, bytes]));
    await closed(wrong);
    expect(server.refused.get('invalid_message')).toBe(1);
    expect(server.said.join()).toMatch(told);
    right.write(good);
    await server.got(2);
  });

  it('in one entry does not take the others, nor their acknowledgement', async () => {
    const server = await serve();
    const sender = dial(server.port);
    sender.write(
      encode([
        'web',
        [[1, { message: 'a' }], 'no entry', [2, 'no record'], [[3, {}], { message: 'b' }]],
        { chunk: 'c' },
      ]),
    );
    await server.got(2);
    await server.commit();
    await until('it is acknowledged', () => heard(sender) !== undefined);
    expect(server.records.map(({ t, text }) => [t, text])).toEqual([
      [1000, 'a'],
      [3000, 'b'],
    ]);
    expect(server.refused.get('invalid_message')).toBe(2);
  });

  it('is a sender that stops within a message: it is disconnected, one that is silent between them is not', async () => {
    const server = await serve({ timeout: '20ms' });
    const [stuck, silent] = [dial(server.port), dial(server.port)];
    silent.write(good);
    stuck.write(good.subarray(0, 5));
    await closed(stuck);
    expect(server.said.join()).toContain('stopped in the middle of a message');
    silent.write(good);
    await server.got(2);
  });

  it('never gets out of the collector, whatever the bytes are', async () => {
    const server = await serve({ timeout: '20ms', max_message_bytes: 4096 });
    const noise = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 200 }),
      fc.array(fc.anything({ maxDepth: 2 }), { maxLength: 4 }).map(parts => encode(parts.map(String))),
      fc
        .uint8Array({ maxLength: 60 })
        .map(bytes => encode(['tag', bytes, { compressed: 'gzip', chunk: 'x' }])),
      fc.uint8Array({ maxLength: 60 }).map(bytes => encode(['tag', bytes])),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(noise, { minLength: 1, maxLength: 4 }), async all => {
        const socket = dial(server.port);
        for (const bytes of all) socket.write(bytes);
        socket.end();
        await closed(socket);
      }),
      { seed: 5, numRuns: 300 },
    );
    dial(server.port).write(encode(['web', 1, { message: 'still there' }]));
    await until('a good one is served', () => server.texts().includes('still there'));
  });
});

describe('the server', () => {
  it('answers heartbeats by UDP', async () => {
    const server = await serve();
    const socket = createSocket('udp4');
    cleanups.push(() => socket.close());
    socket.send(Buffer.of(0), server.port, '127.0.0.1');
    const [answer] = await once(socket, 'message');
    expect(answer).toEqual(Buffer.of(0));
  });

  it('reads no further from a sender while the sink has no room', async () => {
    let release = () => {};
    const gate = new Promise<void>(resolve => {
      release = resolve;
    });
    const server = await serve({}, { take: () => gate });
    const sender = dial(server.port);
    const bytes = Buffer.from(encode(['web', 1, { message: 'x'.repeat(1000) }]));
    for (let n = 0; n < 30_000; n++) sender.write(bytes);
    await server.got(1);
    await until('the sender is held up', () => sender.writableLength > 10_000_000);
    expect(server.records.length).toBeLessThan(1000);
    release();
    await server.got(30_000);
  });

  it('waits for its address while another process has it, and says so', async () => {
    const first = await serve();
    const options = fluentForward.options.parse({ listen: `127.0.0.1:${first.port}` });
    const second = readLogs(fluentForward.create(options, undefined));
    cleanups.push(() => second.stop());
    await until('it is said', () => second.troubles.length > 0);
    expect(second.troubles[0]).toMatch(/cannot listen on 127\.0\.0\.1:\d+: .*EADDRINUSE/);
    await first.stop();
    await until('it listens', () => second.troubles.at(-1) === undefined);
  });

  it('takes strings that were sent as bytes, and packed entries that were sent as a string', async () => {
    const server = await serve();
    const entry = Buffer.from(encode([1, { message: Buffer.from('grüße'), code: 200 }]));
    const asString = Buffer.concat([Buffer.of(0x92), encode('web'), Buffer.of(0xd9, entry.length), entry]);
    dial(server.port).write(asString);
    await server.got(1);
    expect(server.records[0]).toMatchObject({ text: 'grüße', fields: { message: 'grüße', code: 200 } });
  });
});
