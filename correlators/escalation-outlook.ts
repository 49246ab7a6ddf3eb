import { type Calibration, calibrated, fitCalibration, type Unseen } from './escalation-calibration.ts';
import type { Case } from './escalation-case.ts';
import { crossed } from './escalation-crosses.ts';
import { type Encoding, fitEncoding } from './escalation-encoding.ts';
import { factsOf, type Moment, type Vocabulary, vocabularyOf } from './escalation-facts.ts';
import { endedOf, landmarkOf, landmarks, lessonsAtLandmarks } from './escalation-landmarks.ts';
import { type Learned, type Lesson, learn, oddsOf } from './escalation-learner.ts';
import type { OutlookModel, OutlookPart, Quality } from './escalation-outlook-codec.ts';
import { type Objectives, type OwnOutcome, ownOutcomes } from './escalation-own-outcomes.ts';

/** What an outlook is learned from: own incidents, and those of a service desk while own ones are few. */
export interface OutlookHistory {
  readonly own: readonly Case[];
  readonly imported: readonly Case[];
}

export interface OutlookOptions {
  readonly objectives: Objectives;
  /** When it is fitted, ms. */
  readonly at: number;
  readonly seed?: number;
  /** The outcomes that are learned, by name; all of `ownOutcomes` unless given. */
  readonly only?: readonly string[];
}

/** So many incidents must be over, and so many must have come to an outcome, and not come to it. */
export const needed = { cases: 200, ofAKind: 20 } as const;

/** Blocks of time that are told by what was learned of the others: incidents of one bad day are not strangers. */
const blocks = 5;
const small = { trees: 80, leaves: 6, rows: 40 } as const;
/** With fewer lessons of a kind at a landmark it is calibrated as all are. */
const fewest = 15;
/** What tells only what became of a case, or is told in numbers too. */
const notFacts = new Set(['state', 'overdue']);

interface Teaching {
  readonly lessons: readonly Lesson[];
  readonly vocabulary: Vocabulary;
  readonly seed: number;
}

/** Which block of time each lesson is of; all of one case are of one. */
function blocksOf(lessons: readonly Lesson[]): readonly number[] {
  const opened = [...new Set(lessons.map(({ moment }) => moment.case.openedAt))].sort((a, b) => a - b);
  const place = new Map(opened.map((at, k) => [at, Math.floor((k * blocks) / opened.length)]));
  return lessons.map(({ moment }) => place.get(moment.case.openedAt)!);
}

/** The log odds of each lesson by what was learned of the other blocks; undefined when one of them teaches nothing. */
function unseenOf({ lessons, vocabulary, seed }: Teaching): Unseen | undefined {
  const block = blocksOf(lessons);
  const odds = new Float64Array(lessons.length);
  for (let b = 0; b < blocks; b++) {
    const others = lessons.filter((_, i) => block[i] !== b);
    if (new Set(others.map(({ y }) => y)).size < 2) return undefined;
    const learned = learn(others, vocabulary, { ...small, seed });
    for (const [i, { moment }] of lessons.entries())
      if (block[i] === b) odds[i] = oddsOf(learned, factsOf(moment, vocabulary));
  }
  const y = Float64Array.from(lessons, lesson => lesson.y);
  return { odds, y, weight: Float64Array.from(lessons, ({ weight }) => weight) };
}

/** Share of pairs of one kind each that are in order; ties count half. */
function aucOf(p: readonly number[], y: Float64Array): number {
  const order = p.map((_, i) => i).sort((a, b) => p[a]! - p[b]!);
  let [below, pairs, ordered] = [0, 0, 0];
  const all = y.reduce((sum, value) => sum + value, 0);
  for (let i = 0; i < order.length; ) {
    let [j, positives, negatives] = [i, 0, 0];
    for (; j < order.length && p[order[j]!] === p[order[i]!]; j++) {
      if (y[order[j]!] === 1) positives++;
      else negatives++;
    }
    ordered += positives * (below + negatives / 2);
    below += negatives;
    i = j;
  }
  pairs = all * (y.length - all);
  return pairs === 0 ? Number.NaN : ordered / pairs;
}

/** How good odds were, with the outcomes of what they were told of. */
export function qualityOf(p: readonly number[], y: Float64Array): Quality {
  const mean = y.reduce((sum, value) => sum + value, 0) / y.length;
  const brier = p.reduce((sum, value, i) => sum + (value - y[i]!) ** 2, 0) / y.length;
  const order = p.map((_, i) => i).sort((a, b) => p[a]! - p[b]!);
  const tenth = Math.max(1, Math.ceil(order.length / 10));
  let error = 0;
  for (let from = 0; from < order.length; from += tenth) {
    const some = order.slice(from, from + tenth);
    error += Math.abs(some.reduce((sum, i) => sum + p[i]! - y[i]!, 0));
  }
  return { auc: aucOf(p, y), skill: 1 - brier / (mean * (1 - mean)), error: error / order.length };
}

