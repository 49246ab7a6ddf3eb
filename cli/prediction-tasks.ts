import { fitEscalation } from '../correlators/escalation.ts';
import type { Case, CaseEvent, Outcome } from '../correlators/escalation-case.ts';
import { InputError } from './exit.ts';
import { deskOdds } from './odds-of-desk.ts';
import { formatTimestamp } from './timestamp.ts';

/** What is asked: learn before `from` (ms), answer for what begins in [from, until), `after` its beginning (ms). */
export interface Question {
  readonly from: number;
  readonly until: number;
  readonly after: number;
  readonly seed: number;
}

/** One answer: `p` undefined = it abstains; `incident` is empty where it is about no single one. */
export interface Prediction {
  readonly incident: string;
  readonly at: number;
  readonly p: number | undefined;
  readonly drivers: readonly string[];
}

/** A question that `predict` can answer from a history of incidents. */
export interface PredictionTask {
  readonly name: string;
  readonly summary: string;
  /** Columns of a log that it cannot do without. */
  readonly needed: readonly string[];
  /** Throws an `InputError` where the question cannot be asked of this history. */
  answer(history: readonly Case[], question: Question): readonly Prediction[];
}

/** An outcome with the columns of a log that tell it. */
export type DeskOutcome = Outcome & Pick<PredictionTask, 'summary' | 'needed'>;

const number = (event: CaseEvent, name: string) => Number(event.fields[name] ?? Number.NaN);
const isClosed = ({ fields }: CaseEvent) => fields.ident_state === 'Closed';

/** What may become of an incident of a service desk. */
export const deskOutcomes: readonly DeskOutcome[] = [
  {
    name: 'sla_missed',
    summary: 'an incident will miss its objective (made_sla turns false)',
    needed: ['made_sla', 'ident_state'],
    says: 'missed their objective',
    reached: ({ fields }) => fields.made_sla === 'false',
    over: isClosed,
  },
  {
    name: 'reassigned',
    summary: 'an incident will be re-assigned three times or more',
    needed: ['reassignment_count', 'ident_state'],
    says: 'were re-assigned three times or more',
    reached: event => number(event, 'reassignment_count') >= 3,
    over: isClosed,
  },
  {
    name: 'priority_raised',
    summary: 'the priority of an incident will be raised',
    needed: ['priority', 'ident_state'],
    says: 'had their priority raised',
    reached: (event, first) => number(event, 'priority') < number(first, 'priority'),
    over: isClosed,
  },
];

function escalationTask({ summary, needed, ...outcome }: DeskOutcome): PredictionTask {
  return {
    name: outcome.name,
    summary,
    needed,
    answer(history, { from, until, after, seed }) {
      const model = fitEscalation(history, { outcome, until: from, after, seed });
      const asked = history.filter(({ openedAt }) => openedAt >= from && openedAt < until);
      return asked.map(one => {
        const odds = model.odds(one);
        return { incident: one.id, at: one.openedAt + after, p: odds?.p, drivers: odds?.drivers ?? [] };
      });
    },
  };
}

/** Every hour up to `from` is learned from: a time that lies far in the future would be hundreds of millions. */
function checkIsKnown(history: readonly Case[], { from }: Question): void {
  let newest = Number.NEGATIVE_INFINITY;
  for (const { openedAt, events } of history)
    for (const t of [openedAt, ...events.map(event => event.t)]) newest = Math.max(newest, t);
  if (history.length === 0 || from <= newest) return;
  throw new InputError(
    `--train-until ${formatTimestamp(from)}: lies after the newest row of the history, ${formatTimestamp(newest)}; write ISO 8601 or Unix seconds`,
  );
}

const next4h: PredictionTask = {
  name: 'next4h',
  summary: 'an incident of priority 1 or 2 will be opened within four hours, for each full hour',
  needed: ['priority'],
  answer(history, question) {
    checkIsKnown(history, question);
    return deskOdds(history, question).map(each => ({ ...each, incident: '' }));
  },
};

/** The register of what `predict` can be asked. */
export const predictionTasks: readonly PredictionTask[] = [...deskOutcomes.map(escalationTask), next4h];
