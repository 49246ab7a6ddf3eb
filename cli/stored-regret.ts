import { existsSync } from 'node:fs';
import path from 'node:path';
import { SourceError } from '../core/series.ts';
import { createMetrics } from '../server/metrics.ts';
import { StoreError } from '../store/database.ts';
import { openStore } from '../store/sqlite.ts';
import { AuditDesk } from './audit-desk.ts';
import { InputError } from './exit.ts';
import { createFeedbackBook } from './feedback-book.ts';
import type { Loaded } from './load.ts';
import { RegretDesk } from './regret-desk.ts';

const silent = { info: () => {}, warn: () => {}, error: () => {} };

/** Lets a command work on the regret in the store, where no daemon answers. */
export function storedRegret<T>({ config }: Loaded, body: (desk: RegretDesk) => T): T {
  const directory = config.storage.path;
  if (!existsSync(path.join(directory, 'foreshock.db')))
    throw new InputError(
      `${directory}: nothing is stored here, and no foreshock of this config answers; see storage.path`,
    );
  try {
    const store = openStore(directory);
    try {
      const desk = new RegretDesk({
        options: config.regret,
        store,
        feedback: createFeedbackBook(store.values('feedback')),
        audit: new AuditDesk(store, { enqueue: () => undefined }, Date.now),
        metrics: createMetrics(),
        log: silent,
        clock: Date.now,
        unreadable: () => undefined,
      });
      return body(desk);
    } finally {
      store.close();
    }
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    throw new SourceError(
      `${error.message}; it answers neither at web.listen nor at web.external_url of this config`,
      { retryable: false },
    );
  }
}
