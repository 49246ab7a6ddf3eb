import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from './lab.ts';

/** What is really wrong, as the person who did it knows it. */
export interface Cause {
  readonly what: string;
  readonly entity: { readonly service: string; readonly instance?: string };
  readonly cause: 'dependency-stall' | 'cpu' | 'deploy' | 'instance-down';
}

/** A fault: `start` brings it about and returns when it is there, `stop` ends it and returns when it is over. */
export interface Fault {
  readonly name: string;
  readonly summary: string;
  readonly truth: readonly Cause[];
  /** Services whose users feel it, the faulty one included. */
  readonly affected: readonly string[];
  start(lab: Lab): Promise<void>;
  stop(lab: Lab): Promise<void>;
}

const stalls = new WeakMap<Lab, AbortController>();

/** Redis sleeps for 0.4 to 1.6 s again and again, and answers in between. */
async function stall(lab: Lab, signal: AbortSignal): Promise<void> {
  const redis = lab.redis();
  while (!signal.aborted) {
    await redis.send('DEBUG', 'SLEEP', (0.4 + 1.2 * Math.random()).toFixed(2)).catch(() => {});
    await sleep(150 + 350 * Math.random());
  }
  redis.close();
}

const redisStall: Fault = {
  name: 'redis-stall',
  summary: 'Redis stalls again and again for up to 1.6 s; everything that reads it waits or times out.',
  truth: [
    {
      what: 'redis blocked by slow commands',
      entity: { service: 'redis', instance: 'redis-1:9121' },
      cause: 'dependency-stall',
    },
  ],
  affected: ['redis', 'catalog', 'checkout', 'frontend'],
  async start(lab) {
    const controller = new AbortController();
    stalls.set(lab, controller);
    void stall(lab, controller.signal);
  },
  async stop(lab) {
    stalls.get(lab)?.abort();
    await sleep(2000);
  },
};

const cpuLeak: Fault = {
  name: 'cpu-leak',
  summary: 'Each request to catalog burns more processor time, up to 40 ms; its event loop is blocked.',
  truth: [
    {
      what: 'catalog burns more and more processor time per request',
      entity: { service: 'catalog', instance: 'catalog-1:8080' },
      cause: 'cpu',
    },
  ],
  affected: ['catalog', 'checkout', 'frontend'],
  start: lab => leak(lab, 'POST'),
  stop: lab => leak(lab, 'DELETE'),
};

async function leak(lab: Lab, method: string): Promise<void> {
  for (const target of lab.targets('catalog'))
    await fetch(`http://127.0.0.1:${target.port}/-/leak`, { method }).then(answer => answer.text());
}

const badDeploy: Fault = {
  name: 'bad-deploy',
  summary: 'checkout is rolled out as 1.1.0, which is slow and fails one request in six; then rolled back.',
  truth: [{ what: 'checkout deployed as version 1.1.0', entity: { service: 'checkout' }, cause: 'deploy' }],
  affected: ['checkout', 'frontend'],
  start: lab => rollOut(lab, '1.1.0'),
  stop: lab => rollOut(lab, '1.0.0'),
};

async function rollOut(lab: Lab, version: string): Promise<void> {
  for (const target of lab.targets('checkout')) {
    await lab.redeploy(target, version);
    await sleep(3000);
  }
}

const instanceKilled: Fault = {
  name: 'instance-killed',
  summary: 'One of the two instances of checkout is killed and stays down; half of the orders fail.',
  truth: [
    {
      what: 'checkout-2 killed',
      entity: { service: 'checkout', instance: 'checkout-2:8080' },
      cause: 'instance-down',
    },
  ],
  affected: ['checkout', 'frontend'],
  async start(lab) {
    lab.processes.signal(lab.targets('checkout')[1]!.instance, 'SIGKILL');
  },
  async stop(lab) {
    lab.startService(lab.targets('checkout')[1]!, '1.0.0');
  },
};

/** All faults that the lab can bring about. */
export const faults: readonly Fault[] = [redisStall, badDeploy, instanceKilled, cpuLeak];