function countsOf(lessons: readonly Lesson[]) {
  const ids = (some: readonly Lesson[]) => new Set(some.map(({ moment }) => moment.case.id)).size;
  return { cases: ids(lessons), reached: ids(lessons.filter(({ y }) => y === 1)) };
}

/** A calibration for each landmark, of all lessons where those at it are few. */
function calibrationsOf(unseen: Unseen, lessons: readonly Lesson[]): readonly Calibration[] {
  const ofAll = fitCalibration(unseen);
  return landmarks.map((_, k) => {
    const own = lessons.map(({ moment }) => landmarkOf(moment.at - moment.case.openedAt) === k + 1);
    const part = (column: Float64Array) => column.filter((_value, i) => own[i]);
    const y = part(unseen.y);
    const reached = y.reduce((sum, value) => sum + value, 0);
    if (Math.min(reached, y.length - reached) < fewest) return ofAll;
    return fitCalibration({ odds: part(unseen.odds), y, weight: part(unseen.weight) });
  });
}

/** The calibrated chance of a moment. */
export function chanceAt(
  { calibrations }: Pick<OutlookPart, 'calibrations'>,
  { case: one, at }: Moment,
  odds: number,
): number {
  const calibration = calibrations[landmarkOf(at - one.openedAt) - 1];
  return calibrated(calibration ?? { slope: 1, shift: 0 }, odds);
}

/** How cases with the same words went from each landmark on, each case counted once. */
function sharesOf({ crosses }: Learned, { lessons, vocabulary }: Teaching): readonly Encoding[] {
  return landmarks.map((_, k) => {
    const there = lessons.filter(({ moment }) => landmarkOf(moment.at - moment.case.openedAt) === k + 1);
    return fitEncoding({
      words: there.map(({ moment }) => crossed(factsOf(moment, vocabulary).words, crosses)),
      y: Float64Array.from(there, ({ y }) => y),
      weight: new Float64Array(there.length).fill(1),
      fold: new Uint8Array(there.length),
    });
  });
}

function fitPart(outcome: OwnOutcome, teaching: Teaching): OutlookPart {
  const { lessons, vocabulary, seed } = teaching;
  const { cases, reached } = countsOf(lessons);
  const { name } = outcome;
  const cold = { name, cases, reached, learned: undefined, calibrations: [], shares: [], quality: undefined };
  const enough = cases >= needed.cases && Math.min(reached, cases - reached) >= needed.ofAKind;
  const unseen = enough ? unseenOf(teaching) : undefined;
  if (unseen === undefined) return cold;
  const calibrations = calibrationsOf(unseen, lessons);
  const p = lessons.map(({ moment }, i) => chanceAt({ calibrations }, moment, unseen.odds[i]!));
  const learned: Learned = learn(lessons, vocabulary, { ...small, seed });
  const shares = sharesOf(learned, teaching);
  return { name, cases, reached, learned, calibrations, shares, quality: qualityOf(p, unseen.y) };
}

const newestOf = (cases: readonly Case[]) => Math.max(...cases.map(({ openedAt }) => openedAt));

/** What teaches one outcome: own incidents, beside them imported ones that can tell it while the own ones are too few. */
function lessonsOf({ own, imported }: OutlookHistory, outcome: OwnOutcome): readonly Lesson[] {
  const ours = lessonsAtLandmarks({ cases: own, newest: newestOf(own) }, outcome);
  if (own.length >= needed.cases) return ours;
  return [...ours, ...lessonsAtLandmarks({ cases: imported, newest: newestOf(imported) }, outcome)];
}

function factsIn(cases: readonly Case[]): Vocabulary {
  const { numbers, ...words } = vocabularyOf(cases);
  const facts = (names: readonly string[]) => names.filter(name => !notFacts.has(name));
  return { numbers, texts: facts(words.texts), moving: facts(words.moving), paths: facts(words.paths) };
}

/**
 * Learns what may become of incidents from those that are over, each looked at at several ages, and calibrates by blocks of
 * time that were left out. Deterministic under the seed; some seconds for thousands of incidents.
 */
export function fitOutlook(history: OutlookHistory, options: OutlookOptions): OutlookModel {
  const { objectives, at, seed = 1, only } = options;
  const own = endedOf(history.own);
  const imported = own.length >= needed.cases ? [] : endedOf(history.imported);
  const vocabulary = factsIn([...own, ...imported]);
  const outcomes = ownOutcomes(objectives).filter(({ name }) => only?.includes(name) ?? true);
  const parts = outcomes.map(outcome =>
    fitPart(outcome, { lessons: lessonsOf({ own, imported }, outcome), vocabulary, seed }),
  );
  return { at, cases: own.length + imported.length, imported: imported.length, vocabulary, parts };
}
