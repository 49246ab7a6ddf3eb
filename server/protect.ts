import type { FastifyInstance } from 'fastify';
import { createBasicAuth } from './basic-auth.ts';
import { admitsClient, certificateOf } from './client-certificate.ts';
import { createRateLimit } from './rate-limit.ts';
import type { WebConfig } from './web-config.ts';

/** Guards every path: rate, client certificate, requests that another site's page sends, user and password. */
export function protect(app: FastifyInstance, config: WebConfig | undefined): void {
  const admits = createBasicAuth(config?.basic_auth_users ?? {});
  const headers = Object.entries(config?.http_server_config.headers ?? {});
  const passes = config === undefined ? undefined : createRateLimit(config.rate_limit);
  app.addHook('onRequest', async (request, reply) => {
    // `same-origin`, not `no-referrer`: with that a browser hides the origin of our own forms.
    reply.header('x-content-type-options', 'nosniff').header('referrer-policy', 'same-origin');
    for (const [name, value] of headers) reply.header(name, value);
    const refuse = (status: number, error: string) => reply.code(status).send({ status: 'error', error });
    if (passes?.(Date.now()) === false) return refuse(429, 'too many requests');
    if (config !== undefined && !admitsClient(config, certificateOf(request.raw.socket)))
      return refuse(403, 'a valid client certificate is needed');
    // A page of another site must not reload us or post alerts through the reader's browser.
    if (request.method === 'POST' && request.headers['sec-fetch-site'] === 'cross-site')
      return refuse(403, 'requests from other sites are refused');
    if (admits === undefined || (await admits(request.headers.authorization))) return;
    reply.header('www-authenticate', 'Basic realm="foreshock", charset="UTF-8"');
    return refuse(401, 'user or password is wrong or missing');
  });
}
