import { SourceError } from '../core/series.ts';

/** How a request to Grafana ended, as it is counted. */
export type GrafanaOutcome =
  | 'ok'
  | 'missing'
  | 'unauthorized'
  | 'conflict'
  | 'refused'
  | 'failed'
  | 'no_answer'
  | 'not_grafana';

/** What became of a request that Grafana did not do. `retryable`: the same request may work later. */
export class GrafanaError extends SourceError {
  readonly outcome: GrafanaOutcome;
  constructor(message: string, options: { readonly outcome: GrafanaOutcome; readonly cause?: unknown }) {
    super(message, { retryable: later.has(options.outcome), cause: options.cause });
    this.name = 'GrafanaError';
    this.outcome = options.outcome;
  }

  /** Whether it may work in a moment: nobody has to mend anything first. */
  get passing(): boolean {
    return this.outcome === 'failed' || this.outcome === 'no_answer';
  }
}

/** Credentials, addresses and proxies are mended by a person or a rotation; what is refused or in conflict stays so. */
const later = new Set<GrafanaOutcome>(['unauthorized', 'failed', 'no_answer', 'not_grafana']);

/** The outcome of an answer with this status. */
export function outcomeOf(status: number): GrafanaOutcome {
  if (status >= 200 && status < 300) return 'ok';
  if (status < 400) return 'not_grafana';
  if (status === 401 || status === 403) return 'unauthorized';
  if (status === 404) return 'missing';
  if (status === 409 || status === 412) return 'conflict';
  return status === 408 || status === 429 || status >= 500 ? 'failed' : 'refused';
}

/** What to do about an answer that needs a person. */
const advice: Readonly<Record<number, string>> = {
  401: 'it does not accept the token or the password of dashboards.push',
  403: 'the account of dashboards.push may not do this; docs/grafana.md lists what it needs',
};

/** Says why, without what an answer about credentials may repeat of them. */
export function sayRefusal(status: number, message: string): string {
  const known = advice[status];
  const told = status === 401 || message === '' ? '' : `: ${message}`;
  return `answered ${status}${told}${known === undefined ? '' : ` (${known})`}`;
}
