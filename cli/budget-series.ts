import { type Budget, type BudgetKeeper, type IsReal, serviceOf } from '../alerts/budget.ts';
import type { Labels } from '../core/labels.ts';
import { computedTimes, lazySeries } from './computed-series.ts';
import type { SampledSeries } from './sampled-series.ts';

const names = { pages: 'foreshock_budget_pages', allowed: 'foreshock_budget_allowed' } as const;

/** Names of the series that this file makes. */
export const budgetNames: readonly string[] = Object.values(names);

/** Whose budget, what was told of it, and what people said of that. */
export interface BudgetParts {
  readonly budget: Budget;
  readonly keeper: Pick<BudgetKeeper, 'pages'>;
  /** What is watched. */
  readonly entities: () => Iterable<Labels>;
  readonly isReal: IsReal;
  readonly now: () => number;
}

/** For each service the times of its pages, ascending; what was confirmed is none. */
function pagesByService({ budget, keeper, entities, isReal }: BudgetParts): ReadonlyMap<string, number[]> {
  const pages = new Map<string, number[]>();
  for (const entity of entities()) pages.set(serviceOf(entity, budget.per), []);
  for (const { t, service, incident } of keeper.pages()) {
    const times = pages.get(service) ?? [];
    if (incident === undefined || isReal(incident) !== true) times.push(t);
    pages.set(service, times);
  }
  return pages;
}

/**
 * False pages of each service in the time of its budget, at any time of that time up to now, and how many it allows. What
 * nobody judged is taken for false. The label is `service`, by whatever label the budget counts.
 */
export function budgetSeries(parts: BudgetParts): SampledSeries {
  const { count, every } = parts.budget;
  return {
    select(asked, start, end) {
      const wanted = asked.filter(name => budgetNames.includes(name));
      if (wanted.length === 0) return [];
      const now = parts.now();
      const t = computedTimes(Math.max(start, now - every), Math.min(end, now));
      if (t.length === 0) return [];
      return [...pagesByService(parts)].flatMap(([service, times]) =>
        wanted.map(__name__ =>
          lazySeries({ __name__, service }, () => {
            const within = (at: number) => times.filter(page => page > at - every && page <= at).length;
            const v = __name__ === names.pages ? t.map(within) : new Float64Array(t.length).fill(count);
            return { t, v };
          }),
        ),
      );
    },
  };
}
