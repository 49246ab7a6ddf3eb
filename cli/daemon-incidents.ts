import type { FeedbackOf } from '../core/feedback.ts';
import { reshape } from '../core/reshape.ts';
import { sayCount } from '../core/say-name.ts';
import type { Store } from '../core/store.ts';
import type { Daemon } from './daemon.ts';
import { createFeedbackBook } from './feedback-book.ts';
import { createIncidentAlbum } from './incident-album.ts';
import { createIncidentBook } from './incident-book.ts';
import { createIncidentStore } from './incident-store.ts';
import type { Log } from './log.ts';

/** Incidents as they were stored, and what people said of them. */
export function createIncidents(
  store: Store,
  log: Log,
): Pick<Daemon, 'album' | 'book' | 'incidents' | 'feedback'> {
  const feedback = createFeedbackBook(store.values('feedback'), count =>
    log.error(`${sayCount(count, 'record')} of feedback cannot be read: they are left out`),
  );
  const incidents = createIncidentStore(store.values('incidents'));
  const book = createIncidentBook(200, feedback);
  book.update(incidents.read());
  const ids = book.made().map(({ id }) => id);
  const album = createIncidentAlbum(store.values('incident-pictures'), ids);
  for (const id of ids) {
    const { signals, around } = album.of(id);
    if (signals !== undefined) book.addSignals(id, signals);
    if (around !== undefined) book.addSurroundings(id, around);
  }
  return { album, book, incidents, feedback };
}

/** A person has it, or said that it is none. */
export const isLookedAfter =
  (of: FeedbackOf) =>
  (incident: string): boolean => {
    const { acknowledged, verdict } = of(incident);
    return acknowledged !== undefined || verdict?.real === false;
  };

/** Incidents that ended before `oldest` (ms) go; what was said of them goes with them. */
export function expireIncidents({ album, feedback, incidents }: Daemon, oldest: number): void {
  incidents.expire(oldest);
  const all = incidents.read();
  const kept = new Set([...all, ...reshape(all, feedback.records())].map(({ id }) => id));
  album.expire(id => kept.has(id));
  feedback.expire(oldest, incident => kept.has(incident));
}
