import { type RangeQuery, type Series, type SeriesSource, SourceError } from '../../core/series.ts';
import { ExecutionError, PromqlError } from '../parse.ts';
import { parseErrorText } from '../position.ts';
import { type Answer, ask, type EvaluatorOptions, RangeTypeError } from './engine.ts';
import { toColumn } from './evaluation.ts';
import { SeriesIndex } from './select.ts';

/**
 * Answers PromQL over samples in memory, as a Prometheus that had scraped them would: each node of the query is
 * evaluated over all instants at once. Rejects with a SourceError that names what it does not know, and its place.
 */
export function createEvaluator(series: readonly Series[], options: EvaluatorOptions): SeriesSource {
  const index = new SeriesIndex(series);
  return {
    async queryRange(range: RangeQuery) {
      range.signal?.throwIfAborted();
      if (!(range.step > 0))
        throw new SourceError(`the step must be above 0 ms, got ${range.step}`, { retryable: false });
      try {
        const answer = await ask(range, () => index, options);
        return { ...seriesOf(answer), warnings: [], partial: false };
      } catch (error) {
        throw sourceError(error, range.query);
      }
    },
  };
}

/** The series of a range's answer. */
export function seriesOf(answer: Answer): { readonly series: readonly Series[] } {
  if (answer.type !== 'range') return { series: [] };
  return { series: answer.elements.map(element => toColumn(element, answer.grid)) };
}

/** A failed query as a SourceError, its text behind the words; other errors as they are. */
export function sourceError(error: unknown, query: string): unknown {
  if (error instanceof RangeTypeError || error instanceof ExecutionError)
    return new SourceError(`${error.message} in \`${query}\``, { retryable: false, cause: error });
  if (!(error instanceof PromqlError)) return error;
  const message = `${parseErrorText(query, error)} in \`${query}\``;
  return new SourceError(message, { retryable: false, cause: error });
}
