import type { Labels } from './labels.ts';

/** Samples of one series: `t` in ms since the epoch, ascending, and `v` of the same length; NaN is missing. */
export interface Series {
  readonly labels: Labels;
  readonly t: Float64Array;
  readonly v: Float64Array;
}

/** What a range query answers. `warnings` or `partial` mean: use for display, never learn from it. */
export interface SeriesSet {
  readonly series: readonly Series[];
  readonly warnings: readonly string[];
  readonly partial: boolean;
}

/** A range query in ms; `start` and `end` are both included, as in Prometheus. */
export interface RangeQuery {
  readonly query: string;
  readonly start: number;
  readonly end: number;
  readonly step: number;
  /** Samples that a step reads of each series, where that is more than one: a subquery. */
  readonly samplesPerStep?: number;
  readonly signal?: AbortSignal;
}

/** Anything that answers PromQL over a range: Prometheus, Thanos, a recording. Rejects with a `SourceError`. */
export interface SeriesSource {
  queryRange(query: RangeQuery): Promise<SeriesSet>;
}

/** An outside failure of a source; `retryable` says whether asking again may help. */
export class SourceError extends Error {
  readonly retryable: boolean;
  constructor(message: string, options: { readonly retryable: boolean; readonly cause?: unknown }) {
    super(message, { cause: options.cause });
    this.name = 'SourceError';
    this.retryable = options.retryable;
  }
}

/** One step of a query reads more series than a query may: asking again never helps. */
export class TooManySamples extends SourceError {
  constructor(what: string, most: number) {
    super(`one step reads ${what}, more than limits.samples_per_query (${most})`, {
      retryable: false,
    });
    this.name = 'TooManySamples';
  }
}
