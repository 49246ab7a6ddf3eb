import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../../core/random.ts';
import { missingCommands, temporaryFolder, until } from '../loopback-server.ts';
import { createElasticsearchServer, type ElasticsearchServer } from '../services/elasticsearch.ts';
import { missingServers } from '../services/jars.ts';
import { type KilledReader, startKilledReader } from './kill-run.ts';

const missing = [...missingServers('elasticsearch'), ...missingCommands('java')];
const total = 200_000;
const mostAhead = 60_000;
/** Documents come up to so much later than their time says, ms; there is one for each ms. */
const mostLate = 5000;
const began = Date.parse('2026-11-30T12:00:00Z');

describe.skipIf(missing.length > 0)('elasticsearch', () => {
  const dir = temporaryFolder('log-kill-elasticsearch');
  const random = createRandom(13);
  let server: ElasticsearchServer;

  beforeAll(async () => {
    server = await createElasticsearchServer({ dir });
    await server.start();
    const mappings = { dynamic: false, properties: { '@timestamp': { type: 'date' } } };
    await server.ask('PUT', '/numbers', { mappings, settings: { number_of_replicas: 0 } });
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  /** Indexes the numbers in pieces of a random length, one in ten later than its time says. */
  async function write(run: KilledReader): Promise<void> {
    for (let n = 1; n <= total; ) {
      const end = Math.min(total + 1, n + 1 + Math.floor(random() * 10_000));
      let body = '';
      for (; n < end; n++) {
        const late = random() < 0.1 ? Math.floor(random() * mostLate) : 0;
        const document = { '@timestamp': new Date(began + n - late).toISOString(), message: `done n=${n}` };
        body += `{"create":{}}\n${JSON.stringify(document)}\n`;
      }
      await until('the reader comes after', () => n - run.stored() < mostAhead);
      await server.ask('POST', '/numbers/_bulk', body);
    }
  }

  it('loses none of the documents over 20 kills', async () => {
    const options = {
      url: server.url,
      index: 'numbers',
      start_at: 'beginning',
      poll_interval: '50ms',
      late_window: '10s',
    };
    const run = await startKilledReader({ name: 'elasticsearch', options, total, kills: 20, seed: 5 });
    await write(run);
    const tally = await run.finish();
    console.info(`elasticsearch: ${tally.duplicates} duplicates of ${total} after ${tally.kills} kills`);
    expect(tally).toMatchObject({ lost: 0, firstLost: [], strange: 0, kills: 20 });
  });
});
