import { expect, it } from 'vitest';
import { freePort, until } from '../loopback-server.ts';
import { FluentSender } from './fluent-sender.ts';
import { type KilledReader, startKilledReader } from './kill-run.ts';

const total = 1_000_000;
const chunkLines = 500;
/** So many chunks of one sender may wait for their acknowledgement. */
const mostWaiting = 24;

/** Sends the numbers in chunks, by turns from several senders, never far ahead of what is acknowledged. */
async function send(senders: readonly FluentSender[], run: KilledReader): Promise<void> {
  for (let first = 1, chunk = 0; first <= total; first += chunkLines, chunk++) {
    const sender = senders[chunk % senders.length]!;
    if (sender.waiting >= mostWaiting)
      await until(
        `chunk ${chunk} may be sent, ${run.stored()} lines are stored`,
        () => sender.waiting < mostWaiting,
      );
    const events = Array.from(
      { length: chunkLines },
      (_, i) =>
        [1_796_040_000 + chunk, { log: `request done n=${first + i} in 12 ms`, level: 'info' }] as const,
    );
    sender.send('app', `chunk-${chunk}`, events);
  }
  await until('all chunks are acknowledged', () => senders.every(({ waiting }) => waiting === 0));
}

it('fluent_forward loses and doubles none of 1,000,000 lines over 20 kills while senders send again what is not acknowledged', async () => {
  const port = await freePort();
  const options = { listen: `127.0.0.1:${port}` };
  const senders = Array.from({ length: 4 }, () => new FluentSender(port));
  const run = await startKilledReader({ name: 'fluent_forward', options, total, kills: 20, seed: 11 });
  await send(senders, run);
  for (const sender of senders) sender.close();
  const tally = await run.finish();
  const resent = senders.reduce((sum, sender) => sum + sender.resent, 0);
  console.info(
    `fluent_forward: ${tally.duplicates} duplicates after ${tally.kills} kills, ${resent} chunks sent again`,
  );
  expect(tally).toMatchObject({ lost: 0, firstLost: [], duplicates: 0, strange: 0, kills: 20 });
  expect(resent).toBeGreaterThan(0);
});
