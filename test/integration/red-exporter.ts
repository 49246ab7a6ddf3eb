import { createServer, type Server } from 'node:http';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { createRandom } from '../../core/random.ts';

/** How an application names its metrics: the client libraries' old way, or OpenTelemetry's. */
export type Naming = 'classic' | 'otel';

const help = 'made for the tests';
const random = createRandom(3);

/** One answered request and the call that it made. */
interface Visit {
  readonly route: string;
  readonly code: string;
  readonly seconds: number;
}

type Observe = (visit: Visit) => void;

function process(registry: Registry, cpu: string, memory: string): Observe {
  const registers = [registry];
  const used = new Counter({ name: cpu, help, registers });
  const held = new Gauge({ name: memory, help, registers });
  held.set(8e7);
  return ({ seconds }) => used.inc(seconds / 10);
}

function classic(registry: Registry): Observe {
  const registers = [registry];
  const requests = new Counter({
    name: 'http_requests_total',
    help,
    labelNames: ['route', 'code'],
    registers,
  });
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help,
    labelNames: ['route'],
    registers,
  });
  const calls = new Counter({
    name: 'http_client_requests_total',
    help,
    labelNames: ['peer_service', 'code'],
    registers,
  });
  const callDuration = new Histogram({
    name: 'http_client_request_duration_seconds',
    help,
    labelNames: ['peer_service'],
    registers,
  });
  const work = process(registry, 'process_cpu_seconds_total', 'process_resident_memory_bytes');
  return visit => {
    const { route, code, seconds } = visit;
    requests.inc({ route, code });
    duration.observe({ route }, seconds);
    calls.inc({ peer_service: 'stock', code: '200' });
    callDuration.observe({ peer_service: 'stock' }, seconds / 2);
    work(visit);
  };
}

function otel(registry: Registry): Observe {
  const registers = [registry];
  const duration = new Histogram({
    name: 'http_server_request_duration_seconds',
    help,
    labelNames: ['http_route', 'http_response_status_code'],
    registers,
  });
  const callDuration = new Histogram({
    name: 'http_client_request_duration_seconds',
    help,
    labelNames: ['server_address', 'http_response_status_code'],
    registers,
  });
  const work = process(registry, 'process_cpu_time_seconds_total', 'process_memory_usage_bytes');
  return visit => {
    const { route, code, seconds } = visit;
    duration.observe({ http_route: route, http_response_status_code: code }, seconds);
    callDuration.observe({ server_address: 'stock', http_response_status_code: '200' }, seconds / 2);
    work(visit);
  };
}

/** Some visits: mostly good ones, now and then one that fails or is refused. */
function visits(): Visit[] {
  return Array.from({ length: 50 }, () => {
    const dice = random();
    const code = dice < 0.02 ? '500' : dice < 0.04 ? '401' : '200';
    return { route: random() < 0.7 ? '/' : '/buy', code, seconds: 0.02 * (1 + random()) };
  });
}

/** An application on a free port of loopback that answers 50 requests between any two scrapes. */
export async function serveRed(
  naming: Naming,
): Promise<{ readonly server: Server; readonly target: string }> {
  const registry = new Registry();
  const observe = naming === 'classic' ? classic(registry) : otel(registry);
  const server = createServer((_request, response) => {
    for (const visit of visits()) observe(visit);
    void registry.metrics().then(text => response.end(text));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP port');
  return { server, target: `127.0.0.1:${address.port}` };
}
