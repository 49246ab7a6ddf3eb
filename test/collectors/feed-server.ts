import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { FeedCollector, FeedPage } from '../../core/indicator.ts';

/** One request as the server of a test sees it. */
export interface Asked {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** What it answers; nothing where it is to hang. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface FeedServer {
  readonly url: string;
  readonly asked: readonly Asked[];
  close(): Promise<void>;
}

/** A small HTTP server on loopback; a body that is no text becomes JSON. */
export async function createFeedServer(answer: (asked: Asked) => Answer | undefined): Promise<FeedServer> {
  const asked: Asked[] = [];
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const one = { path: url.pathname, query: url.searchParams, headers: request.headers, body };
    asked.push(one);
    const said = answer(one);
    if (said === undefined) return;
    response.writeHead(said.status ?? 200, said.headers ?? {});
    response.end(typeof said.body === 'string' ? said.body : JSON.stringify(said.body));
  };
  const server = createServer((request, response) => void respond(request, response));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    asked,
    close: () =>
      new Promise(resolve => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** All pages of one poll, and why it ended where that was a failure. */
export async function pollAll(
  collector: FeedCollector,
  from?: string,
): Promise<{ readonly pages: readonly FeedPage[]; readonly failure: string | undefined }> {
  const pages: FeedPage[] = [];
  try {
    for await (const page of collector.poll(from, new AbortController().signal)) pages.push(page);
    return { pages, failure: undefined };
  } catch (error) {
    return { pages, failure: error instanceof Error ? error.message : String(error) };
  } finally {
    await collector.close();
  }
}

export const idsOf = (pages: readonly FeedPage[]): readonly string[] =>
  pages.flatMap(({ updates }) => updates.map(({ id }) => id));
