import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { normal, random } from './random.ts';

const agent = new Agent({ keepAlive: true, maxSockets: 256 });
const mean = 25;

type Uniform = () => number;
const id = (uniform: Uniform, count: number) => Math.floor(uniform() ** 2 * count);

/** What users do: the share of each kind of visit, and its method and path. */
const visits: readonly (readonly [number, (uniform: Uniform) => readonly [string, string]])[] = [
  [0.27, () => ['GET', '/']],
  [0.3, uniform => ['GET', `/product/${id(uniform, 220)}`]],
  [0.1, () => ['GET', '/search?q=shoes']],
  [0.13, uniform => ['GET', `/cart/${id(uniform, 500)}`]],
  [0.2, uniform => ['POST', `/checkout/${id(uniform, 500)}`]],
];

function visit(uniform: Uniform): readonly [string, string] {
  let rest = uniform();
  for (const [share, make] of visits) {
    rest -= share;
    if (rest < 0) return make(uniform);
  }
  return ['GET', '/'];
}

/** One request; what becomes of it is seen by the servers' own metrics. */
function send(port: number, method: string, path: string): void {
  const out = request({ agent, host: '127.0.0.1', port, method, path }, answer => answer.resume());
  out.setTimeout(8000, () => out.destroy());
  out.on('error', () => {});
  out.end();
}

/** Requests per second at `seconds` since the start: two sines; `phase` sets labs apart. */
export function rate(seconds: number, phase: number): number {
  const slow = Math.sin(2 * Math.PI * (seconds / 1200 + phase));
  const fast = Math.sin(2 * Math.PI * (seconds / 410 + 3 * phase));
  return mean * (1 + 0.35 * slow + 0.12 * fast);
}

/** Users of the lab: Poisson arrivals at a rate with a rhythm and slowly wandering noise, until aborted. */
export async function load(port: number, seed: number, signal: AbortSignal): Promise<void> {
  const uniform = random(seed);
  const phase = uniform();
  const start = performance.now();
  let next = start;
  let wander = 0;
  let wandered = start;
  while (!signal.aborted) {
    for (const now = performance.now(); next <= now; ) {
      for (; wandered < next; wandered += 1000) wander = 0.97 * wander + 0.02 * normal(uniform);
      const perSecond = rate((next - start) / 1000, phase) * Math.exp(wander);
      next += (-Math.log(1 - uniform()) / perSecond) * 1000;
      const [method, path] = visit(uniform);
      send(port, method, path);
    }
    await sleep(Math.max(1, next - performance.now()));
  }
}
