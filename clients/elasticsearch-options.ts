import { z } from 'zod';
import { httpAccess, httpUrl } from '../core/http-access.ts';

/** How an Elasticsearch is reached; collectors and sinks share it. */
export const elasticsearchAccess = {
  url: httpUrl.describe('Base address, e.g. https://elastic.example:9200.'),
  ...httpAccess,
  api_key: z.string().optional().describe('API key as it is given out: id and key in base64.'),
  api_key_file: z.string().optional().describe('File that holds the API key, read anew for each request.'),
};

const schema = z.strictObject(elasticsearchAccess);
export type ElasticsearchAccess = z.output<typeof schema>;

type Credentials = Pick<ElasticsearchAccess, 'api_key' | 'api_key_file' | 'basic_auth' | 'authorization'>;

/** The refinement of whatever holds `elasticsearchAccess`: there is one Authorization header. */
export const oneElasticsearchCredential = {
  check: ({ api_key, api_key_file, basic_auth, authorization }: Credentials): boolean =>
    [api_key, api_key_file, basic_auth, authorization].filter(each => each !== undefined).length <= 1,
  params: { message: 'give one of api_key, api_key_file, basic_auth and authorization', path: ['api_key'] },
};
