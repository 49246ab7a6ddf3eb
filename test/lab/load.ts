import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const meanPerSecond = 22;
const timeoutMs = 6000;

/** Requests per second at `seconds` since the start: a slow and a fast wave around 22. */
export function rate(seconds: number): number {
  const wave = (period: number) => Math.sin((2 * Math.PI * seconds) / period);
  return meanPerSecond * (1 + 0.3 * wave(1200) + 0.1 * wave(170));
}

/** The page that a visitor asks for, by a number in [0, 1): 45 % look at an item, 30 % search, 25 % buy. */
export function page(u: number): string {
  if (u < 0.45) return '/item';
  return u < 0.75 ? '/search' : '/buy';
}

/** Visitors of the lab: Poisson arrivals at a rate with a rhythm, until aborted. */
export async function visit(port: number, signal: AbortSignal): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const start = performance.now();
  while (!signal.aborted) {
    const perSecond = rate((performance.now() - start) / 1000);
    await sleep((-Math.log(1 - Math.random()) / perSecond) * 1000);
    send(agent, port, page(Math.random()));
  }
  agent.destroy();
}

/** One request; what becomes of it is seen in the servers' own metrics. */
function send(agent: Agent, port: number, path: string): void {
  const options = { host: '127.0.0.1', port, path, agent, timeout: timeoutMs };
  const request = get(options, answer => answer.resume());
  request.on('error', () => {});
  request.on('timeout', () => request.destroy());
}
