import { Server as TlsServer } from 'node:tls';
import Fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
} from 'fastify';
import type { Registry } from 'prom-client';
import { contentSecurityPolicy } from './content-security-policy.ts';
import { type FeedbackTarget, mountFeedback } from './feedback.ts';
import { readFilter } from './incident-filter.ts';
import type { IncidentView, ServerState } from './model.ts';
import { allIncidentsPage, incidentPage, missingPage, overviewPage, type Page, runbookPage } from './page.ts';
import { protect } from './protect.ts';
import { mountQueryApi } from './query-api.ts';
import type { QueryTarget } from './query-target.ts';
import { mountRemoteRead, type ReadTarget } from './remote-read.ts';
import type { MountedRoute } from './route.ts';
import { builtinRunbooks } from './runbooks.ts';
import { followCertificates, tlsOptions } from './server-tls.ts';
import { mountStoreIdentity, type StoreIdentity } from './store-identity.ts';
import { mountSuppressions, type SuppressionTarget } from './suppressions.ts';
import type { WebConfig } from './web-config.ts';

/** What an answer to a reload says: `message` tells in words what happened. */
export interface ReloadOutcome {
  readonly ok: boolean;
  readonly message: string;
}

/** What the server is made of. `log` gets outside failures; it never gets bodies or headers. */
export interface ServerDeps {
  readonly state: ServerState;
  readonly registry: Registry;
  readonly routes: readonly MountedRoute[];
  readonly reload?: () => Promise<ReloadOutcome>;
  readonly results?: QueryTarget;
  readonly read?: ReadTarget;
  readonly feedback?: FeedbackTarget;
  readonly suppressions?: SuppressionTarget;
  /** The store behind it, for commands that must not take one foreshock for another. */
  readonly store?: StoreIdentity | undefined;
  readonly webConfig?: WebConfig;
  readonly log: (message: string, error: unknown) => void;
  /** Largest request body in bytes; 10 MB unless told. */
  readonly bodyLimit?: number;
}

/** `[host]:port`; without a host it is loopback. Port 0 takes a free one. */
export interface Server {
  listen(address: string): Promise<{ readonly url: string }>;
  close(): Promise<void>;
  /** The HTTP application, for requests without a socket. */
  readonly app: FastifyInstance;
}

/** `host:port`, `:port`, `[::1]:port` or `port`, split. Throws a RangeError for anything else. */
export function parseAddress(address: string): { host: string; port: number } {
  const found = /^(?:(\[[0-9a-fA-F:.]+\]|[^:[\]/\s]*):)?(\d{1,5})$/.exec(address);
  const port = Number(found?.[2] ?? Number.NaN);
  if (found === null || port > 65_535)
    throw new RangeError(`"${address}" is no address to listen on: write it like 127.0.0.1:9099 or :9099`);
  const host = (found[1] ?? '').replace(/^\[|\]$/g, '');
  return { host: host === '' ? '127.0.0.1' : host, port };
}

/** The incident as the API answers it: as the page shows it, without the sample columns. */
function incidentJson(view: IncidentView) {
  const signals = view.signals.map(({ entity, signal, unit, onset }) => ({ entity, signal, unit, onset }));
  if (view.logs === undefined) return { ...view, signals };
  const { fresh, errors } = view.logs;
  return { ...view, signals, logs: { fresh, errors } };
}

function mountLifecycle(app: FastifyInstance, deps: ServerDeps): void {
  app.get('/-/healthy', async (_, reply) => {
    const { healthy, reasons } = deps.state.health();
    return reply
      .code(healthy ? 200 : 503)
      .type('text/plain; charset=utf-8')
      .send(healthy ? 'foreshock is healthy.\n' : `foreshock is not healthy: ${reasons.join('; ')}\n`);
  });
  app.get('/-/ready', async (_, reply) => {
    const { ready, reasons } = deps.state.health();
    return reply
      .code(ready ? 200 : 503)
      .type('text/plain; charset=utf-8')
      .send(ready ? 'foreshock is ready.\n' : `foreshock is not ready: ${reasons.join('; ')}\n`);
  });
  app.post('/-/reload', async (_, reply) => {
    if (deps.reload === undefined)
      return reply.code(404).send({ status: 'error', error: 'nothing to reload' });
    const { ok, message } = await deps.reload();
    return reply
      .code(ok ? 200 : 500)
      .type('text/plain; charset=utf-8')
      .send(`${message}\n`);
  });
  app.get('/metrics', async (_, reply) =>
    reply.type(deps.registry.contentType).send(await deps.registry.metrics()),
  );
}

/** Sends a page, or 304 to who has it already: pages ask for themselves every few seconds. */
function sendPage(
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  { text, tag }: Page,
  status = 200,
): FastifyReply {
  reply.code(status).header('etag', tag).header('cache-control', 'no-store');
  if (status === 200 && request.headers['if-none-match'] === tag) return reply.code(304).send();
  return reply
    .header('content-security-policy', contentSecurityPolicy)
    .type('text/html; charset=utf-8')
    .send(text);
}

