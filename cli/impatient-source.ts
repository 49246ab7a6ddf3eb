import { type SeriesSource, SourceError } from '../core/series.ts';

const patience = 3;

/** A source that is not asked any more after it has not answered three times in a row: for a look that asks it a hundred times. */
export function impatient(source: SeriesSource): SeriesSource {
  let silent = 0;
  let last: unknown;
  return {
    async queryRange(range) {
      if (silent >= patience) throw last;
      try {
        const answer = await source.queryRange(range);
        silent = 0;
        return answer;
      } catch (error) {
        // A query that is refused says nothing of the next one.
        if (error instanceof SourceError && error.retryable) silent++;
        last = error;
        throw error;
      }
    },
  };
}
