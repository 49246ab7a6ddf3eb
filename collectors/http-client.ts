import { Agent, request } from 'undici';
import { connectionFailure } from '../clients/connection-failure.ts';
import { authorizationHeader } from '../clients/credentials.ts';
import { createTlsFiles, type TlsMaterial } from '../clients/tls-files.ts';
import type { HttpAccess } from '../core/http-access.ts';
import type { HttpAnswer, HttpClient, HttpSend, HttpSender } from '../core/http-client.ts';
import { SourceError } from '../core/series.ts';

/** A client with connections of its own; at most `connections` at the same time, any number unless given. */
export function createHttpClient(
  access: HttpAccess,
  options: { readonly connections?: number } = {},
): HttpClient & HttpSender {
  const agents = createAgents(createTlsFiles(access.tls_config), options.connections);
  const exchange = async ({ url, headers, signal, ...how }: HttpSend): Promise<HttpAnswer> => {
    const authorization = await authorizationHeader(access);
    const own = authorization === undefined ? {} : { authorization };
    const dispatcher = agents.current();
    const hint = url.startsWith('https:') ? closedHint(access) : '';
    try {
      const { statusCode, ...answer } = await request(url, {
        ...how,
        dispatcher,
        signal,
        headers: { ...access.headers, ...headers, ...own },
      });
      return { status: statusCode, headers: answer.headers, body: read(answer.body, hint) };
    } catch (error) {
      throw signal.aborted ? signal.reason : failure(error, hint);
    }
  };
  return {
    get: asked => exchange({ ...asked, method: 'GET' }),
    post: asked => exchange({ ...asked, method: 'POST' }),
    send: exchange,
    close: () => agents.close(),
  };
}

/** A server that refuses a client's certificate closes the connection, and its reason does not reach us. */
function closedHint({ tls_config: tls }: HttpAccess): string {
  return tls?.cert_file === undefined
    ? ': does it want a client certificate (tls_config.cert_file and key_file)?'
    : ': does it accept our client certificate (tls_config.cert_file)?';
}

function failure(error: unknown, hint: string): SourceError {
  const closed = error instanceof Error && 'code' in error && closedCodes.includes(String(error.code));
  return new SourceError(`${connectionFailure(error)}${closed ? hint : ''}`, {
    retryable: true,
    cause: error,
  });
}

const closedCodes = ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'];

async function* read(body: AsyncIterable<Uint8Array>, hint: string): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw failure(error, hint);
  }
}

/** The agent for the certificates as they are now; one with older ones answers what it has begun and is closed. */
function createAgents(files: () => TlsMaterial, connections: number | undefined) {
  let made: { readonly from: TlsMaterial; readonly agent: Agent } | undefined;
  return {
    current(): Agent {
      const from = files();
      if (made?.from === from) return made.agent;
      void made?.agent.close();
      const agent = new Agent({
        connect: { ...from },
        ...(connections === undefined ? {} : { connections }),
      });
      made = { from, agent };
      return agent;
    },
    close: async () => made?.agent.close(),
  };
}
