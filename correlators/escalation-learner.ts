import { type Boosted, type BoostOptions, boostedOdds, fitBoosted } from '../core/boosted-trees.ts';
import { createRandom } from '../core/random.ts';
import { type Cross, crossed, crossesOf } from './escalation-crosses.ts';
import { type Encoding, encode, encodeApart, fitEncoding } from './escalation-encoding.ts';
import { type Facts, factsOf, type Moment, type Vocabulary } from './escalation-facts.ts';

/** A moment of a past case and what came of it: a chance where that was not yet known. */
export interface Lesson {
  readonly moment: Moment;
  readonly y: number;
  readonly weight: number;
}

/** Facts to odds: what a learner gives back. */
export interface Learned {
  /** Pairs of words that are looked at together, by their numbers. */
  readonly crosses: readonly Cross[];
  readonly encoding: Encoding;
  readonly boosted: Boosted;
}

const folds = 8;

/** A fold for each lesson; all of one case are in one, else a case would tell its own outcome. */
function foldsOf(lessons: readonly Lesson[], seed: number): Uint8Array {
  const random = createRandom(seed);
  const byCase = new Map<string, number>();
  return Uint8Array.from(lessons, ({ moment }) => {
    const fold = byCase.get(moment.case.id) ?? Math.floor(random() * folds);
    byCase.set(moment.case.id, fold);
    return fold;
  });
}

/** Learns from lessons with the facts of `vocabulary`. Each word's share is taken from the other folds. */
export function learn(
  lessons: readonly Lesson[],
  vocabulary: Vocabulary,
  options: Partial<BoostOptions>,
): Learned {
  const facts = lessons.map(({ moment }) => factsOf(moment, vocabulary));
  const y = Float64Array.from(lessons, lesson => lesson.y);
  const weight = Float64Array.from(lessons, lesson => lesson.weight);
  const fold = foldsOf(lessons, options.seed ?? 1);
  const single = { words: facts.map(({ words }) => words), y, weight, fold };
  const crosses = crossesOf(single);
  const rows = { ...single, words: single.words.map(words => crossed(words, crosses)) };
  const encoding = fitEncoding(rows);
  const numbers = facts[0]!.numbers.map((_, k) => Float64Array.from(facts, each => each.numbers[k]!));
  const columns = [...numbers, ...encodeApart(encoding, rows)];
  return { crosses, encoding, boosted: fitBoosted({ columns, y, weight }, options) };
}

/** The log odds of facts; `shares`, one a column, is added what each column moved them by. */
export function oddsOf({ crosses, encoding, boosted }: Learned, facts: Facts, shares?: Float64Array): number {
  return boostedOdds(boosted, [...facts.numbers, ...encode(encoding, crossed(facts.words, crosses))], shares);
}
