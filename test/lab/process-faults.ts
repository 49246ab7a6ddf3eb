import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault, firstPort, truthOf, truthOfInstance } from './fault.ts';
import { type Part, type Role, roles } from './layout.ts';
import type { Lab } from './servers.ts';

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

/** The victim as one of the services. */
export function asRole(victim: Part): Role {
  const role = roles.find(one => one === victim);
  if (role === undefined) throw new Error(`${victim} is none of the services ${roles.join(', ')}`);
  return role;
}

export const redisStall: Fault = {
  name: 'redis-stall',
  victims: ['redis'],
  what: () => 'Redis stalled: the process was stopped in bursts',
  truth: truthOf('stall'),
  async start(lab) {
    const controller = new AbortController();
    const over = stall(lab, controller.signal);
    return () => {
      controller.abort();
      return over;
    };
  },
};

export const badDeploy: Fault = {
  name: 'bad-deploy',
  victims: ['checkout', 'catalog', 'frontend'],
  what: victim => `${victim} 1.1.0 was deployed; it answers slowly and with errors`,
  truth: truthOf('deploy'),
  async start(lab, victim) {
    await lab.deploy(asRole(victim), '1.1.0');
    return () => lab.deploy(asRole(victim), '1.0.0');
  },
};

export const instanceKilled: Fault = {
  name: 'instance-killed',
  victims: ['checkout', 'frontend'],
  what: victim => `one of two instances of ${victim} was killed and stayed down`,
  truth: truthOfInstance('instance lost'),
  async start(lab, victim) {
    const port = firstPort(lab.layout, victim);
    await lab.killService(asRole(victim), port);
    return async () => lab.reviveService(asRole(victim), port);
  },
};

export const processKilled: Fault = {
  name: 'process-killed',
  victims: ['catalog', 'redis', 'postgresql', 'dns'],
  what: victim => `the process of ${victim} was killed and stayed down`,
  truth: truthOf('process killed'),
  async start(lab, victim) {
    await lab.kill(victim);
    return async () => lab.revive(victim);
  },
};
