import type { FeedbackOf } from '../core/feedback.ts';
import type { Incident } from '../core/incident.ts';
import type { CorrelateStage } from '../core/pipeline.ts';
import { sayCount } from '../core/say-name.ts';
import type { KeyValues, Store } from '../core/store.ts';
import type { Case } from '../correlators/escalation-case.ts';
import { asOwnCases } from '../correlators/escalation-desk-case.ts';
import { decodeOutlook, type OutlookModel } from '../correlators/escalation-outlook-codec.ts';
import type { Objectives } from '../correlators/escalation-own-outcomes.ts';
import { pastCases } from '../correlators/escalation-past.ts';
import { EscalationWatch } from '../correlators/escalation-watch.ts';
import type { Metrics } from '../server/metrics.ts';
import type { AuditDesk } from './audit-desk.ts';
import type { OutlookFitter } from './escalation-fit.ts';
import type { FeedbackBook } from './feedback-book.ts';
import { keptCaseIn, keptOf, storedHistory } from './history-store.ts';
import type { Log } from './log.ts';
import { resume, type Unreadable } from './resume.ts';

/** What giving incidents their odds needs. `incidents` are those that are stored, for the first start with an older store. */
export interface EscalationParts {
  readonly objectives: Objectives;
  readonly store: Store;
  readonly incidents: () => readonly Incident[];
  readonly feedback: FeedbackBook;
  readonly fitter: OutlookFitter;
  readonly audit: Pick<AuditDesk, 'note'>;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly unreadable: Unreadable;
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
/** After a fit that failed the next one waits, ms. */
const pause = 3_600_000;

function readCases(entries: ReturnType<KeyValues['entries']>, unreadable: Unreadable): readonly Case[] {
  return entries.flatMap(([id, bytes]) => {
    try {
      return [keptCaseIn(decode(bytes))];
    } catch (error) {
      unreadable(`the life of incident ${id}`, error);
      return [];
    }
  });
}

function wordsOf({ cases, imported, parts }: OutlookModel): string {
  const told = parts.flatMap(({ name, quality }) =>
    quality === undefined ? [] : [`${name.replace('_', ' ')} ${quality.auc.toFixed(2)}`],
  );
  const from = imported === 0 ? '' : `, ${imported} of them imported`;
  const how = told.length === 0 ? 'too few of any kind, they are not told' : `AUC: ${told.join(', ')}`;
  return `the odds that an incident gets worse were learned from ${sayCount(cases, 'incident')}${from}; ${how}`;
}

/**
 * Gives each open incident its odds, and keeps what it learns from: a table of cases, and the fitted model, which is renewed
 * daily in a thread of its own. Fed by the pass; stored with it.
 */
export class EscalationDesk {
  readonly #parts: EscalationParts;
  readonly #watch: EscalationWatch;
  readonly #cases: KeyValues;
  readonly #state: KeyValues;
  #judged = -1;
  #fitting: Promise<void> | undefined;
  #notBefore = Number.NEGATIVE_INFINITY;
  #closed = false;

  constructor(parts: EscalationParts) {
    const { store, objectives, unreadable } = parts;
    this.#parts = parts;
    this.#cases = store.values('cases');
    this.#state = store.values('escalation');
    this.#watch = new EscalationWatch({ objectives, kept: this.#keptCases(), imported: this.#imported() });
    const known = this.#state.get('objectives');
    if (known === undefined || decode(known) !== JSON.stringify(objectives)) return;
    const model = this.#state.get('model');
    const adopt = (bytes: Uint8Array | undefined) => bytes && this.#watch.adopt(decodeOutlook(bytes));
    resume({ name: 'odds of escalation', state: model }, adopt, unreadable);
    this.#measure();
  }

  #keptCases(): readonly Case[] {
    const { store, incidents, unreadable } = this.#parts;
    const entries = this.#cases.entries();
    if (entries.length > 0) return readCases(entries, unreadable);
    const past = pastCases(incidents());
    store.transaction(() => {
      for (const one of past) this.#cases.set(one.id, encode(JSON.stringify(keptOf(one))));
    });
    return past;
  }

  #imported(): readonly Case[] {
    const { store, unreadable } = this.#parts;
    try {
      return asOwnCases(storedHistory(store));
    } catch (error) {
      unreadable('imported history', error);
      return [];
    }
  }

  /** The stage, with the odds of its incidents. */
  telling(stage: CorrelateStage): CorrelateStage {
    const { feedback } = this.#parts;
    const of: FeedbackOf = incident => feedback.of(incident);
    return {
      step: input => {
        this.#judge(of);
        const { incidents, ...rest } = stage.step(input);
        return { ...rest, incidents: this.#watch.step(input.t, incidents, of) };
      },
    };
  }

  /** What people have said since the last pass, also of incidents that are over. */
  #judge(of: FeedbackOf): void {
    const said = this.#parts.feedback.records().length;
    if (said === this.#judged) return;
    this.#judged = said;
    this.#watch.book.judge(of);
  }

  /** Writes what the pass has changed; part of its transaction. */
  save(): void {
    for (const [id, one] of this.#watch.book.takeChanged())
      if (one === undefined) this.#cases.delete(id);
      else this.#cases.set(id, encode(JSON.stringify(keptOf(one))));
  }

  /** Between two passes at `t` (ms): begins a fit when one is due. Never waits for it. */
  tend(t: number): void {
    this.#parts.metrics.escalationKnown.set(this.#watch.known);
    if (this.#fitting !== undefined || t < this.#notBefore || !this.#watch.isDue(t)) return;
    this.#fitting = this.#fit(t).finally(() => {
      this.#fitting = undefined;
    });
  }

  async #fit(t: number): Promise<void> {
    const { fitter, objectives, log } = this.#parts;
    try {
      const bytes = await fitter.fit({ history: this.#watch.history, options: { objectives, at: t } });
      this.#keep(bytes);
    } catch (error) {
      this.#notBefore = t + pause;
      const reason = error instanceof Error ? error.message : String(error);
      if (!this.#closed) log.warn(`the odds of incidents were not learned, it is tried again: ${reason}`);
    }
  }

  #keep(bytes: Uint8Array): void {
    const { store, objectives, audit, log } = this.#parts;
    const model = decodeOutlook(bytes);
    const message = wordsOf(model);
    const { cases, imported, parts } = model;
    const told = parts.map(({ name, reached, quality }) => ({ name, reached, quality }));
    store.transaction(() => {
      this.#state.set('model', bytes);
      this.#state.set('objectives', encode(JSON.stringify(objectives)));
      audit.note({ action: 'escalation-learned', message, details: { cases, imported, outcomes: told } });
    });
    this.#watch.adopt(model);
    this.#measure();
    log.info(message);
  }

  #measure(): void {
    const { metrics } = this.#parts;
    const { model } = this.#watch;
    if (model === undefined) return;
    metrics.escalationFitted.set(model.at / 1000);
    for (const { name: outcome, quality } of model.parts) {
      if (quality === undefined) continue;
      metrics.escalationAuc.set({ outcome }, quality.auc);
      metrics.escalationError.set({ outcome }, quality.error);
    }
  }

  /** Resolves when no fit is under way. */
  async settled(): Promise<void> {
    await this.#fitting;
  }

  /** Gives up a fit that is under way: it begins anew at the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#parts.fitter.close();
    await this.#fitting;
  }
}
