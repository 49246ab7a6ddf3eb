import { goRegExp } from './go-regexp.ts';
import { type Labels, labelOf } from './labels.ts';
import type { Matcher } from './matcher.ts';

/** A silence as an Alertmanager knows it; times in ms, it holds from `startsAt` up to `endsAt`. */
export interface Silence {
  readonly id: string;
  readonly matches: Matcher;
  readonly createdBy: string;
  readonly comment: string;
  readonly startsAt: number;
  readonly endsAt: number;
}

/** One condition of a silence, as Alertmanager's API v2 has it. */
export interface SilenceMatcher {
  readonly name: string;
  readonly value: string;
  readonly isRegex: boolean;
  readonly isEqual: boolean;
}

/** What all of the matchers let through; a label that is not there is empty. Throws a RangeError that names what cannot be read. */
export function silenceMatcher(matchers: readonly SilenceMatcher[]): Matcher {
  const tests = matchers.map(({ name, value, isRegex, isEqual }) => {
    if (!isRegex) return (labels: Labels) => (labelOf(labels, name) === value) === isEqual;
    try {
      const pattern = goRegExp(value);
      return (labels: Labels) => pattern.test(labelOf(labels, name)) === isEqual;
    } catch (cause) {
      throw new RangeError(`${name}: ${JSON.stringify(value)} is not supported as a regular expression`, {
        cause,
      });
    }
  });
  return labels => tests.every(test => test(labels));
}
