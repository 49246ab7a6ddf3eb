import { type Feedback, homeOf, placeOfAlert } from '../core/feedback.ts';
import type { Incident } from '../core/incident.ts';
import { fingerprint, type Labels } from '../core/labels.ts';
import type { CorrelationInput } from '../core/pipeline.ts';
import { sayCount } from '../core/say-name.ts';
import { saySpan } from '../core/say-time.ts';
import { isBeyond, type RegretBound } from './regret-bound.ts';
import { type Folding, Foldings } from './regret-foldings.ts';
import { budgetRule, groupingRule, holdingRule, isFixed, isOfGrouping } from './regret-rules.ts';
import type { CorrelationResult } from './result.ts';

/** What one rule has held back in the time that counts, how often that was wrong, and whether it is switched off. */
export interface RuleRegret {
  readonly rule: string;
  readonly held: number;
  readonly regretted: number;
  /** When it was switched off, ms; undefined = it holds back. */
  readonly offSince: number | undefined;
}

/** A rule that was switched off or on: by whom, undefined = by its regrets; and why, in words. */
export interface Switched {
  readonly rule: string;
  readonly at: number;
  readonly off: boolean;
  readonly by: string | undefined;
  readonly why: string;
}

/** The state of a rule that was switched: it counts anew from `since` (ms). */
export interface RuleState {
  readonly rule: string;
  readonly off: boolean;
  readonly since: number;
}

export interface RegretOptions extends RegretBound {
  /** An alert that was held back and fires on so long after the rest of its incident had ended was the incident, ms. */
  readonly outlives: number;
}

/** What turned out to have been wrong in one step. */
export interface Regretted {
  readonly rule: string;
  readonly at: number;
  readonly incident: string | undefined;
  readonly why: string;
}

interface Step {
  readonly input: Pick<CorrelationInput, 't' | 'suppressed'>;
  readonly result: Pick<CorrelationResult, 'incidents' | 'joined' | 'merged'>;
}

/**
 * Measures suppressions that hid something: what a person split out, what a person acted on once it was let through, and what
 * fired on when the incident that it had been put under was over. Fed at each step and with all that people said, in order; a rule beyond the bound
 * is switched off until a person switches it on.
 */
export class Regret {
  readonly foldings: Foldings;
  readonly #options: RegretOptions;
  readonly #states: Map<string, RuleState>;
  readonly #tooLittle: string[] = [];
  #records: readonly Feedback[] = [];
  #regretted: Regretted[] = [];
  #switched: Switched[] = [];

  constructor(options: RegretOptions, kept: readonly Folding[] = [], states: readonly RuleState[] = []) {
    this.#options = options;
    this.foldings = new Foldings(kept);
    this.#states = new Map(states.map(state => [state.rule, state]));
  }

  readonly isOff = (rule: string): boolean => this.#states.get(rule)?.off === true;

  step(step: Step, records: readonly Feedback[]): void {
    const { t } = step.input;
    this.foldings.expire(t - this.#options.window);
    this.#note(step);
    const before = this.#before();
    for (const incident of before.size === 0 ? [] : step.result.incidents) {
      const own = before.get(incident.id);
      if (own !== undefined && incident.endsAt === undefined) this.#outlived(incident, own, t);
    }
    if (records !== this.#records) {
      this.#records = records;
      this.#listen(records);
    }
    for (const { rule, held, regretted, offSince } of this.rules(t)) {
      if (offSince !== undefined || isFixed(rule) || !isBeyond({ held, regretted }, this.#options)) continue;
      const why = `${regretted} of the ${held} times that it held something back were wrong`;
      this.#switch({ rule, at: t, off: true, by: undefined, why });
    }
  }

  /** The raised threshold of a service held back what this entity would have paged for; it counts with the next step. */
  heldByBudget(entity: Labels): void {
    this.#tooLittle.push(fingerprint(entity));
  }

  #note({ input: { t, suppressed }, result: { incidents, joined, merged } }: Step): void {
    for (const alert of this.#tooLittle.splice(0)) this.foldings.hid(budgetRule, { alert, at: t });
    for (const { from, into } of merged) this.foldings.merged(from, into);
    const held = new Map(suppressed.map(each => [each.alert.fingerprint, holdingRule(each)]));
    for (const { alert, incident, held: kind } of joined) {
      const { fingerprint } = alert;
      if (held.has(fingerprint)) continue;
      const place = { alert: fingerprint, incident, at: t };
      if (kind === undefined) this.foldings.surfaced(alert, { incident, at: t });
      const rule = groupingRule(kind);
      if (rule !== undefined) this.foldings.folded(rule, place);
    }
    if (held.size === 0) return;
    const home = new Map<string, string>();
    for (const { id, endsAt, members } of incidents)
      for (const { alert } of endsAt === undefined ? members : []) home.set(alert.fingerprint, id);
    for (const [alert, rule] of held) {
      const incident = home.get(alert);
      if (incident === undefined) this.foldings.hid(rule, { alert, at: t });
      else this.foldings.folded(rule, { alert, incident, at: t });
    }
  }

  /** What was held back before it came to the correlator, by the incident that it was put under. */
  #before(): ReadonlyMap<string, readonly Folding[]> {
    const byIncident = new Map<string, Folding[]>();
    for (const folding of this.foldings.all()) {
      const { rule, incident, surfaced, regret } = folding;
      if (incident === undefined || surfaced !== undefined || regret !== undefined || isOfGrouping(rule))
        continue;
      byIncident.set(incident, [...(byIncident.get(incident) ?? []), folding]);
    }
    return byIncident;
  }

  /** What was put under an incident and fires on while all else of it is long over. */
  #outlived({ id, members }: Incident, own: readonly Folding[], t: number): void {
    const hidden = new Set(own.flatMap(({ alerts }) => alerts));
    const firing = new Set<string>();
    let over = Number.NEGATIVE_INFINITY;
    for (const { alert } of members) {
      if (alert.endsAt === undefined) firing.add(alert.fingerprint);
      if (!hidden.has(alert.fingerprint)) over = Math.max(over, alert.endsAt ?? Number.POSITIVE_INFINITY);
    }
    if (!Number.isFinite(over) || t - over < this.#options.outlives) return;
    const why = `what it held back fires on ${saySpan(t - over)} after the rest of incident ${id} had ended`;
    for (const folding of own)
      if (folding.alerts.some(each => firing.has(each))) this.#regret(folding, t, why);
  }

  /** What people said of what was held back; a folding is regretted once. */
  #listen(records: readonly Feedback[]): void {
    const open = this.foldings
      .all()
      .filter(({ incident, regret }) => incident !== undefined && regret === undefined);
    const regretted = new Set<Folding>();
    for (const [k, record] of records.entries()) {
      const before = records.slice(0, k);
      for (const folding of open) {
        if (regretted.has(folding) || folding.at > record.at) continue;
        const why = wrongBy(record, folding, before);
        if (why === undefined) continue;
        regretted.add(folding);
        this.#regret(folding, record.at, why);
      }
    }
  }

  #regret(folding: Folding, at: number, why: string): void {
    this.foldings.regret(folding, { at, why });
    this.#regretted.push({ rule: folding.rule, at, incident: folding.incident, why });
  }

