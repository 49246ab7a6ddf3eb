import type { Outcome } from './escalation-case.ts';
import { crossed } from './escalation-crosses.ts';
import { pastOf, shareOf } from './escalation-encoding.ts';
import { type Facts, factNames, type Vocabulary } from './escalation-facts.ts';
import type { Learned } from './escalation-learner.ts';

/** What drivers are told from: the facts of a case, and how far each column of the learner moved the odds. */
export interface Told {
  readonly learned: Learned;
  readonly vocabulary: Vocabulary;
  readonly facts: Facts;
  readonly shares: Float64Array;
  readonly outcome: Pick<Outcome, 'says'>;
  /** Facts that are not told, however much they weigh. */
  readonly silent?: ReadonlySet<string>;
}

interface Driver {
  readonly share: number;
  readonly words: string;
}

const most = 3;
/** A fact that raises the log odds by less is not worth a word: a factor of 1.1. */
const least = 0.1;

const percent = (share: number) => `${Math.round(100 * share)} %`;

function wordDriver(told: Told, k: number, [name, word]: readonly [string, string]): Driver {
  const { learned, facts, shares, outcome } = told;
  const past = pastOf(learned.encoding, k, word);
  const at = facts.numbers.length + 2 * k;
  const what = `${name} ${word === '' ? '(empty)' : word}`;
  const { prior } = learned.encoding;
  const words =
    past.rows < 1
      ? `${what} has not been seen lately`
      : `${what}: ${percent(shareOf(past, prior))} of such ${outcome.says} (of all ${percent(prior)})`;
  return { share: shares[at]! + shares[at + 1]!, words };
}

function numberDriver({ facts, shares }: Told, k: number, name: string): Driver {
  const value = facts.numbers[k]!;
  const said = Number.isNaN(value) ? 'unknown' : String(Number(value.toFixed(2)));
  return { share: shares[k]!, words: `${name}: ${said}` };
}

/** The facts that raise the odds most, the strongest first, in words. */
export function driversOf(told: Told): readonly string[] {
  const names = factNames(told.vocabulary);
  const { crosses } = told.learned;
  const words = crossed(told.facts.words, crosses);
  const all = [
    ...names.numbers.flatMap((name, k) => (told.silent?.has(name) ? [] : numberDriver(told, k, name))),
    ...crossed(names.words, crosses).map((name, k) => wordDriver(told, k, [name, words[k]!])),
  ];
  return all
    .filter(({ share }) => share >= least)
    .sort((a, b) => b.share - a.share)
    .slice(0, most)
    .map(({ words }) => words);
}
