import type { z } from 'zod';
import type { AuditRecord } from '../core/audit.ts';
import { type Feedback, homeOf, mergeSchema, noteSchema, saidSchema, splitSchema } from '../core/feedback.ts';
import type { Incident } from '../core/incident.ts';
import { reshape } from '../core/reshape.ts';
import { sayCount, sayList } from '../core/say-name.ts';
import type { FeedbackAnswer, FeedbackRequest, FeedbackTarget } from '../server/feedback.ts';
import type { FeedbackBook } from './feedback-book.ts';

/** What taking feedback needs. `incidents` are those that feedback may be given on, as the correlator made them. */
export interface FeedbackParts {
  readonly book: FeedbackBook;
  readonly incidents: () => readonly Incident[];
  readonly audit: (record: AuditRecord) => void;
  /** Commits the feedback and its entry in the audit log, or neither. */
  readonly transaction: <T>(body: () => T) => T;
  readonly clock: () => number;
}

/** What is wrong with a request, in words, and the status that says it over HTTP. */
class Refusal extends Error {
  readonly status: 400 | 404 | 409;
  constructor(status: 400 | 404 | 409, message: string) {
    super(message);
    this.status = status;
  }
}

function parsed<T>(schema: z.ZodType<T>, body: unknown, user: string | undefined): T {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new Refusal(400, 'the body must be a JSON object like {"by": "ann"}');
  const result = schema.safeParse({ ...(user === undefined ? {} : { by: user }), ...body });
  if (result.success) return result.data;
  const words = result.error.issues.slice(0, 3).map(({ path, message }) => {
    const where = path.map(String).join('.');
    return where === '' ? message : `${where}: ${message}`;
  });
  throw new Refusal(400, words.join('; '));
}

const actions: Readonly<Record<Feedback['kind'], string>> = {
  ack: 'acknowledged',
  confirm: 'confirmed',
  reject: 'rejected',
  note: 'noted',
  merge: 'merged',
  split: 'split',
};

function messageOf(record: Feedback): string {
  if (record.kind === 'merge') return `${sayList(record.incidents)} are one incident: ${record.into}`;
  if (record.kind === 'split')
    return `${sayCount(record.alerts.length, 'alert')} of incident ${record.incident} are incident ${record.made}`;
  const said = record.text === undefined ? '' : `: ${record.text}`;
  return `incident ${record.incident} ${actions[record.kind]}${said}`;
}

/** Takes what people say of incidents, by whatever way: one place checks, keeps and logs it. */
export class FeedbackDesk implements FeedbackTarget {
  readonly #parts: FeedbackParts;

  constructor(parts: FeedbackParts) {
    this.#parts = parts;
  }

  give(request: FeedbackRequest): FeedbackAnswer {
    try {
      const { record, incident } = this.#record(request);
      if (record !== undefined) this.#keep(record, request.user);
      return { ok: true, incident, changed: record !== undefined };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { ok: false, status: error.status, message: error.message };
    }
  }

  #keep(record: Feedback, user: string | undefined): void {
    const { book, audit, transaction } = this.#parts;
    const { at, by, kind } = record;
    const login = user === undefined || user === by ? {} : { user };
    let added: { undo(): void } | undefined;
    try {
      transaction(() => {
        added = book.add(record);
        audit({
          at,
          actor: by,
          action: `incident-${actions[kind]}`,
          message: messageOf(record),
          details: { ...record, ...login },
        });
      });
    } catch (error) {
      added?.undo();
      throw error;
    }
  }

  #record(request: FeedbackRequest): { readonly record: Feedback | undefined; readonly incident: string } {
    const { kind, body, user } = request;
    const at = this.#parts.clock();
    if (kind === 'merge') return this.#merge(parsed(mergeSchema, body, user), at);
    const incident = this.#shown(request.incident).id;
    if (kind === 'split') return this.#split(incident, parsed(splitSchema, body, user), at);
    if (kind === 'note')
      return { record: { kind, incident, at, ...parsed(noteSchema, body, user) }, incident };
    const said = parsed(saidSchema, body, user);
    const again = said.text === undefined && this.#isSaid(incident, kind);
    return { record: again ? undefined : { kind, incident, at, ...said }, incident };
  }

  /** A second click says nothing new. */
  #isSaid(incident: string, kind: 'ack' | 'confirm' | 'reject'): boolean {
    const { acknowledged, verdict } = this.#parts.book.of(incident);
    return kind === 'ack' ? acknowledged !== undefined : verdict?.real === (kind === 'confirm');
  }

  #all(): readonly Incident[] {
    return reshape(this.#parts.incidents(), this.#parts.book.records());
  }

  #shown(id: string): Incident {
    const home = homeOf(id, this.#parts.book.records());
    const found = this.#all().find(each => each.id === home);
    if (found === undefined) throw new Refusal(404, `no incident ${JSON.stringify(id)}`);
    return found;
  }

  #merge({ ids, by }: z.output<typeof mergeSchema>, at: number) {
    const homes = [...new Set(ids.map(id => this.#shown(id)))];
    const incidents = [...new Set(homes.map(({ id }) => id))];
    if (incidents.length < 2)
      throw new Refusal(409, `${ids.join(', ')} are one incident already: ${incidents[0]}`);
    const into = [...homes].sort((a, b) => a.startsAt - b.startsAt)[0]!.id;
    return { record: { kind: 'merge', incidents, into, at, by } satisfies Feedback, incident: into };
  }

  #split(incident: string, { alerts, by }: z.output<typeof splitSchema>, at: number) {
    const all = this.#all();
    const shown = all.find(each => each.id === incident)!;
    const there = new Set(shown.members.map(({ alert }) => alert.fingerprint));
    const wanted = [...new Set(alerts)];
    const missing = wanted.find(each => !there.has(each));
    if (missing !== undefined) throw new Refusal(400, `alerts: ${incident} has no alert ${missing}`);
    if (wanted.length === there.size)
      throw new Refusal(400, `alerts: these are all alerts of ${incident}: leave one at least`);
    const taken = new Set(all.map(({ id }) => id));
    for (const each of this.#parts.book.records()) if (each.kind === 'split') taken.add(each.made);
    let n = 1;
    while (taken.has(`${incident}.${n}`)) n++;
    const made = `${incident}.${n}`;
    return {
      record: { kind: 'split', incident, alerts: wanted, made, at, by } satisfies Feedback,
      incident: made,
    };
  }
}
