import { createRandom } from '../core/random.ts';
import { median } from '../core/stats.ts';
import { type Case, type Fate, fateOf, knownEvents, type Outcome } from './escalation-case.ts';
import { factsOf, type Vocabulary } from './escalation-facts.ts';
import { type Learned, type Lesson, learn, oddsOf } from './escalation-learner.ts';

/** What lessons are taken from: cases as they were known at `until`, looked at `after` their opening (ms). */
export interface KnownPast {
  readonly cases: readonly Case[];
  readonly outcome: Outcome;
  readonly until: number;
  readonly after: number;
  readonly seed: number;
}

const day = 86_400_000;
/** The weight of a case halves with each of these days since its opening: desks change. */
const halfLife = 14;
/** What more cases reached on one day than in this many usual days is one happening, and speaks no louder. */
const usualDays = 4;
/** Ages at which a past case is shown to those who must guess at undecided ones. */
const ages = 3;
/** Fewer decided lessons, or fewer of one kind, teach nothing about the undecided. */
const fewest = { lessons: 200, ofAKind: 20 };

interface Known {
  readonly case: Case;
  readonly fate: Fate;
}

/** A weight for each decided case: those that reached the outcome on one day share what a few usual days may say. */
function dayWeights(decided: readonly Known[]): (fate: Fate) => number {
  const counts = new Map<number, number>();
  const dayOf = ({ at }: Fate) => Math.floor(at / day);
  for (const { fate } of decided)
    if (fate.known === 'reached') counts.set(dayOf(fate), (counts.get(dayOf(fate)) ?? 0) + 1);
  const most = usualDays * median([...counts.values()]);
  return fate => (fate.known === 'reached' ? Math.min(1, most / counts.get(dayOf(fate))!) : 1);
}

function recency({ until }: KnownPast, { openedAt }: Case): number {
  return 0.5 ** (Math.max(0, until - openedAt) / (halfLife * day));
}

/** Whether lessons are enough and of both kinds. */
export function areEnough(lessons: readonly Pick<Lesson, 'y'>[]): boolean {
  const reached = lessons.reduce((sum, { y }) => sum + y, 0);
  return (
    lessons.length >= fewest.lessons &&
    reached >= fewest.ofAKind &&
    lessons.length - reached >= fewest.ofAKind
  );
}

/** The lesson of one decided case at a moment; undefined when it was decided by then or the moment is yet to come. */
function lessonAt(past: KnownPast, known: Known, at: number): Lesson | undefined {
  const { case: one, fate } = known;
  if (at > past.until || fate.at <= at) return undefined;
  const moment = { case: one, events: knownEvents(one, at), at };
  return { moment, y: fate.known === 'reached' ? 1 : 0, weight: recency(past, one) };
}

/**
 * What is learned about cases that stay undecided, from decided ones at the ages of those that are undecided now. Only
 * cases old enough that also slow ones were decided take part, as the quick ones alone would tell too well of the rest.
 */
function learnUndecided(
  past: KnownPast,
  { decided, undecided }: { readonly decided: readonly Known[]; readonly undecided: readonly Known[] },
  vocabulary: Vocabulary,
): Learned | undefined {
  const random = createRandom(past.seed);
  const weightOf = dayWeights(decided);
  const wait = median(decided.map(({ case: one, fate }) => fate.at - one.openedAt));
  const lessons: Lesson[] = [];
  for (const known of decided) {
    for (let k = 0; k < ages; k++) {
      const other = undecided[Math.floor(random() * undecided.length)]!;
      const at = known.case.openedAt + past.until - other.case.openedAt;
      if (at + wait > past.until) continue;
      const lesson = lessonAt(past, known, at);
      if (lesson) lessons.push({ ...lesson, weight: lesson.weight * weightOf(known.fate) });
    }
  }
  return areEnough(lessons) ? learn(lessons, vocabulary, { seed: past.seed }) : undefined;
}

/**
 * The lessons of the past as it was known at `until`: decided cases with what became of them, undecided ones with the chance that
 * those which stay undecided as long had (leaving them out would leave out the slow ones, which are the bad ones).
 */
export function lessonsOf(past: KnownPast, vocabulary: Vocabulary): readonly Lesson[] {
  const known = past.cases.map(one => ({ case: one, fate: fateOf(one.events, past.outcome) }));
  const decided = known.filter(({ fate }) => fate.known !== 'open');
  const undecided = known.filter(
    ({ case: one, fate }) => fate.known === 'open' && one.openedAt + past.after <= past.until,
  );
  if (decided.length === 0) return [];
  const weightOf = dayWeights(decided);
  const lessons = decided.flatMap(each => {
    const lesson = lessonAt(past, each, each.case.openedAt + past.after);
    return lesson === undefined ? [] : [{ ...lesson, weight: lesson.weight * weightOf(each.fate) }];
  });
  if (undecided.length === 0) return lessons;
  const guess = learnUndecided(past, { decided, undecided }, vocabulary);
  if (guess === undefined) return lessons;
  return [...lessons, ...undecided.map(({ case: one }) => guessedLesson(past, one, { guess, vocabulary }))];
}

function guessedLesson(
  past: KnownPast,
  one: Case,
  { guess, vocabulary }: { guess: Learned; vocabulary: Vocabulary },
): Lesson {
  const now = { case: one, events: one.events, at: past.until };
  const y = 1 / (1 + Math.exp(-oddsOf(guess, factsOf(now, vocabulary))));
  const at = one.openedAt + past.after;
  return { moment: { case: one, events: knownEvents(one, at), at }, y, weight: recency(past, one) };
}
