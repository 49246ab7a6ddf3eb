import type { Suppressed } from '../core/alert.ts';
import type { HeldFor } from './result.ts';

/** Reasons of the grouping, as rules; the same alert again is none: it is told already. */
const grouping: Readonly<Record<HeldFor, string | undefined>> = {
  'same place': 'grouping: same place',
  'calls it': 'grouping: calls it',
  'called by it': 'grouping: called by it',
  'shares a place': 'grouping: shares a place',
  'fired before': 'flapping',
  'firing already': undefined,
};

/** The rule by which an alert got no notification of its own in its incident. */
export const groupingRule = (held: HeldFor | undefined): string | undefined =>
  held === undefined ? undefined : grouping[held];

/** Rules of the grouping: what they hold back stands in its incident, and is told with it. */
export const isOfGrouping = (rule: string): boolean => rule.startsWith('grouping: ') || rule === 'flapping';

/** The rule that held an alert back before it came to the correlator. */
export const holdingRule = ({ rule, by }: Suppressed): string => rule ?? by;

/** Rejected incidents raise what pages: what pages then no more is held back by this rule. */
export const budgetRule = 'budget: rejected incidents';

/**
 * What no regret switches off: without `flapping` each return of an alert would be a page, and a mute, a maintenance or a silence
 * is the word of a person, not a guess.
 */
export const isFixed = (rule: string): boolean =>
  rule === 'flapping' || /^(?:muted|maintenance|silence): /.test(rule);
