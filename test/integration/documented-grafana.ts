import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { answerApi, type GrafanaState } from './documented-grafana-api.ts';

/** A request as it came, in order. */
export interface GrafanaCall {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

/** What it does instead of answering: a status with Grafana's error form, a page to log in, a redirect to it, that it has no such API, half an answer, or nothing for ever. */
export type GrafanaFault = number | 'page' | 'no route' | 'redirect' | 'half' | 'hang';

/**
 * Not Grafana, for which there is no package: a server that follows the documents of its HTTP API (the addresses stand at the
 * routes), with its versions of dashboards, its two kinds of 412, and accounts by token or password.
 */
export interface DocumentedGrafana extends GrafanaState {
  readonly url: string;
  readonly calls: readonly GrafanaCall[];
  /** Asked for each request; undefined lets it through. */
  fault: (call: GrafanaCall) => GrafanaFault | undefined;
  /** Only with these credentials. */
  authorization: string;
  /** A person changes a dashboard in the browser: the next version. */
  editByHand(uid: string, change: Readonly<Record<string, unknown>>): void;
  /** The same to one of the schema v2. */
  editResourceByHand(uid: string, change: Readonly<Record<string, unknown>>): void;
  close(): Promise<void>;
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? undefined : JSON.parse(text);
}

function send(response: ServerResponse, status: number, json: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' });
  response.end(json === undefined ? undefined : JSON.stringify(json));
}

function misbehave(response: ServerResponse, fault: GrafanaFault): void {
  if (fault === 'hang') return;
  if (fault === 'half')
    return void response.writeHead(200, { 'content-type': 'application/json' }).write('{"dash');
  if (fault === 'no route')
    return void response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found\n');
  if (fault === 'redirect') return void response.writeHead(302, { location: '/login?token=abc' }).end();
  if (typeof fault === 'number') send(response, fault, { message: `fault ${fault}` });
  else response.writeHead(200, { 'content-type': 'text/html' }).end('<!DOCTYPE html><title>Grafana</title>');
}

const emptyState = (): GrafanaState => ({
  folders: new Map(),
  dashboards: new Map(),
  resources: new Map(),
  annotations: new Map(),
  rules: new Map(),
});

async function serve(
  grafana: Pick<DocumentedGrafana, keyof GrafanaState | 'fault' | 'authorization'>,
  calls: GrafanaCall[],
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
): Promise<void> {
  const { method = 'GET', url = '/', headers } = request;
  const body = await bodyOf(request);
  const { pathname: path, searchParams: query } = new URL(url, 'http://127.0.0.1');
  const call = { method, path: decodeURIComponent(path), body };
  calls.push(call);
  const fault = grafana.fault(call);
  if (fault !== undefined) return misbehave(response, fault);
  if (headers.authorization !== grafana.authorization)
    return send(response, 401, { message: 'Invalid API key' });
  const { status, json } = answerApi(grafana, { ...call, query, headers });
  send(response, status, json);
}

/** Starts it on a free port of loopback, empty. */
export async function createDocumentedGrafana(): Promise<DocumentedGrafana> {
  const state = emptyState();
  const calls: GrafanaCall[] = [];
  const server = createServer((request, response) => void serve(grafana, calls, { request, response }));
  const grafana: DocumentedGrafana = {
    ...state,
    url: '',
    calls,
    fault: () => undefined,
    authorization: 'Bearer good-token',
    editResourceByHand(uid, change) {
      const held = state.resources.get(uid);
      if (held === undefined) throw new Error(`there is no dashboard ${uid}`);
      const { generation, resourceVersion, annotations, spec } = held;
      const next = { generation: generation + 1, resourceVersion: resourceVersion + 7, annotations };
      state.resources.set(uid, { ...next, spec: { ...spec, ...change } });
    },
    editByHand(uid, change) {
      const held = state.dashboards.get(uid);
      if (held === undefined) throw new Error(`there is no dashboard ${uid}`);
      const version = held.version + 1;
      state.dashboards.set(uid, { ...held, version, model: { ...held.model, ...change, version } });
    },
    async close() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP port');
  return Object.assign(grafana, { url: `http://127.0.0.1:${address.port}` });
}
