import type { FeedbackOf } from '../core/feedback.ts';
import type { Incident } from '../core/incident.ts';
import type { Case } from './escalation-case.ts';
import { CaseBook } from './escalation-case-book.ts';
import { coldWords, type Outlook, outlookOf } from './escalation-chances.ts';
import { endedOf, landmarkOf } from './escalation-landmarks.ts';
import { needed, type OutlookHistory } from './escalation-outlook.ts';
import type { OutlookModel } from './escalation-outlook-codec.ts';
import type { Objectives } from './escalation-own-outcomes.ts';

interface Told {
  readonly key: string;
  readonly outlook: Outlook;
}

export interface EscalationWatchOptions {
  readonly objectives: Objectives;
  /** Own cases, as they were kept. */
  readonly kept?: readonly Case[];
  /** Cases of a service desk, in the words of ours. */
  readonly imported?: readonly Case[];
  /** A fit is worth its time when so many times as many incidents are known as at the last one. */
  readonly growth?: number;
}

/** What an incident that nobody was told of yet is known by. */
const untold: Outlook = { oddsUnknown: 'it was not told yet' };
const day = 86_400_000;

/**
 * Gives open incidents their odds. Fed with the incidents of each pass in order of time; what it learns from it keeps as cases.
 * `model` is fitted elsewhere, from `history`, and handed in.
 */
export class EscalationWatch {
  readonly book: CaseBook;
  readonly #objectives: Objectives;
  readonly #imported: readonly Case[];
  readonly #growth: number;
  readonly #told = new Map<string, Told>();
  #model: OutlookModel | undefined;
  #generation = 0;

  constructor({ objectives, kept = [], imported = [], growth = 1.01 }: EscalationWatchOptions) {
    this.#objectives = objectives;
    this.#imported = endedOf(imported);
    this.#growth = growth;
    this.book = new CaseBook(kept);
  }

  get model(): OutlookModel | undefined {
    return this.#model;
  }

  /** Takes a model into use. */
  adopt(model: OutlookModel): void {
    this.#model = model;
    this.#generation++;
  }

  /** What a model is to be learned from. */
  get history(): OutlookHistory {
    return { own: endedOf(this.book.all()), imported: this.#imported };
  }

  /** How many incidents there are to learn from; imported ones count while own ones are few. */
  get known(): number {
    const { ended } = this.book;
    return ended >= needed.cases ? ended : ended + this.#imported.length;
  }

  /**
   * Whether a new model is due at `t` (ms): a day after the last one, when there is more to learn from: more cases, newer ones in a
   * book that is full, or enough own ones to do without imported ones.
   */
  isDue(t: number): boolean {
    if (this.known < needed.cases) return false;
    const last = this.#model;
    if (last === undefined) return true;
    if (t - last.at < day) return false;
    if (this.book.isFull || (last.imported > 0 && this.book.ended >= needed.cases)) return true;
    return this.known >= this.#growth * last.cases;
  }

  /** The incidents of a pass at `t` (ms), with their odds as they stand, or why there are none. */
  step(t: number, incidents: readonly Incident[], of: FeedbackOf): readonly Incident[] {
    return incidents.map(incident => {
      const one = this.book.observe(incident, t, of);
      const outlook = this.#outlook(incident, one, t);
      if (incident.endsAt !== undefined) this.#told.delete(incident.id);
      if (outlook.escalation === undefined) return { ...incident, oddsUnknown: outlook.oddsUnknown };
      return { ...incident, escalation: outlook.escalation };
    });
  }

  /** What is told of an incident is thought over when a fact or the model is new, or it has come to the next landmark. */
  #outlook({ id, endsAt }: Incident, one: Case | undefined, t: number): Outlook {
    const before = this.#told.get(id);
    if (endsAt !== undefined) return before?.outlook ?? { oddsUnknown: 'it is over' };
    if (one === undefined) return untold;
    const key = `${one.events.length} ${landmarkOf(t - one.openedAt)} ${this.#generation}`;
    if (before?.key === key) return before.outlook;
    const outlook = this.#asked(one, t);
    this.#told.set(id, { key, outlook });
    return outlook;
  }

  #asked(one: Case, t: number): Outlook {
    if (this.#model === undefined) return { oddsUnknown: this.#cold() };
    return outlookOf(this.#model, this.#objectives, { case: one, events: one.events, at: t });
  }

  #cold(): string {
    const { known } = this;
    return known < needed.cases ? coldWords({ cases: known, reached: 0 }) : 'its odds are being learned';
  }
}
