import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { register } from 'prom-client';
import { burn, type Route, roles } from './roles.ts';
import { Context, HttpError, newTrace, type ServiceConfig } from './service-context.ts';

/** The processor leak: from `since` on, each request burns more, up to 40 ms. */
const leak = { since: 0 };
const leakMsPerSecond = 0.3;
const leakMaxMs = 40;

function leaked(): number {
  if (leak.since === 0) return 0;
  return Math.min(leakMaxMs, (leakMsPerSecond * (performance.now() - leak.since)) / 1000);
}

async function answer(context: Context, route: Route, input: IncomingMessage): Promise<[number, string]> {
  const header = input.headers['x-trace-id'];
  const trace = typeof header === 'string' ? header : newTrace();
  const url = new URL(input.url ?? '/', 'http://lab');
  const { service } = context.config;
  const from = performance.now();
  let status = 200;
  let body = '';
  let reason = '';
  try {
    burn(leaked());
    body = JSON.stringify(await route.run(context, { url, trace }));
  } catch (error) {
    // A caller reports a failing callee as a bad gateway; only its own failures are 500.
    const code = error instanceof HttpError ? error.status : 500;
    status = code === 504 ? 504 : code === 500 && service === 'checkout' ? 500 : 502;
    reason = error instanceof Error ? error.message : String(error);
  }
  const seconds = (performance.now() - from) / 1000;
  context.requests.inc({ service, route: route.label, code: String(status) });
  context.seconds.observe({ service, route: route.label }, seconds);
  const fields = { route: route.label, status, duration_ms: Math.round(seconds * 1000) };
  if (status >= 500) context.log('error', trace, `request failed: ${reason}`, fields);
  else if (seconds > 1) context.log('warn', trace, 'slow request', fields);
  else if (Math.random() < 0.02) context.log('info', trace, 'request served', fields);
  return [status, body];
}

async function handle(context: Context, input: IncomingMessage, output: ServerResponse): Promise<void> {
  const path = (input.url ?? '/').split('?')[0]!;
  if (path === '/metrics') {
    output.setHeader('content-type', register.contentType).end(await register.metrics());
    return;
  }
  if (path === '/-/leak') {
    leak.since = input.method === 'POST' ? performance.now() : 0;
    output.end('ok\n');
    return;
  }
  const match = `${input.method} ${path.split('/')[1] ?? ''}`;
  const route = roles[context.config.service]!.find(one => one.match === match);
  if (!route) {
    output.writeHead(404).end();
    return;
  }
  const [status, body] = await answer(context, route, input);
  output.writeHead(status, { 'content-type': 'application/json' }).end(body);
}

function main(): void {
  const config = JSON.parse(process.argv[2]!) as ServiceConfig;
  const context = new Context(config);
  const server = createServer((input, output) => void handle(context, input, output));
  server.keepAliveTimeout = 65_000;
  server.listen(config.port, '127.0.0.1', () =>
    context.log('info', '', 'started', { version: config.version }),
  );
  process.on('SIGTERM', () => {
    context.log('info', '', 'stopping', { version: config.version });
    server.close();
    server.closeIdleConnections();
    setTimeout(() => process.exit(0), 800);
  });
}

main();
