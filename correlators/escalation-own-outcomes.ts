import type { Case, CaseEvent } from './escalation-case.ts';
import type { Moment } from './escalation-facts.ts';
import { severityWords } from './escalation-snapshot.ts';

/** In which time an incident is to be over, by its severity; ms. */
export type Objectives = Readonly<Record<(typeof severityWords)[number], number>>;

/** What may become of an incident of ours, seen from a moment of its life. */
export interface OwnOutcome {
  readonly name: string;
  /** What is told odds of. */
  readonly what: string;
  /** What happened to incidents that came to it, as it stands after "41 % of such". */
  readonly says: string;
  /** Whether it may still come to it. */
  isOpen(moment: Moment): boolean;
  /** Whether it came to it after the moment. */
  happened(moment: Moment): boolean;
}

const minute = 60_000;
const rank = ({ fields }: CaseEvent): number => Number(fields['severity rank']);
const services = ({ fields }: CaseEvent): number => Number(fields.services);
const laterThan = ({ case: one, at }: Moment) => one.events.filter(({ t }) => t > at);
const now = ({ events }: Moment): CaseEvent => events.at(-1)!;

export const isOver = ({ fields }: CaseEvent): boolean => fields.state === 'ended';

/** When the first alert of a case began, ms. */
function beganAt({ events }: Case): number {
  const first = events[0]!;
  const minutes = Number(first.fields['minutes since it began']);
  return Number.isFinite(minutes) ? first.t - minutes * minute : first.t;
}

/** When a case took longer than its objective, which its severity sets; undefined when it did not, as far as is known. */
export function overdueAt(one: Case, objectives: Objectives): number | undefined {
  const said = one.events.find(({ fields }) => fields.overdue !== undefined);
  if (said !== undefined) return one.events.find(({ fields }) => fields.overdue === 'yes')?.t;
  const began = beganAt(one);
  for (const [k, event] of one.events.entries()) {
    if (isOver(event)) return undefined;
    const word = severityWords.find(each => each === event.fields.severity) ?? 'warning';
    const due = Math.max(began + objectives[word], event.t);
    if (due < (one.events[k + 1]?.t ?? Number.POSITIVE_INFINITY)) return due;
  }
  return undefined;
}

const raised: OwnOutcome = {
  name: 'severity_raised',
  what: 'its severity rises',
  says: 'had their severity raised',
  isOpen: moment => rank(now(moment)) < severityWords.length - 1,
  happened: moment => laterThan(moment).some(event => rank(event) > rank(now(moment))),
};

const spread: OwnOutcome = {
  name: 'spread',
  what: 'it spreads to twice as many services',
  says: 'spread to twice as many services',
  isOpen: moment => services(now(moment)) > 0,
  happened: moment => laterThan(moment).some(event => services(event) >= 2 * services(now(moment))),
};

function overdue(objectives: Objectives): OwnOutcome {
  return {
    name: 'overdue',
    what: 'it takes longer than its objective',
    says: 'took longer than their objective',
    isOpen: ({ case: one, at }) => !((overdueAt(one, objectives) ?? Number.POSITIVE_INFINITY) <= at),
    happened: ({ case: one }) => overdueAt(one, objectives) !== undefined,
  };
}

/** The outcomes that odds are told of, the first one being any of the others. */
export function ownOutcomes(objectives: Objectives): readonly OwnOutcome[] {
  const each = [raised, spread, overdue(objectives)];
  const worse: OwnOutcome = {
    name: 'worse',
    what: 'it gets worse',
    says: 'got worse',
    isOpen: moment => each.some(outcome => outcome.isOpen(moment)),
    happened: moment => each.some(outcome => outcome.isOpen(moment) && outcome.happened(moment)),
  };
  return [worse, ...each];
}
