import type { errors } from '@elastic/elasticsearch';
import { SourceError } from '../core/series.ts';
import { connectionFailure } from './connection-failure.ts';

/** A failure of Elasticsearch; `status` of its answer (0 without one) and `type` as it names its errors. */
export class ElasticsearchFailure extends SourceError {
  readonly status: number;
  readonly type: string;
  constructor(
    message: string,
    options: { status: number; type: string; retryable: boolean; cause: unknown },
  ) {
    super(message, options);
    this.name = 'ElasticsearchFailure';
    this.status = options.status;
    this.type = options.type;
  }
}

/** The client drops the code of a TLS error and keeps its text. */
const codes: readonly (readonly [text: RegExp, code: string])[] = [
  [/self.signed certificate/i, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  [/unable to (get|verify)/i, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  [/certificate has expired/i, 'CERT_HAS_EXPIRED'],
  [/does not match certificate/i, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  [/wrong version number/i, 'ERR_SSL_WRONG_VERSION_NUMBER'],
  [/other side closed|socket hang up/i, 'ECONNRESET'],
];

function connectionWords(error: Error): string {
  const known = codes.find(([text]) => text.test(error.message))?.[1];
  const code = known ?? /\b(E[A-Z]{4,})\b/.exec(error.message)?.[1];
  if (error.name === 'TimeoutError') return 'no answer in time';
  return connectionFailure(code === undefined ? error : Object.assign(new Error(error.message), { code }));
}

const statusWords: Readonly<Record<number, string>> = {
  401: 'it refuses the credentials (api_key or basic_auth)',
  403: 'the user or the API key may not do this',
  429: 'it is too busy to answer now',
};

const stranger =
  'it does not say that it is an Elasticsearch of version 8 (no header X-Elastic-Product). ' +
  'An OpenSearch is not read: let its shippers write to Kafka too, and read that';

/** `type` and `reason` of the innermost cause that an answer names. */
function causeOf(body: unknown): { readonly type: string; readonly reason: string } {
  const cause = (value: unknown): { type: string; reason: string } | undefined => {
    if (typeof value !== 'object' || value === null) return undefined;
    const type = 'type' in value && typeof value.type === 'string' ? value.type : '';
    const reason = 'reason' in value && typeof value.reason === 'string' ? value.reason : '';
    const roots = 'root_cause' in value && Array.isArray(value.root_cause) ? value.root_cause : [];
    return cause(roots[0]) ?? { type, reason };
  };
  const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : undefined;
  return cause(error) ?? { type: '', reason: typeof error === 'string' ? error : '' };
}

function answered(error: errors.ResponseError): { status: number; type: string; words: string } {
  const status = error.statusCode ?? 0;
  const { type, reason } = causeOf(error.body);
  const product = error.headers?.['x-elastic-product'];
  if (product === undefined && [400, 404, 405, 406].includes(status))
    return { status, type, words: stranger };
  const said = [type, reason].filter(each => each !== '').join(': ');
  const words = statusWords[status] ?? `it answered ${status}`;
  return { status, type, words: said === '' ? words : `${words}: ${said}` };
}

function isAnswer(error: unknown): error is errors.ResponseError {
  return error instanceof Error && error.name === 'ResponseError' && 'meta' in error;
}

/** An error of the client in words, without its stack and without secrets. */
export function elasticsearchFailure(error: unknown, url: string): SourceError {
  if (error instanceof SourceError) return error;
  const at = `Elasticsearch at ${url}`;
  if (isAnswer(error)) {
    const { status, type, words } = answered(error);
    const retryable = status === 429 || status >= 500 || [401, 403, 404].includes(status);
    return new ElasticsearchFailure(`${at}: ${words}`, { status, type, retryable, cause: error });
  }
  if (!(error instanceof Error)) return new SourceError(`${at}: ${String(error)}`, { retryable: true });
  const words = error.name === 'ProductNotSupportedError' ? stranger : connectionWords(error);
  const type = /bigger than the maximum allowed/.test(error.message) ? 'answer_too_large' : error.name;
  return new ElasticsearchFailure(`${at}: ${words}`, { status: 0, type, retryable: true, cause: error });
}
