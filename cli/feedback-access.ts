import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { type Incident, storedIncidentSchema } from '../core/incident.ts';
import { SourceError } from '../core/series.ts';
import type { FeedbackAnswer, FeedbackRequest } from '../server/feedback.ts';
import { StoreError } from '../store/database.ts';
import { readValues } from '../store/reader.ts';
import { openStore } from '../store/sqlite.ts';
import { InputError } from './exit.ts';
import { FeedbackDesk } from './feedback.ts';
import { createFeedbackBook } from './feedback-book.ts';
import { type Asked, createDaemonClient, type DaemonClient } from './feedback-client.ts';
import { createIncidentBook } from './incident-book.ts';
import { createIncidentStore, incidentsOf } from './incident-store.ts';
import type { Loaded } from './load.ts';

const remark = z
  .object({ at: z.number(), by: z.string(), text: z.string().optional() })
  .transform(each => ({ ...each, text: each.text }));

/** An incident as the API and the store both give it to a command. */
export const viewSchema = z.object({
  incident: storedIncidentSchema,
  title: z.string(),
  affected: z.array(z.string()),
  feedback: z.object({
    acknowledged: remark.optional(),
    verdict: remark.and(z.object({ real: z.boolean() })).optional(),
    notes: z.array(remark),
  }),
});
export type IncidentSeen = z.output<typeof viewSchema>;

/** Incidents and feedback, for a command: of the running daemon when one answers, else of the store. */
export interface FeedbackAccess {
  /** As JSON, as the API answers them. */
  list(): Promise<readonly unknown[]>;
  /** Throws an InputError for an id that is not known. */
  show(id: string): Promise<unknown>;
  /** Answers the incident that is to be looked at next. Throws an InputError for what is refused. */
  give(request: FeedbackRequest): Promise<string>;
  close(): Promise<void>;
}

/** All incidents of a store, also while a daemon has it open. */
function storedViews(directory: string) {
  const said = readValues(directory, 'feedback');
  const none = () => undefined;
  const values = { entries: () => said, keys: () => [], get: none, set: none, delete: none };
  const book = createIncidentBook(Number.POSITIVE_INFINITY, createFeedbackBook(values));
  book.update(incidentsOf(readValues(directory, 'incidents')));
  return book;
}

function giveToStore(directory: string, request: FeedbackRequest): FeedbackAnswer {
  const store = openStore(directory);
  try {
    const all: readonly Incident[] = createIncidentStore(store.values('incidents')).read();
    const desk = new FeedbackDesk({
      book: createFeedbackBook(store.values('feedback')),
      incidents: () => all,
      audit: record => void store.audit.append([record]),
      transaction: store.transaction,
      clock: Date.now,
    });
    return desk.give(request);
  } finally {
    store.close();
  }
}

const given = z.object({ incident: z.string() });

function questionOf(request: FeedbackRequest) {
  const { body } = request;
  if (request.kind === 'merge') return { path: '/api/v1/incidents/merge', body };
  return { path: `/api/v1/incidents/${encodeURIComponent(request.incident)}/${request.kind}`, body };
}

/** By HTTP to the daemon; what nobody answers is answered by `otherwise`, from the store. */
class Access implements FeedbackAccess {
  readonly #client: DaemonClient;
  readonly #directory: string;

  constructor(loaded: Loaded, asked: Asked) {
    this.#client = createDaemonClient(loaded, asked);
    this.#directory = loaded.config.storage.path;
  }

  async list(): Promise<readonly unknown[]> {
    const answer = await this.#client.ask({ path: '/api/v1/incidents' });
    if (answer !== undefined) return z.array(z.unknown()).parse(answer.data);
    return storedViews(this.#stored()).list();
  }

  async show(id: string): Promise<unknown> {
    const answer = await this.#client.ask({ path: `/api/v1/incidents/${encodeURIComponent(id)}` });
    if (answer !== undefined) return answer.data;
    const view = storedViews(this.#stored()).get(id);
    if (view === undefined) throw new InputError(`no incident ${JSON.stringify(id)}`);
    return view;
  }

  async give(request: FeedbackRequest): Promise<string> {
    const answer = await this.#client.ask(questionOf(request));
    if (answer !== undefined) return given.parse(answer.data).incident;
    const result = this.#giveToStore(request);
    if (result.ok) return result.incident;
    throw new InputError(result.message);
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  #giveToStore(request: FeedbackRequest): FeedbackAnswer {
    try {
      return giveToStore(this.#stored(), request);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      throw new SourceError(
        `${error.message}; it answers neither at web.listen nor at web.external_url of this config`,
        { retryable: false },
      );
    }
  }

  #stored(): string {
    if (existsSync(path.join(this.#directory, 'foreshock.db'))) return this.#directory;
    throw new InputError(
      `${this.#directory}: no incidents are stored here, and no foreshock of this config answers; see storage.path`,
    );
  }
}

/** Incidents and feedback of a config, or of the daemon at the URL given. */
export function openFeedback(loaded: Loaded, asked: Asked): FeedbackAccess {
  return new Access(loaded, asked);
}
