import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { createKafkaAdmin } from '../../clients/kafka.ts';
import { kafka } from '../../collectors/kafka.ts';
import { createAuthority } from '../certificates.ts';
import { missingCommands, temporaryFolder, until } from './loopback-server.ts';
import { type Running, startCollector } from './recording-sink.ts';
import { missingServers } from './services/jars.ts';
import { createKafkaServer, type KafkaServer } from './services/kafka.ts';

const missing = [...missingServers('kafka'), ...missingCommands('java', 'kcat')];
const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];
const mechanisms = ['scram-sha-256', 'scram-sha-512', 'plain'] as const;

const numbered = (count: number, word = 'line') =>
  Array.from({ length: count }, (_, index) => `${word} ${index} of a service that writes what it does`);

describe.skipIf(missing.length > 0)('what is read from a real Kafka', () => {
  const dir = temporaryFolder('kafka');
  let server: KafkaServer;
  let running: Running[] = [];

  beforeAll(async () => {
    server = await createKafkaServer(dir);
    await server.start();
  });
  afterEach(async () => {
    await Promise.all(running.map(each => each.stop()));
    running = [];
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  type Given = Partial<z.input<typeof kafka.options>>;

  /** A collector of one topic, from its beginning, in a group of the topic's name. */
  function collectorOf(topic: string, given: Given = {}) {
    return kafka.create(
      kafka.options.parse({
        brokers: [server.plain],
        topics: [topic],
        group_id: topic,
        start_at: 'beginning',
        session_timeout: '3s',
        ...given,
      }),
      undefined,
    );
  }

  function read(topic: string, given: Given = {}, from?: string): Running {
    const started = startCollector(collectorOf(topic, given), from);
    running.push(started);
    return started;
  }

  const texts = ({ sink }: Running) => sink.records.map(record => record.text).sort();
  const arrived = (started: Running, count: number) =>
    until(`${count} records`, () => started.sink.records.length >= count);
  const troubled = (started: Running, what: RegExp) =>
    until(`trouble ${what}`, () => started.sink.troubles.some(each => what.test(each ?? '')));

  const secured = (given: Given = {}): Given => ({
    brokers: [server.secure],
    tls_config: { ca_file: server.ca_file },
    sasl: { mechanism: 'scram-sha-512', ...server.user },
    ...given,
  });

  it.each(codecs)('reads what was written with codec %s', async codec => {
    const lines = numbered(2000, codec);
    await server.produce(`codec-${codec}`, lines, '-z', codec, '-X', 'linger.ms=200');
    const started = read(`codec-${codec}`);
    await arrived(started, lines.length);
    expect(texts(started)).toEqual([...lines].sort());
    expect(started.sink.records[0]!.labels).toEqual({ topic: `codec-${codec}` });
    expect(started.sink.records[0]!.t).toBeGreaterThan(1.6e12);
    expect([...started.sink.refused]).toEqual([]);
  });

  it.each(mechanisms)('logs in over TLS with %s, the password from a file', async mechanism => {
    const file = `${dir}/password-${mechanism}`;
    writeFileSync(file, `${server.user.password}\n`);
    const lines = numbered(20);
    await server.produce(`secure-${mechanism}`, lines);
    const { username } = server.user;
    const started = read(
      `secure-${mechanism}`,
      secured({ sasl: { mechanism, username, password_file: file } }),
    );
    await arrived(started, lines.length);
    expect(texts(started)).toEqual([...lines].sort());
    expect(started.sink.troubles).toEqual([]);
  });

  it('says that a password is wrong, without the password, and reads when it is right', async () => {
    const file = `${dir}/password`;
    writeFileSync(file, 'not-the-password');
    await server.produce('rotated', ['one']);
    const { username } = server.user;
    const sasl = { mechanism: 'scram-sha-256' as const, username, password_file: file };
    const started = read('rotated', secured({ sasl }));
    await troubled(started, /refuses the user name or the password/);
    writeFileSync(file, server.user.password);
    await arrived(started, 1);
    expect(started.sink.troubles).toHaveLength(2);
    expect(started.sink.troubles[1]).toBeUndefined();
    expect(String(started.sink.troubles)).not.toMatch(/not-the-password|alice-secret/);
  });

  it('says that a certificate is of another authority, and that a listener wants TLS', async () => {
    const stranger = createAuthority(dir, 'stranger');
    const distrusting = read('strange', secured({ tls_config: { ca_file: stranger.ca_file } }));
    await troubled(distrusting, /not signed by an authority that we trust/);
    const plain = read('strange', { brokers: [server.secure] });
    await troubled(plain, /does it want TLS/);
  });

  it('hands on JSON as fields, text as text, and counts what has no value', async () => {
    const event = { '@timestamp': '2026-01-01T00:00:00Z', user: { name: 'bob' }, action: 'login' };
    const admin = ['-Z', '-K', '\t'];
    await server.produce('security_events', [JSON.stringify(event), '{"broken": ', 'plain words', '{}x']);
    await server.produce('security_events', ['key\t'], ...admin);
    await server.produce('security_events', ['nul \0 byte']);
    const started = read('security_events');
    await until('six messages', () => started.sink.records.length === 4 && started.sink.refused.size === 3);
    expect(started.sink.records.filter(each => each.fields !== undefined)).toEqual([
      { text: '', fields: event, labels: { topic: 'security_events' }, t: expect.any(Number) },
    ]);
    expect(texts(started)).toEqual(['', 'plain words', '{"broken": ', '{}x']);
    expect(Object.fromEntries(started.sink.refused)).toEqual({
      invalid_json: 2,
      invalid_message: 1,
      binary: 1,
    });
  });

  it('cuts a value of 10 MB, counts it and goes on', async () => {
    const file = `${dir}/large`;
    writeFileSync(file, `${'ä'.repeat(5_000_000)}`);
    await server.produce('large', [], '-X', 'message.max.bytes=16000000', file);
    await server.produce('large', ['after it']);
    const started = read('large', { max_message_bytes: 1001 });
    await arrived(started, 2);
    expect(texts(started)).toEqual(['after it', 'ä'.repeat(500)]);
    expect(Object.fromEntries(started.sink.refused)).toEqual({ too_long: 1 });
    expect(readFileSync(file)).toHaveLength(10_000_000);
  });

  it('commits only what it is told to, and the group goes on from there', async () => {
    await server.produce('committed', numbered(100));
    const collector = collectorOf('committed');
    const first = startCollector(collector);
    running.push(first);
    await arrived(first, 100);
    const admin = await createKafkaAdmin(kafka.options.parse({ brokers: [server.plain], topics: ['x'] }));
    expect(await admin.committed('committed', ['committed'])).toEqual([]);
    await collector.commit(first.sink.position()!);
    const group = await admin.committed('committed', ['committed']);
    expect(group.reduce((sum, { offset }) => sum + offset, 0)).toBe(100);
    await first.stop();
    await server.produce('committed', ['new']);
    const second = read('committed');
    await arrived(second, 1);
    expect(texts(second)).toEqual(['new']);
    await admin.close();
  });

  it('begins at its own position, be the group ahead of it or behind', async () => {
    const collector = collectorOf('stored');
    await server.produce('stored', numbered(10, 'first'));
    const first = startCollector(collector);
    running.push(first);
    await arrived(first, 10);
    const early = first.sink.position()!;
    await server.produce('stored', numbered(10, 'second'));
    await arrived(first, 20);
    const late = first.sink.position()!;
    await collector.commit(early);
    await first.stop();
    await server.produce('stored', ['third']);
    const ahead = read('stored', {}, late);
    await arrived(ahead, 1);
    expect(texts(ahead)).toEqual(['third']);
    await ahead.stop();
    const behind = read('stored', {}, early);
    await arrived(behind, 11);
    expect(texts(behind)).toEqual([...numbered(10, 'second'), 'third'].sort());
  });

  it('begins where somebody else has committed since', async () => {
    const mine = collectorOf('taken-over');
    await server.produce('taken-over', numbered(10, 'first'));
    const first = startCollector(mine);
    running.push(first);
    await arrived(first, 10);
    const position = first.sink.position()!;
    await mine.commit(position);
    await first.stop();
    await server.produce('taken-over', numbered(10, 'second'));
    const other = collectorOf('taken-over');
    const second = startCollector(other);
    running.push(second);
    await arrived(second, 10);
    await other.commit(second.sink.position()!);
    await second.stop();
    await server.produce('taken-over', ['third']);
    const again = read('taken-over', {}, position);
    await arrived(again, 1);
    expect(texts(again)).toEqual(['third']);
  });

  it('loses nothing that is written between a first start at the end and a second one', async () => {
    await server.produce('tail', ['before']);
    const first = read('tail', { start_at: 'end' });
    const position = await until('the end', () => first.sink.position());
    await first.stop();
    await server.produce('tail', ['meanwhile']);
    const second = read('tail', { start_at: 'end' }, position);
    await arrived(second, 1);
    expect([...texts(first), ...texts(second)]).toEqual(['meanwhile']);
  });

  it('shares the partitions with another member and takes them over when it leaves', async () => {
    await server.produce('shared', ['warm-up']);
    const one = collectorOf('shared');
    const first = startCollector(one);
    running.push(first);
    await arrived(first, 1);
    await one.commit(first.sink.position()!);
    const two = collectorOf('shared');
    const second = startCollector(two);
    running.push(second);
    let round = 0;
    await until('both read', async () => {
      await server.produce(
        'shared',
        numbered(30, `round-${round++}`),
        '-X',
        'sticky.partitioning.linger.ms=0',
      );
      return first.sink.records.length > 1 && second.sink.records.length > 0;
    });
    await two.commit(second.sink.position()!);
    await second.stop();
    await server.produce('shared', numbered(300, 'last'));
    const all = () => [...first.sink.records, ...second.sink.records].map(({ text }) => text);
    await until('the one that is left reads all', () => all().length >= 1 + round * 30 + 300);
    expect(new Set(all()).size).toBe(1 + round * 30 + 300);
  });

  it('reads no further while there is no room, stays in the group, and says how far it is behind', async () => {
    const lines = numbered(20_000);
    await server.produce('full', lines);
    const collector = collectorOf('full', { session_timeout: '1s' });
    const started = startCollector(collector);
    running.push(started);
    const empty = started.sink.fill();
    await until('it is full', () => started.sink.batches.length === 1);
    const read = started.sink.records.length;
    expect(collector.lag(Date.now()).records).toBe(lines.length - read);
    const begun = Date.now();
    await until('three sessions are over', () => Date.now() - begun > 3000);
    expect(started.sink.records).toHaveLength(read);
    empty();
    await arrived(started, lines.length);
    expect(texts(started)).toEqual([...lines].sort());
    expect(collector.lag(Date.now()).records).toBe(0);
    expect(started.sink.troubles).toEqual([]);
  });

  it('says once that the broker is away, and reads on when it is back', async () => {
    const topic = 'away';
    await server.produce(topic, numbered(10, 'before'));
    const started = read(topic);
    await arrived(started, 10);
    await server.stop('SIGKILL');
    await troubled(started, /nothing listens there|closed the connection/);
    await server.start();
    await server.produce(topic, numbered(10, 'after'));
    await until('the new ones', () => new Set(texts(started)).size === 20);
    expect(started.sink.troubles.at(-1)).toBeUndefined();
    expect(started.sink.troubles.filter(each => each === undefined)).toHaveLength(1);
    expect(started.sink.records).toHaveLength(20);
  });

  it('waits for a topic that is not there, and reads the others meanwhile', async () => {
    await server.produce('there', ['here']);
    const started = read('there', { topics: ['there', 'later'] });
    await troubled(started, /no topic later/);
    await arrived(started, 1);
    await server.produce('later', ['at last']);
    await arrived(started, 2);
    expect(started.sink.troubles.at(-1)).toBeUndefined();
    expect(texts(started)).toEqual(['at last', 'here']);
  });
});
