import { createBudgetKeeper, parseBudget } from '../alerts/budget.ts';
import type { Config } from '../config/schema.ts';
import { readFeedback } from '../core/feedback.ts';
import type { SeriesSource } from '../core/series.ts';
import { readValues, withReader } from '../store/reader.ts';
import { bandSeries } from './band-series.ts';
import { budgetSeries } from './budget-series.ts';
import { readEntry } from './capacity-entry.ts';
import { capacitySeries, lookbackOf } from './capacity-series.ts';
import type { ClassWatch } from './class-watch.ts';
import { feedbackIn } from './feedback-book.ts';
import { storedLogSeries } from './log-series.ts';
import { createResultTarget } from './results.ts';
import { type AskedSeries, allSeries, matchingSeries, type SampledSeries } from './sampled-series.ts';
import { stateSeries } from './state-series.ts';
import { resultSeries } from './stored-series.ts';

/** What is read of a store, and for whom. */
export interface StoredParts {
  readonly directory: string;
  /** The classes as they were when their models were stored; none where they are not known. */
  readonly watches: readonly ClassWatch[];
  readonly budget: Config['detection']['budget'];
  /** ms. */
  readonly now: () => number;
}

/** Scores and p-values as they are in the store in `directory`, while a daemon writes it; what it has not written yet is not seen. */
function storedResults(directory: string): SampledSeries {
  const matching = (asked: AskedSeries) =>
    withReader(directory, reader =>
      matchingSeries(resultSeries(reader), asked)
        // They are read when they are looked at: that must be before the store is closed.
        .map(({ labels, t, v }) => ({ labels, t, v })),
    ) ?? [];
  return { matching, select: (names, start, end) => matching({ names, start, end, matches: () => true }) };
}

/** The newest forecasts in the store; what another version wrote is left out. */
function storedForecasts(directory: string) {
  return readValues(directory, 'capacity').flatMap(([, bytes]) => {
    try {
      return readEntry(bytes).forecast ?? [];
    } catch {
      return [];
    }
  });
}

/** The budget of each service, what was told of it, and what people said of that; what cannot be read was not told. */
function storedBudgets({ directory, watches, budget: text, now }: StoredParts): SampledSeries {
  const budget = parseBudget(text);
  const told = readValues(directory, 'budget').find(([key]) => key === 'told')?.[1];
  const of = readFeedback(feedbackIn(readValues(directory, 'feedback')));
  const keeper = () => {
    try {
      return createBudgetKeeper(budget, told);
    } catch {
      return createBudgetKeeper(budget);
    }
  };
  return budgetSeries({
    budget,
    keeper: keeper(),
    entities: () => watches.flatMap(({ entities }) => entities),
    isReal: incident => of(incident).verdict?.real,
    now,
  });
}

/** What a daemon's query API answers of its past, straight from its store: for when it does not run, or does not let us in. */
export function storedSource(parts: StoredParts): SeriesSource {
  const { directory, watches, now } = parts;
  const ours = allSeries([
    storedResults(directory),
    storedLogSeries(directory),
    capacitySeries(() => storedForecasts(directory)),
    bandSeries(() => watches, { now }),
    stateSeries(() => watches),
    storedBudgets(parts),
  ]);
  return createResultTarget(ours, { lookback: lookbackOf, now }).source;
}
