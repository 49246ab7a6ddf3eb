import { noFeedback } from '../core/feedback.ts';
import type { Escalation, Incident } from '../core/incident.ts';
import type { Outlook } from './escalation-chances.ts';
import { fitOutlook } from './escalation-outlook.ts';
import type { Objectives } from './escalation-own-outcomes.ts';
import { EscalationWatch } from './escalation-watch.ts';
import type { CorrelationResult } from './result.ts';

const hour = 3_600_000;
export const usualObjectives: Objectives = {
  critical: hour,
  error: 4 * hour,
  warning: 8 * hour,
  info: 72 * hour,
};

/** An incident is looked at no more often than this, ms. */
const lookEvery = 15_000;
/** A replay learns anew when there is a quarter more to learn from. */
const growth = 1.25;

/** Only the whole is learned in a replay. */
function asTold(escalation: Escalation | undefined, oddsUnknown: string): Outlook {
  if (escalation === undefined) return { oddsUnknown };
  return { escalation: { p: escalation.p, drivers: escalation.drivers } };
}

/** The odds of incidents in a replay, learned as it goes from those that were over before: as each stood when it was told first. */
export class ReplayOdds {
  readonly #objectives = usualObjectives;
  readonly #watch = new EscalationWatch({ objectives: this.#objectives, growth });
  readonly #looked = new Map<string, { readonly at: number; readonly notifications: number }>();
  readonly #told = new Map<string, Outlook>();

  /** The result of a step at `t` (ms), with odds. */
  see(t: number, result: CorrelationResult): CorrelationResult {
    const incidents = result.incidents.map(incident => this.#look(incident, t));
    return { ...result, incidents };
  }

  #look(incident: Incident, t: number): Incident {
    const { id, notifications, endsAt } = incident;
    if (notifications.length === 0) return incident;
    const last = this.#looked.get(id);
    const news = last === undefined || last.notifications !== notifications.length || endsAt !== undefined;
    if (news || t - last.at >= lookEvery) {
      this.#looked.set(id, { at: t, notifications: notifications.length });
      if (last === undefined) this.#learn(t);
      const [seen] = this.#watch.step(t, [incident], () => noFeedback);
      const { escalation, oddsUnknown = '' } = seen!;
      if (!this.#told.has(id)) this.#told.set(id, asTold(escalation, oddsUnknown));
    }
    if (endsAt !== undefined) this.#looked.delete(id);
    const told = this.#told.get(id);
    if (endsAt !== undefined) this.#told.delete(id);
    return told?.escalation === undefined ? incident : { ...incident, escalation: told.escalation };
  }

  #learn(t: number): void {
    if (!this.#watch.isDue(t)) return;
    const options = { objectives: this.#objectives, at: t, only: ['worse'] };
    this.#watch.adopt(fitOutlook(this.#watch.history, options));
  }
}
