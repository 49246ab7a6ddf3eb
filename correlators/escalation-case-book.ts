import type { FeedbackOf } from '../core/feedback.ts';
import type { Incident } from '../core/incident.ts';
import type { Case, CaseEvent } from './escalation-case.ts';
import { isOver } from './escalation-own-outcomes.ts';
import { isNews, kindOf, snapshotOf } from './escalation-snapshot.ts';

interface Growing extends Case {
  readonly events: CaseEvent[];
}

/** So many cases are kept, the newest. */
const most = 3000;

/** What a person would call the same trouble: the same alert of the same service. */
const likeness = ({ alert, service }: { readonly alert: unknown; readonly service: unknown }): string =>
  `${alert} ${service}`;

/** A merged incident goes on in another one: what became of it is told there. */
const wentOn = (incident: Incident): boolean =>
  incident.endsAt !== undefined && /^merged into /.test(incident.timeline.at(-1)?.what ?? '');

/**
 * Our own incidents as cases: a case begins when people are told of an incident, and gets an event whenever its facts
 * change. Made empty or from what was kept, fed at each pass, read by whoever learns.
 */
export class CaseBook {
  readonly #cases: Map<string, Growing>;
  /** What people said last of incidents like one another. */
  readonly #verdicts = new Map<string, string>();
  readonly #ended = new Set<string>();
  #changed = new Set<string>();

  constructor(kept: readonly Case[] = []) {
    const inOrder = [...kept].sort((a, b) => a.openedAt - b.openedAt);
    this.#cases = new Map(inOrder.map(one => [one.id, { ...one, events: [...one.events] }]));
    for (const one of inOrder) {
      this.#learnVerdict(one);
      if (one.events.some(isOver)) this.#ended.add(one.id);
    }
  }

  /** How many cases are over. */
  get ended(): number {
    return this.#ended.size;
  }

  /** Whether new cases take the place of old ones. */
  get isFull(): boolean {
    return this.#cases.size >= most;
  }

  #learnVerdict({ events }: Case): void {
    const { alert, service, verdict } = events.at(-1)!.fields;
    if (verdict !== undefined && verdict !== 'none')
      this.#verdicts.set(likeness({ alert, service }), String(verdict));
  }

  /** Looks at an incident at `t` (ms). Answers its case; undefined while nobody was told of it. */
  observe(incident: Incident, t: number, of: FeedbackOf): Case | undefined {
    const { id, notifications } = incident;
    if (notifications.length === 0) return undefined;
    if (wentOn(incident)) {
      if (this.#cases.has(id)) this.#drop(id);
      return undefined;
    }
    const known = this.#cases.get(id);
    const fields = {
      ...snapshotOf(incident, of(id), t),
      'one like it before': this.#before(incident, known),
    };
    if (known === undefined) return this.#open({ id, openedAt: t, events: [{ t, fields }] });
    const last = known.events.at(-1)!;
    if (!isNews(fields, last.fields)) return known;
    known.events.push({ t: Math.max(t, last.t), fields });
    if (incident.endsAt !== undefined) this.#ended.add(id);
    this.#learnVerdict(known);
    this.#changed.add(id);
    return known;
  }

  #before(incident: Incident, known: Case | undefined): string {
    const said = known?.events[0]?.fields['one like it before'];
    return String(said ?? this.#verdicts.get(likeness(kindOf(incident))) ?? 'not judged');
  }

  #open(one: Growing): Case {
    this.#cases.set(one.id, one);
    this.#changed.add(one.id);
    for (const id of this.#cases.keys()) {
      if (this.#cases.size <= most) break;
      this.#drop(id);
    }
    return one;
  }

  #drop(id: string): void {
    this.#cases.delete(id);
    this.#ended.delete(id);
    this.#changed.add(id);
  }

  /** What was said of incidents that are over, by those who judge late: a fact of them, and of what comes after. */
  judge(of: FeedbackOf): void {
    for (const one of this.#cases.values()) {
      const said = of(one.id).verdict;
      const last = one.events.at(-1)!;
      if (said === undefined) continue;
      const verdict = said.real ? 'confirmed' : 'rejected';
      if (last.fields.verdict === verdict) continue;
      one.events.push({ t: Math.max(said.at, last.t), fields: { ...last.fields, verdict } });
      this.#learnVerdict(one);
      this.#changed.add(one.id);
    }
  }

  /** All cases, in the order in which they were opened. */
  all(): readonly Case[] {
    return [...this.#cases.values()];
  }

  /** Ids of what changed since the last call, each with its case; without one it is no case any more. */
  takeChanged(): readonly (readonly [id: string, one: Case | undefined])[] {
    const changed = [...this.#changed].map(id => [id, this.#cases.get(id)] as const);
    this.#changed = new Set();
    return changed;
  }
}
