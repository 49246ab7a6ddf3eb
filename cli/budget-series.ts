import { type Budget, type BudgetKeeper, type IsReal, serviceOf } from '../alerts/budget.ts';
import { type Labels, parseFingerprint } from '../core/labels.ts';
import { sayEntity } from '../core/say-name.ts';
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

/** What has neither the label of the budget nor a job is known by all its labels: those as a person says them. */
function sayOwner(service: string): string {
  if (!/^\{\w+="/.test(service)) return service;
  try {
    return sayEntity(parseFingerprint(service));
  } catch {
    return service;
  }
}

/** The name of each service; of what would be called like another the labels, so that each is a series of its own. */
function namesOf(services: readonly string[]): ReadonlyMap<string, string> {
  const counts = new Map<string, number>();
  for (const said of services.map(sayOwner)) counts.set(said, (counts.get(said) ?? 0) + 1);
  return new Map(services.map(each => [each, counts.get(sayOwner(each)) === 1 ? sayOwner(each) : each]));
}

/**
 * False pages of each service in the time of its budget, at any time of that time up to now, and how many it allows. What
 * nobody judged is taken for false. The label is `service`, by whatever label the budget counts; what lacks that is named in words.
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
      const pages = pagesByService(parts);
      const said = namesOf([...pages.keys()]);
      return [...pages].flatMap(([service, times]) =>
        wanted.map(__name__ =>
          lazySeries({ __name__, service: said.get(service)! }, () => {
            const within = (at: number) => times.filter(page => page > at - every && page <= at).length;
            const v = __name__ === names.pages ? t.map(within) : new Float64Array(t.length).fill(count);
            return { t, v };
          }),
        ),
      );
    },
  };
}
