import { gzipSync } from 'node:zlib';
import { encode } from '@msgpack/msgpack';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { until } from '../integration/loopback-server.ts';
import { answerOn, closed, dial, startFluent } from './fluent-server.ts';

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
    const server = await startFluent({ max_message_bytes: 2048 });
    const [wrong, right] = [dial(server.port), dial(server.port)];
    wrong.write(Buffer.concat([good, bytes]));
    await closed(wrong);
    expect(server.refused.get('invalid_message')).toBe(1);
    expect(server.said.join()).toMatch(told);
    right.write(good);
    await server.got(2);
  });

  it('in one entry does not take the others, nor their acknowledgement', async () => {
    const server = await startFluent();
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
    await until('it is acknowledged', () => answerOn(sender) !== undefined);
    expect(server.records.map(({ t, text }) => [t, text])).toEqual([
      [1000, 'a'],
      [3000, 'b'],
    ]);
    expect(server.refused.get('invalid_message')).toBe(2);
  });

  it('is a sender that stops within a message: it is disconnected, one that is silent between them is not', async () => {
    const server = await startFluent({ timeout: '20ms' });
    const [stuck, silent] = [dial(server.port), dial(server.port)];
    silent.write(good);
    stuck.write(good.subarray(0, 5));
    await closed(stuck);
    expect(server.said.join()).toContain('stopped in the middle of a message');
    silent.write(good);
    await server.got(2);
  });

  it('never gets out of the collector, whatever the bytes are', async () => {
    const server = await startFluent({ timeout: '20ms', max_message_bytes: 4096 });
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
