import { FeedbackDesk } from '../../cli/feedback.ts';
import { createFeedbackBook } from '../../cli/feedback-book.ts';
import { createIncidentBook } from '../../cli/incident-book.ts';
import type { Incident } from '../../core/incident.ts';
import type { Store } from '../../core/store.ts';
import { createMetrics } from '../../server/metrics.ts';
import { createServer, type Server, type ServerDeps } from '../../server/server.ts';
import { began, checkoutIncident, stateOf } from './checkout-incident.ts';

/** The incident of the made-up shop, and a later one of its search. */
export const checkout: Incident = checkoutIncident().incident;
export const search: Incident = {
  ...checkout,
  id: 'search-1010',
  startsAt: began + 300_000,
  members: [
    {
      reason: 'it opened the incident',
      alert: { ...checkout.members[0]!.alert, labels: { service: 'search' }, fingerprint: 'Slow/search' },
    },
  ],
  suspects: [],
  timeline: [{ at: began + 300_000, what: 'search: slow' }],
};

/** A desk over a store with two incidents, and the book that the page reads; each said thing is a second later. */
export function deskOf(store: Store) {
  let now = began + 600_000;
  const feedback = createFeedbackBook(store.values('feedback'));
  const book = createIncidentBook(100, feedback);
  book.update([checkout, search]);
  const desk = new FeedbackDesk({
    book: feedback,
    incidents: book.made,
    audit: record => void store.audit.append([record]),
    transaction: store.transaction,
    clock: () => {
      now += 1000;
      return now;
    },
  });
  return { desk, book, feedback };
}

/** A server, not listening yet, that shows the two incidents and takes feedback on them. */
export function feedbackServer(store: Store, more: Partial<ServerDeps> = {}): Server {
  const { desk, book } = deskOf(store);
  return createServer({
    state: { ...stateOf([]), incidents: book.list, incident: book.get },
    registry: createMetrics().registry,
    routes: [],
    feedback: desk,
    log: (message, error) => console.error(message, error),
    ...more,
  });
}

/** What the audit log says was done, without the making of its key. */
export function deedsIn(store: Store): readonly string[] {
  return store.audit
    .after(0, 1000)
    .filter(({ action }) => action !== 'audit-key-made')
    .map(({ actor, action }) => `${actor} ${action}`);
}
