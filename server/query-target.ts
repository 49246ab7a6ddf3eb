import type { Labels } from '../core/labels.ts';
import type { Answer, Question } from '../promql/evaluate/engine.ts';

/** What is known of a metric, as Prometheus' metadata tell it. */
export interface MetricAbout {
  readonly type: 'gauge' | 'counter';
  readonly help: string;
}

/** What the query API reads: the evaluator over stored results, and which series there are. Times in ms. */
export interface QueryTarget {
  /** Answers one question; `warnings` tell what is missing of it. Rejects as `ask` of promql/evaluate does. */
  answer(question: Question): Promise<{ readonly answer: Answer; readonly warnings: readonly string[] }>;
  /** Label sets of the series that match any of the selectors (all when there are none). Rejects with a PromqlError for a wrong selector. */
  series(
    selectors: readonly string[],
    range: { readonly start: number; readonly end: number },
  ): Promise<readonly Labels[]>;
  /** What is known of each metric that may be there. */
  metadata(): Readonly<Record<string, MetricAbout>>;
  /** Now in ms. */
  now(): number;
}