  #switch(switched: Switched): void {
    const { rule, at, off } = switched;
    this.#states.set(rule, { rule, off, since: at });
    this.#switched.push(switched);
  }

  /** A person switches a rule: one that is on counts anew. Answers false where it was so before. */
  set(rule: string, { off, at, by }: { off: boolean; at: number; by: string }): boolean {
    if (this.isOff(rule) === off) return false;
    this.#switch({ rule, at, off, by, why: off ? 'a person wants it so' : 'it counts anew from here on' });
    return true;
  }

  /** All rules that held something back in the time before `t` (ms), and those that are off; most regretted first. */
  rules(t: number): readonly RuleRegret[] {
    const counts = new Map<string, { held: number; regretted: number }>();
    for (const { rule, off } of this.#states.values()) if (off) counts.set(rule, { held: 0, regretted: 0 });
    for (const { rule, at, regret } of this.foldings.all()) {
      const state = this.#states.get(rule);
      const from = Math.max(
        t - this.#options.window,
        state?.off === false ? state.since : Number.NEGATIVE_INFINITY,
      );
      if (at < from) continue;
      const known = counts.get(rule) ?? { held: 0, regretted: 0 };
      counts.set(rule, {
        held: known.held + 1,
        regretted: known.regretted + (regret === undefined ? 0 : 1),
      });
    }
    return [...counts]
      .map(([rule, count]) => ({
        rule,
        ...count,
        offSince: this.isOff(rule) ? this.#states.get(rule)?.since : undefined,
      }))
      .sort((a, b) => b.regretted - a.regretted || b.held - a.held || (a.rule < b.rule ? -1 : 1));
  }

  states(): readonly RuleState[] {
    return [...this.#states.values()];
  }

  /** What turned out wrong, and what was switched, since the last call. */
  takeNews(): { readonly regretted: readonly Regretted[]; readonly switched: readonly Switched[] } {
    const news = { regretted: this.#regretted, switched: this.#switched };
    this.#regretted = [];
    this.#switched = [];
    return news;
  }
}

/** Why a record says that a folding was wrong; undefined when it does not. */
function wrongBy(record: Feedback, folding: Folding, before: readonly Feedback[]): string | undefined {
  const { incident = '', alerts, surfaced } = folding;
  if (record.kind === 'split') {
    const isThere = (fingerprint: string) =>
      record.alerts.includes(fingerprint) &&
      placeOfAlert({ incident, fingerprint }, before) === record.incident;
    const taken = alerts.filter(isThere).length;
    if (taken === 0) return undefined;
    return `${record.by} split ${sayCount(taken, 'alert')} that it had put there off incident ${record.incident}`;
  }
  if (surfaced === undefined || surfaced > record.at || record.kind === 'reject') return undefined;
  const home = homeOf(incident, before);
  const about = record.kind === 'merge' ? record.incidents : [record.incident];
  if (!about.includes(home)) return undefined;
  return `${record.by} acted on incident ${home}, which is what it had hidden`;
}