function mountIncidents(app: FastifyInstance, state: ServerState): void {
  const missing = (id: string) => ({ status: 'error', error: `no incident ${JSON.stringify(id)}` });
  app.get('/api/v1/incidents', async () => ({
    status: 'success',
    data: state.incidents().map(incidentJson),
  }));
  app.get<{ Params: { id: string } }>('/api/v1/incidents/:id', async (request, reply) => {
    const view = state.incident(request.params.id);
    if (view === undefined) return reply.code(404).send(missing(request.params.id));
    return { status: 'success', data: incidentJson(view) };
  });
  app.get('/', async (request, reply) => sendPage({ request, reply }, overviewPage(state)));
  app.get('/incidents', async (request, reply) => {
    const filter = readFilter(new URLSearchParams(request.url.replace(/^[^?]*/, '')));
    return sendPage({ request, reply }, allIncidentsPage(state, filter));
  });
  app.get<{ Params: { id: string } }>('/incidents/:id', async (request, reply) => {
    const view = state.incident(request.params.id);
    if (view === undefined) return sendPage({ request, reply }, missingPage(request.params.id), 404);
    return sendPage({ request, reply }, incidentPage(view));
  });
}

/** Each class, how many of its rows are in which state, and why one has no model. */
function mountClasses(app: FastifyInstance, state: ServerState): void {
  app.get('/api/v1/status/classes', async () => ({
    status: 'success',
    data: state.watch().classes.map(({ name, counts, reasons, unlearned }) => ({
      name,
      counts,
      reasons,
      unlearned,
    })),
  }));
}

function mountRunbooks(app: FastifyInstance): void {
  const runbooks = builtinRunbooks();
  app.get('/runbooks', async (request, reply) => sendPage({ request, reply }, runbookPage(runbooks)));
  app.get<{ Params: { name: string } }>('/runbooks/:name', async (request, reply) => {
    const name = request.params.name.replace(/\.md$/, '');
    return sendPage({ request, reply }, runbookPage(runbooks, name), runbooks.has(name) ? 200 : 404);
  });
}

function mountRoutes(app: FastifyInstance, routes: readonly MountedRoute[]): void {
  for (const route of routes)
    app.route({
      method: route.method,
      url: route.path,
      handler: async (request, reply) => {
        const { status, body } = await route.handle(request.body);
        return reply.code(status).type('application/json; charset=utf-8').send(JSON.stringify(body));
      },
    });
}

function answerErrors(app: FastifyInstance, log: ServerDeps['log']): void {
  app.setErrorHandler((error, request, reply) => {
    const given = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
    const status = typeof given === 'number' && given >= 400 ? given : 500;
    if (status >= 500) log(`${request.method} ${request.routeOptions.url ?? 'unknown path'} failed`, error);
    const words =
      status < 500 && error instanceof Error ? error.message : 'internal error, see the log of foreshock';
    return reply.code(status).send({ status: 'error', error: words });
  });
  app.setNotFoundHandler((_, reply) => reply.code(404).send({ status: 'error', error: 'no such page' }));
}

function createApp(deps: ServerDeps): FastifyInstance {
  const options: FastifyServerOptions = {
    bodyLimit: deps.bodyLimit ?? 10 * 1024 * 1024,
    forceCloseConnections: true,
    // A request that trickles in holds its socket no longer than this.
    requestTimeout: 30_000,
  };
  const config = deps.webConfig;
  const tls = config === undefined ? undefined : tlsOptions(config);
  if (config === undefined || tls === undefined) return Fastify(options);
  const { http2 } = config.http_server_config;
  // Fastify types its other forms as other instances, while all that is used here is the same in all.
  const secure: FastifyServerOptions = Object.assign({}, options, {
    https: { ...tls, allowHTTP1: true },
    ...(http2 ? { http2 } : {}),
  });
  const app = Fastify(secure);
  if (app.server instanceof TlsServer) followCertificates(app.server, config);
  return app;
}

/** Makes the HTTP server; it holds no state of its own. Call `listen`, and `close` at the end. */
export function createServer(deps: ServerDeps): Server {
  const app = createApp(deps);
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_, body, done) =>
    done(null, new URLSearchParams(String(body))),
  );
  answerErrors(app, deps.log);
  protect(app, deps.webConfig);
  mountLifecycle(app, deps);
  mountIncidents(app, deps.state);
  mountClasses(app, deps.state);
  mountRunbooks(app);
  mountRoutes(app, deps.routes);
  if (deps.store !== undefined) mountStoreIdentity(app, deps.store);
  const users = Object.keys(deps.webConfig?.basic_auth_users ?? {}).length > 0;
  if (deps.feedback !== undefined) mountFeedback(app, { target: deps.feedback, users });
  if (deps.suppressions !== undefined) mountSuppressions(app, { target: deps.suppressions, users });
  if (deps.results !== undefined) mountQueryApi(app, deps.results, deps.log);
  if (deps.read !== undefined) mountRemoteRead(app, deps.read, deps.log);
  return {
    app,
    listen: async address => ({ url: await app.listen(parseAddress(address)) }),
    close: () => app.close(),
  };
}
