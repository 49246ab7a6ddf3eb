import { type Case, knownEvents } from './escalation-case.ts';
import type { Lesson } from './escalation-learner.ts';
import { isOver, type OwnOutcome } from './escalation-own-outcomes.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** Ages (ms) at which an incident is looked at: each past one teaches once at each that it lived to see (landmarks, van Houwelingen 2007). */
export const landmarks = [0, 10 * minute, hour, 4 * hour, day] as const;

/** How many landmarks a case of this age has passed. */
export function landmarkOf(age: number): number {
  return landmarks.filter(each => each <= age).length;
}

/** The weight of an incident halves with each of these days. */
const halfLife = 90;

/** What is learned from: cases that are over, and the newest moment that counts (ms), after which nothing fades. */
export interface EndedCases {
  readonly cases: readonly Case[];
  readonly newest: number;
}

/** Cases that are over: what became of the others is not known. */
export function endedOf(cases: readonly Case[]): readonly Case[] {
  return cases.filter(({ events }) => events.some(isOver));
}

function endOf({ events }: Case): number {
  return events.find(isOver)!.t;
}

/** The lessons of ended cases at each landmark before their end; those of one case weigh as much as one of another that fades as much. */
export function lessonsAtLandmarks({ cases, newest }: EndedCases, outcome: OwnOutcome): readonly Lesson[] {
  return cases.flatMap(one => {
    const end = endOf(one);
    const moments = landmarks
      .map(age => one.openedAt + age)
      .filter((at, k) => k === 0 || at < end)
      .map(at => ({ case: one, events: knownEvents(one, at), at }))
      .filter(moment => outcome.isOpen(moment));
    const fading = 0.5 ** (Math.max(0, newest - one.openedAt) / (halfLife * day));
    // How many of its moments there are says what became of it: it must not weigh in.
    return moments.map(moment => ({ moment, y: outcome.happened(moment) ? 1 : 0, weight: fading }));
  });
}
