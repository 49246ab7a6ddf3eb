import { appendFileSync } from 'node:fs';
import { openStore } from '../../store/sqlite.ts';

/** Writes until it is killed: acknowledges a key only after the store has it. */
const [directory = '', log = '', round = '0'] = process.argv.slice(2);
const store = openStore(directory);
const stopAfter = 5 + ((Number(round) * 37) % 50);
for (let i = 0; ; i++) {
  const key = `${round}-${i}`;
  store.transaction(() => {
    store.outbox.enqueue('r', key, 'body', i);
    store.outbox.enqueue('r', key, 'body', i);
  });
  appendFileSync(log, `${key}\n`);
  if (i === stopAfter) process.send?.('enough');
}
