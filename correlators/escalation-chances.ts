import type { Chance, Escalation } from '../core/incident.ts';
import { isFamiliar } from './escalation.ts';
import { driversOf } from './escalation-drivers.ts';
import { factsOf, type Moment, type Vocabulary } from './escalation-facts.ts';
import { landmarkOf } from './escalation-landmarks.ts';
import { oddsOf } from './escalation-learner.ts';
import { chanceAt, needed } from './escalation-outlook.ts';
import type { OutlookModel, OutlookPart } from './escalation-outlook-codec.ts';
import { type Objectives, type OwnOutcome, ownOutcomes } from './escalation-own-outcomes.ts';

/** Odds of an incident, or why there are none, in words. */
export type Outlook =
  | { readonly escalation: Escalation; readonly oddsUnknown?: undefined }
  | { readonly escalation?: undefined; readonly oddsUnknown: string };

/** Odds are told in full per cents, never as certain. */
const rounded = (p: number): number => Math.min(0.99, Math.max(0.01, Math.round(100 * p) / 100));

/** The age of an incident weighs in its odds, and tells nobody what is wrong with it. */
const silent: ReadonlySet<string> = new Set([
  'events so far',
  'hours from opening to the first event',
  'hours since the last event',
  'hours since opening',
]);

function chanceOf(
  part: OutlookPart,
  outcome: OwnOutcome,
  { moment, vocabulary }: { readonly moment: Moment; readonly vocabulary: Vocabulary },
): Chance | undefined {
  const { learned } = part;
  if (learned === undefined || !outcome.isOpen(moment)) return undefined;
  const facts = factsOf(moment, vocabulary);
  if (!isFamiliar(learned, facts)) return undefined;
  const shares = new Float64Array(facts.numbers.length + 2 * (facts.words.length + learned.crosses.length));
  const p = rounded(chanceAt(part, moment, oddsOf(learned, facts, shares)));
  const encoding = part.shares[landmarkOf(moment.at - moment.case.openedAt) - 1];
  const told = encoding === undefined || encoding.tables.length === 0 ? learned : { ...learned, encoding };
  const drivers = driversOf({ learned: told, vocabulary, facts, shares, outcome, silent });
  return { what: outcome.what, p, drivers };
}

/** Why there is no model of an outcome: how many incidents it would take. */
export function coldWords({ cases, reached }: Pick<OutlookPart, 'cases' | 'reached'>): string {
  if (cases < needed.cases) return `${cases} incidents known, ${needed.cases} needed`;
  const [fewer, what] =
    reached <= cases - reached ? [reached, 'got worse'] : [cases - reached, 'did not get worse'];
  return `${fewer} of ${cases} incidents known ${what}, ${needed.ofAKind} needed`;
}

/** What may become of an incident as it stands at a moment. */
export function outlookOf(model: OutlookModel, objectives: Objectives, moment: Moment): Outlook {
  const told = ownOutcomes(objectives).map(outcome => {
    const part = model.parts.find(({ name }) => name === outcome.name);
    return part && chanceOf(part, outcome, { moment, vocabulary: model.vocabulary });
  });
  const [worse, ...chances] = told;
  if (worse !== undefined) {
    const { p, drivers } = worse;
    return { escalation: { p, drivers, chances: chances.filter(each => each !== undefined) } };
  }
  const part = model.parts[0];
  if (part?.learned === undefined)
    return { oddsUnknown: coldWords(part ?? { cases: model.cases, reached: 0 }) };
  return { oddsUnknown: 'too little like it was seen before' };
}
