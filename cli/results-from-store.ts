import type { SeriesSource } from '../core/series.ts';
import { readValues, withReader } from '../store/reader.ts';
import { readEntry } from './capacity-entry.ts';
import { capacitySeries, lookbackOf } from './capacity-series.ts';
import { storedLogSeries } from './log-series.ts';
import { createResultTarget } from './results.ts';
import { type AskedSeries, allSeries, matchingSeries, type SampledSeries } from './sampled-series.ts';
import { resultSeries } from './stored-series.ts';

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

/** What a daemon's query API answers of its past, straight from its store: for when it does not run, or does not let us in. */
export function storedSource(directory: string, now: () => number): SeriesSource {
  const ours = allSeries([
    storedResults(directory),
    storedLogSeries(directory),
    capacitySeries(() => storedForecasts(directory)),
  ]);
  return createResultTarget(ours, { lookback: lookbackOf, now }).source;
}
