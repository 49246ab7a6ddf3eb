import { z } from 'zod';
import type { Labels } from '../core/labels.ts';
import type { KeyValues, Store } from '../core/store.ts';
import { Regret, type RegretOptions, type RuleRegret, type Switched } from '../correlators/regret.ts';
import { packFolding, unpackFolding } from '../correlators/regret-foldings.ts';
import { watchRegret } from '../correlators/regret-watch.ts';
import type { Correlator } from '../correlators/result.ts';
import type { Metrics } from '../server/metrics.ts';
import type { SuppressionAnswer, SuppressionRequest, SuppressionTarget } from '../server/suppressions.ts';
import type { AuditDesk } from './audit-desk.ts';
import type { FeedbackBook } from './feedback-book.ts';
import type { Log } from './log.ts';
import { resume, type Unreadable } from './resume.ts';

/** What measuring regret needs. */
export interface RegretParts {
  readonly options: RegretOptions;
  readonly store: Store;
  readonly feedback: Pick<FeedbackBook, 'records'>;
  readonly audit: Pick<AuditDesk, 'note' | 'write' | 'forward'>;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly clock: () => number;
  readonly unreadable: Unreadable;
}

const statesSchema = z.array(z.strictObject({ rule: z.string(), off: z.boolean(), since: z.number() }));
const requestSchema = z.strictObject({
  rule: z.string({ error: 'must be the name of a rule' }).min(1).max(1000),
  by: z
    .string({ error: 'must be the name of who says it' })
    .trim()
    .regex(/^[^\p{Cc}]{1,100}$/u, 'must be a name of 1 to 100 characters'),
});

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

const switchWords = ({ rule, off, by, why }: Switched): string =>
  `${by ?? 'foreshock'} switched ${off ? 'off' : 'on'} what holds alerts back: ${rule} (${why})`;

/**
 * Measures what rules hide, switches off what earns regret, and takes a person's word on it. Read from the store at the start,
 * fed by the pass, stored with it.
 */
export class RegretDesk implements SuppressionTarget {
  readonly #parts: RegretParts;
  readonly #regret: Regret;
  readonly #foldings: KeyValues;
  readonly #states: KeyValues;

  constructor(parts: RegretParts) {
    const { store, options, unreadable } = parts;
    this.#parts = parts;
    this.#foldings = store.values('foldings');
    this.#states = store.values('regret');
    const kept = this.#foldings.entries().flatMap(([key, bytes]) => {
      try {
        return [unpackFolding(decode(bytes))];
      } catch (error) {
        unreadable(`what ${key} held back`, error);
        return [];
      }
    });
    const states = resume(
      { name: 'rules that are switched off', state: this.#states.get('rules') },
      bytes => (bytes === undefined ? [] : statesSchema.parse(JSON.parse(decode(bytes)))),
      unreadable,
    );
    this.#regret = new Regret(options, kept, states);
    this.measure();
  }

  /** Whether a rule is switched off, by its name. */
  get isOff(): (rule: string) => boolean {
    return this.#regret.isOff;
  }

  /** An entity would have paged, had nobody rejected an incident of its service. */
  readonly heldByBudget = (entity: Labels): void => this.#regret.heldByBudget(entity);

  /** The correlator, watched at its work. */
  watching(correlator: Correlator): Correlator {
    return watchRegret(correlator, this.#regret, () => this.#parts.feedback.records());
  }

  /** Writes and tells what the pass has brought; part of its transaction. */
  save(): void {
    const { audit, log, metrics } = this.#parts;
    for (const [key, folding] of this.#regret.foldings.takeChanged())
      if (folding === undefined) this.#foldings.delete(key);
      else this.#foldings.set(key, encode(packFolding(folding)));
    const { regretted, switched } = this.#regret.takeNews();
    for (const { rule, at, incident, why } of regretted) {
      metrics.regret.inc({ rule });
      log.warn(`what ${rule} held back was wrong: ${why}`);
      audit.write({
        at,
        actor: 'foreshock',
        action: 'suppression-regretted',
        message: `${rule}: ${why}`,
        details: { rule, incident },
      });
    }
    for (const each of switched) this.#tell(each);
    if (switched.length > 0) this.#states.set('rules', encode(JSON.stringify(this.#regret.states())));
    this.measure();
  }

  #tell(switched: Switched): void {
    const { audit, log } = this.#parts;
    const { rule, at, off, by = 'foreshock', why } = switched;
    log.warn(switchWords(switched));
    audit.write({
      at,
      actor: by,
      action: off ? 'rule-switched-off' : 'rule-switched-on',
      message: switchWords(switched),
      details: { rule, why },
    });
  }

  measure(): void {
    const { metrics } = this.#parts;
    metrics.suppressions.reset();
    metrics.regretShare.reset();
    metrics.ruleOff.reset();
    for (const { rule, held, regretted, offSince } of this.rules()) {
      metrics.suppressions.set({ rule }, held);
      metrics.regretShare.set({ rule }, held === 0 ? 0 : regretted / held);
      metrics.ruleOff.set({ rule }, offSince === undefined ? 0 : 1);
    }
  }

  /** What rules have held back in the time that counts. */
  rules(): readonly RuleRegret[] {
    return this.#regret.rules(this.#parts.clock());
  }

  /** A person switches a rule. */
  set({ off, body, user }: SuppressionRequest): SuppressionAnswer {
    const given = typeof body === 'object' && body !== null ? body : {};
    const read = requestSchema.safeParse({ ...(user === undefined ? {} : { by: user }), ...given });
    if (!read.success) {
      const words = read.error.issues.map(({ path, message }) => `${path.map(String).join('.')}: ${message}`);
      return { ok: false, status: 400, message: words.join('; ') };
    }
    const { rule, by: said } = read.data;
    const by = user === undefined || user === said ? said : `${said} (signed in as ${user})`;
    if (!this.rules().some(each => each.rule === rule))
      return { ok: false, status: 404, message: `no rule ${JSON.stringify(rule)} has held anything back` };
    const at = this.#parts.clock();
    const changed = this.#regret.set(rule, { off, at, by });
    this.#parts.store.transaction(() => this.save());
    this.#parts.audit.forward();
    return { ok: true, changed };
  }
}
