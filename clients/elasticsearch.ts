import type { Client } from '@elastic/elasticsearch';
import { authorizationHeader, secretFile } from './credentials.ts';
import { elasticsearchFailure } from './elasticsearch-failure.ts';
import type { ElasticsearchAccess } from './elasticsearch-options.ts';
import { createTlsFiles, type TlsMaterial } from './tls-files.ts';

/** What each request is given beside its own words. */
export interface RequestOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly maxResponseSize: number;
  readonly signal?: AbortSignal;
}

/** A client of one Elasticsearch, made when it is first asked; certificates and secrets are those of now. */
export interface ElasticsearchClient {
  /** Rejects with a SourceError in words, or with the reason of `signal`. */
  ask<T>(question: (client: Client, options: RequestOptions) => Promise<T>, signal?: AbortSignal): Promise<T>;
  close(): Promise<void>;
}

/** The largest answer, bytes, unless a question says otherwise. */
const largest = 32 << 20;

async function headersOf(access: ElasticsearchAccess): Promise<Readonly<Record<string, string>>> {
  const key = access.api_key ?? (await secretFile(access.api_key_file));
  const authorization = key === undefined ? await authorizationHeader(access) : `ApiKey ${key}`;
  return { ...access.headers, ...(authorization === undefined ? {} : { authorization }) };
}

/** Makes no connection yet. */
export function createElasticsearchClient(access: ElasticsearchAccess): ElasticsearchClient {
  const files = createTlsFiles(access.tls_config);
  let made: { readonly from: TlsMaterial; readonly client: Client } | undefined;
  const current = async (): Promise<Client> => {
    const { Client } = await import('@elastic/elasticsearch');
    const from = files();
    if (made?.from === from) return made.client;
    void made?.client.close();
    const client = new Client({
      node: access.url,
      tls: { ...from },
      maxRetries: 2,
      requestTimeout: 30_000,
      // A document may have any key: one with a field "constructor" would else make its whole page unreadable for ever.
      disablePrototypePoisoningProtection: true,
    });
    made = { from, client };
    return client;
  };
  return {
    async ask(question, signal) {
      try {
        const options = { headers: await headersOf(access), maxResponseSize: largest };
        return await question(await current(), signal === undefined ? options : { ...options, signal });
      } catch (error) {
        throw signal?.aborted === true ? signal.reason : elasticsearchFailure(error, access.url);
      }
    },
    close: async () => made?.client.close(),
  };
}
