import { setTimeout as sleep } from 'node:timers/promises';
import { address, type Layout } from './layout.ts';
import type { Lab } from './servers.ts';

/** What is really wrong, as the one who did it knows it. */
export interface Truth {
  readonly entity: { readonly service: string; readonly instance?: string };
  readonly cause: 'stall' | 'deploy' | 'instance lost' | 'cpu leak';
  /** Services that show it, the faulty one first. */
  readonly affected: readonly string[];
}

/** A fault: `start` brings it about and answers how to undo it; `undo` resolves when it is over. */
export interface Fault {
  readonly name: string;
  readonly what: string;
  truth(layout: Layout): Truth;
  start(lab: Lab): Promise<() => Promise<void>>;
}

const stoppedMs = 9000;
const runningMs = 600;

/** Sleeps, and wakes early when aborted. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return sleep(ms, undefined, { signal }).catch(() => {});
}

async function stall(lab: Lab, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    lab.signalRedis('SIGSTOP');
    await pause(stoppedMs, signal);
    lab.signalRedis('SIGCONT');
    await pause(runningMs, signal);
  }
}

const redisStall: Fault = {
  name: 'redis-stall',
  what: 'Redis stalled: the process was stopped in bursts',
  truth: () => ({
    entity: { service: 'redis' },
    cause: 'stall',
    affected: ['redis', 'catalog', 'checkout', 'frontend'],
  }),
  async start(lab) {
    const controller = new AbortController();
    const over = stall(lab, controller.signal);
    return () => {
      controller.abort();
      return over;
    };
  },
};

const badDeploy: Fault = {
  name: 'bad-deploy',
  what: 'checkout 1.1.0 was deployed; it answers slowly and with errors',
  truth: () => ({ entity: { service: 'checkout' }, cause: 'deploy', affected: ['checkout', 'frontend'] }),
  async start(lab) {
    await lab.deploy('checkout', '1.1.0');
    return () => lab.deploy('checkout', '1.0.0');
  },
};

/** The instance of checkout that is killed. */
function victim(layout: Layout): number {
  const [port] = layout.services.checkout;
  if (port === undefined) throw new Error('the layout has no instance of checkout');
  return port;
}

const instanceKilled: Fault = {
  name: 'instance-killed',
  what: 'one of two instances of checkout was killed and stayed down',
  truth: layout => ({
    entity: { service: 'checkout', instance: address(victim(layout)) },
    cause: 'instance lost',
    affected: ['checkout', 'frontend'],
  }),
  async start(lab) {
    const port = victim(lab.layout);
    await lab.killService('checkout', port);
    return async () => lab.reviveService('checkout', port);
  },
};

const cpuLeak: Fault = {
  name: 'cpu-leak',
  what: 'catalog burns more CPU with every second',
  truth: () => ({
    entity: { service: 'catalog' },
    cause: 'cpu leak',
    affected: ['catalog', 'checkout', 'frontend'],
  }),
  async start(lab) {
    for (const port of lab.layout.services.catalog) {
      const answer = await fetch(`http://${address(port)}/fault/leak`);
      await answer.arrayBuffer();
    }
    return () => lab.deploy('catalog', '1.0.0');
  },
};

/** All faults that the lab can bring about. */
export const faults: readonly Fault[] = [redisStall, badDeploy, instanceKilled, cpuLeak];
