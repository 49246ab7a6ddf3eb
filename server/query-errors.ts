import { SourceError } from '../core/series.ts';
import { RangeTypeError } from '../promql/evaluate/engine.ts';
import { ExecutionError, PromqlError } from '../promql/parse.ts';
import { parseErrorText } from '../promql/position.ts';
import { QueryTimeout } from './query-gate.ts';
import { ParamError } from './query-params.ts';

/** A failure that is told to who asked, as Prometheus tells it. */
export interface QueryError {
  readonly status: 400 | 422 | 503;
  readonly errorType: 'bad_data' | 'execution' | 'timeout';
  readonly message: string;
}

/** A query or selector that cannot be read, with the text in which its place is. */
export class UnreadableQuery extends Error {
  constructor(parameter: string, text: string, error: PromqlError) {
    super(`invalid parameter "${parameter}": ${parseErrorText(text, error)}`, { cause: error });
    this.name = 'UnreadableQuery';
  }
}

/** What `read` gives; what it cannot read becomes an UnreadableQuery of this parameter. */
export function unreadable<T>(parameter: string, text: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof PromqlError)) throw error;
    throw new UnreadableQuery(parameter, text, error);
  }
}

/** What went wrong in Prometheus' terms; undefined for what is a fault of ours. */
export function queryErrorOf(error: unknown): QueryError | undefined {
  if (error instanceof QueryTimeout) return { status: 503, errorType: 'timeout', message: error.message };
  if (error instanceof ExecutionError) return { status: 422, errorType: 'execution', message: error.message };
  if (error instanceof SourceError)
    return error.retryable
      ? { status: 503, errorType: 'timeout', message: error.message }
      : { status: 422, errorType: 'execution', message: error.message };
  if (error instanceof UnreadableQuery || error instanceof ParamError || error instanceof RangeTypeError)
    return { status: 400, errorType: 'bad_data', message: error.message };
  return undefined;
}
