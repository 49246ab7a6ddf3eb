import type { Escalation } from '../core/incident.ts';
import { type Case, fateOf, knownEvents, type Outcome } from './escalation-case.ts';
import { decodeModel, type EscalationModel, encodeModel } from './escalation-codec.ts';
import { driversOf } from './escalation-drivers.ts';
import { pastOf } from './escalation-encoding.ts';
import { type Facts, factsOf, vocabularyOf } from './escalation-facts.ts';
import { type Learned, learn, oddsOf } from './escalation-learner.ts';
import { areEnough, lessonsOf } from './escalation-lessons.ts';

/** What is to be learned: an outcome, from what was known before `until` (ms), `after` the opening of a case (ms). */
export interface EscalationOptions {
  readonly outcome: Outcome;
  readonly until: number;
  readonly after: number;
  readonly seed?: number;
}

/**
 * The odds that a case gets worse. Made by `fitEscalation` or `readEscalation`, asked for any case at any time; it reads
 * of a case only what was known at `openedAt + after`.
 */
export interface FittedEscalation {
  /** Undefined = it abstains: too little was decided before, or nothing like this case was. */
  odds(one: Case): Escalation | undefined;
  toBytes(): Uint8Array;
}

/** A word is known from this many past cases on; a case is known by at least half of its words. */
const known = { cases: 3, share: 0.5 };

/** A history as it was known before a moment: later events and cases are gone. */
export function knownBefore(cases: readonly Case[], until: number): readonly Case[] {
  return cases.flatMap(one => {
    if (one.openedAt >= until) return [];
    const events = one.events.filter(({ t }) => t < until);
    return events.length === 0 ? [] : [{ ...one, events }];
  });
}

/** Whether enough past cases were like this one. */
export function isFamiliar({ encoding }: Learned, { words }: Facts): boolean {
  const seen = words.filter((word, k) => pastOf(encoding, k, word).rows >= known.cases);
  return seen.length >= known.share * words.length;
}

/** What has happened by now needs no odds. */
function certain(one: Case, outcome: Outcome, at: number): Escalation | undefined {
  const fate = fateOf(knownEvents(one, at), outcome);
  if (fate.known === 'open') return undefined;
  return fate.known === 'reached'
    ? { p: 1, drivers: ['it has happened already'] }
    : { p: 0, drivers: ['the case is over'] };
}

function fittedOf(model: EscalationModel, outcome: Outcome): FittedEscalation {
  const { learned, vocabulary, after } = model;
  return {
    odds(one) {
      const at = one.openedAt + after;
      const sure = certain(one, outcome, at);
      if (sure !== undefined || learned === undefined) return sure;
      const facts = factsOf({ case: one, events: knownEvents(one, at), at }, vocabulary);
      if (!isFamiliar(learned, facts)) return undefined;
      const shares = new Float64Array(
        facts.numbers.length + 2 * (facts.words.length + learned.crosses.length),
      );
      const p = 1 / (1 + Math.exp(-oddsOf(learned, facts, shares)));
      return { p, drivers: driversOf({ learned, vocabulary, facts, shares, outcome }) };
    },
    toBytes: () => encodeModel(model),
  };
}

/**
 * Learns the odds of an outcome from a history. Nothing of `until` or later is looked at. Deterministic under the seed;
 * the time grows with the number of events.
 */
export function fitEscalation(history: readonly Case[], options: EscalationOptions): FittedEscalation {
  const { outcome, until, after, seed = 1 } = options;
  const cases = knownBefore(history, until);
  const vocabulary = vocabularyOf(cases);
  const lessons = lessonsOf({ cases, outcome, until, after, seed }, vocabulary);
  const learned = areEnough(lessons) ? learn(lessons, vocabulary, { seed }) : undefined;
  return fittedOf({ outcome: outcome.name, after, vocabulary, learned }, outcome);
}

/** A model as `toBytes` gave it. Throws an Error for what is none of ours, or one of another outcome. */
export function readEscalation(bytes: Uint8Array, outcome: Outcome): FittedEscalation {
  const model = decodeModel(bytes);
  if (model.outcome !== outcome.name)
    throw new Error(`the model is of ${model.outcome}, not of ${outcome.name}: fit it anew`);
  return fittedOf(model, outcome);
}
