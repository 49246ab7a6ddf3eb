import { createMetrics } from '../server/metrics.ts';
import type { LogView } from '../server/model.ts';
import { createServer, type Server } from '../server/server.ts';
import { openStore } from '../store/sqlite.ts';
import type { RecordedLogs } from './demo-logs.ts';
import { FeedbackDesk } from './feedback.ts';
import { createFeedbackBook } from './feedback-book.ts';
import { createIncidentBook, type IncidentBook } from './incident-book.ts';
import { readIncidentLogs } from './incident-logs.ts';
import { readIncidentSignals } from './incident-signals.ts';
import { replayState } from './replay-state.ts';
import type { AskedSources } from './sources.ts';
import { identityOf } from './store-identity.ts';
import type { Wired } from './wire.ts';

/** The page of a replay: what people say on it is kept in memory, until the process ends. */
export interface DemoPage {
  readonly book: IncidentBook;
  /** Reads the charts and the log lines of an incident, as they are known at `now` (ms). */
  show(id: string, now: number): Promise<void>;
  /** Serves it; `recording` is its name. Rejects where the address cannot be listened on. */
  serve(at: {
    readonly listen: string;
    readonly recording: string;
  }): Promise<{ server: Server; url: string }>;
}

/** What a page of a replay is made of. */
export interface DemoPageParts {
  readonly wired: Wired;
  readonly sources: AskedSources;
  readonly logs: RecordedLogs | undefined;
  readonly say: (message: string) => void;
}

/** A page that shows nothing yet. */
export function createDemoPage({ wired, sources, logs, say }: DemoPageParts): DemoPage {
  const store = openStore(':memory:');
  const feedback = createFeedbackBook(store.values('feedback'));
  const book = createIncidentBook(100, feedback);
  const said = new Map<string, LogView>();
  const { transaction } = store;
  const desk = new FeedbackDesk({
    book: feedback,
    incidents: book.made,
    audit: () => undefined,
    transaction,
    clock: Date.now,
  });
  return {
    book,
    async show(id, now) {
      const view = book.get(id);
      if (view === undefined) return;
      book.addSignals(id, await readIncidentSignals(view.incident, wired.watches, { sources, now }));
      logs?.readTo(now);
      if (logs !== undefined) said.set(id, readIncidentLogs(view.incident, logs, { now }));
    },
    async serve({ listen, recording }) {
      const { registry } = createMetrics();
      const state = replayState(wired, { book, recording, logsOf: id => said.get(id) });
      const identity = identityOf(store, ':memory:');
      const server = createServer({ state, registry, routes: [], feedback: desk, store: identity, log: say });
      try {
        return { server, url: (await server.listen(listen)).url };
      } catch (error) {
        await server.close();
        throw error;
      }
    },
  };
}
