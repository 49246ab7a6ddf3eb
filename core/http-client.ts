/** What the other side answered; `body` is to be read to its end or left by breaking the loop. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: AsyncIterable<Uint8Array>;
}

/** One GET. `headers` come on top of those that the client's own config adds. */
export interface HttpGet {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** One POST, likewise. */
export interface HttpPost extends HttpGet {
  readonly body: string;
}

/** One request of any method; a body is JSON. */
export interface HttpSend extends HttpGet {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: string;
}

/** Sends requests of any method to one server, as an `HttpClient` does those of two. */
export interface HttpSender {
  send(request: HttpSend): Promise<HttpAnswer>;
  close(): Promise<void>;
}

/**
 * Speaks to one server with the credentials and certificates of its config. Made at the edge, handed to whoever sends,
 * closed at the end. Both answer any status; they reject with a retryable `SourceError` when there is no answer or a
 * secret or certificate cannot be read, in words that name no secret, or with the reason of an aborted signal.
 */
export interface HttpClient {
  get(request: HttpGet): Promise<HttpAnswer>;
  post(request: HttpPost): Promise<HttpAnswer>;
  close(): Promise<void>;
}
