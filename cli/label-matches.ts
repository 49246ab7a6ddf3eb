import { type Labels, labelOf } from '../core/labels.ts';
import type { Matcher } from '../promql/ast.ts';
import { matcherTest } from '../promql/regexp.ts';

/** Whether labels may be asked for; what stands under the names in `untold` is not known yet and excludes nothing. */
export type LabelMatches = (labels: Labels, untold?: readonly string[]) => boolean;

/** Passes what any of the selectors picks. */
export function matchesAny(selectors: readonly (readonly Matcher[])[]): LabelMatches {
  const tests = selectors.map(matchers =>
    matchers.map(matcher => ({ label: matcher.label, passes: matcherTest(matcher) })),
  );
  return (labels, untold = []) =>
    tests.some(test =>
      test.every(({ label, passes }) => untold.includes(label) || passes(labelOf(labels, label))),
    );
}
