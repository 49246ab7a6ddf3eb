/** What the other side answered; `body` is to be read to its end or left by breaking the loop. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: AsyncIterable<Uint8Array>;
}

/** One POST. `headers` come on top of those that the client's own config adds. */
export interface HttpPost {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
}

/**
 * Speaks to one server with the credentials and certificates of its config. Made at the edge, handed to whoever sends,
 * closed at the end. `post` answers any status; it rejects with a retryable `SourceError` when there is no answer or a
 * secret or certificate cannot be read, in words that name no secret, or with the reason of an aborted signal.
 */
export interface HttpClient {
  post(request: HttpPost): Promise<HttpAnswer>;
  close(): Promise<void>;
}
