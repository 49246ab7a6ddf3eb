import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../../core/random.ts';
import { missingCommands, temporaryFolder, until } from '../loopback-server.ts';
import { missingServers } from '../services/jars.ts';
import { createKafkaServer, type KafkaServer } from '../services/kafka.ts';
import { type KilledReader, startKilledReader } from './kill-run.ts';

const missing = [...missingServers('kafka'), ...missingCommands('java', 'kcat')];
const total = 1_000_000;
const mostAhead = 60_000;

describe.skipIf(missing.length > 0)('kafka', () => {
  const dir = temporaryFolder('log-kill-kafka');
  const random = createRandom(11);
  let server: KafkaServer;

  beforeAll(async () => {
    server = await createKafkaServer(dir);
    await server.start();
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  function* lines(from: number, to: number): Generator<string> {
    for (let n = from; n < to; n++)
      yield `2026-11-30T12:00:00.000Z INFO worker: done n=${n} in ${Math.floor(random() * 900)} ms`;
  }

  /** Writes the numbers to all partitions, in pieces of a random length and with every codec. */
  async function write(run: KilledReader): Promise<void> {
    const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];
    for (let n = 1; n <= total; ) {
      const end = Math.min(total + 1, n + 1 + Math.floor(random() * 40_000));
      const codec = codecs[Math.floor(random() * codecs.length)]!;
      await until('the reader comes after', () => n - run.stored() < mostAhead);
      await server.produce('numbers', lines(n, end), '-z', codec);
      n = end;
    }
  }

  it('loses none of 1,000,000 messages over 20 kills', async () => {
    const options = {
      brokers: [server.plain],
      topics: ['numbers'],
      start_at: 'beginning',
      session_timeout: '1s',
    };
    const run = await startKilledReader({ name: 'kafka', options, total, kills: 20, seed: 3 });
    await write(run);
    const tally = await run.finish();
    console.info(`kafka: ${tally.duplicates} duplicates after ${tally.kills} kills`);
    expect(tally).toMatchObject({ lost: 0, firstLost: [], strange: 0, kills: 20 });
  });
});
