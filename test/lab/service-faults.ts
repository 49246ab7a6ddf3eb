import { type Fault, firstPort, truthOf, truthOfInstance } from './fault.ts';
import { address, portsOf } from './layout.ts';
import { asRole } from './process-faults.ts';

const services = ['catalog', 'checkout', 'frontend'] as const;

/** Asks one process of the lab to begin or to end a trouble of its own. */
export async function tell(port: number, trouble: string): Promise<void> {
  const answer = await fetch(`http://${address(port)}/fault/${trouble}`);
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`${address(port)} knows no trouble ${trouble}: status ${answer.status}`);
}

export const cpuLeak: Fault = {
  name: 'cpu-leak',
  victims: services,
  what: victim => `${victim} burns more CPU with every second`,
  truth: truthOf('cpu leak'),
  async start(lab, victim) {
    for (const port of portsOf(lab.layout, victim)) await tell(port, 'leak');
    return () => lab.deploy(asRole(victim), '1.0.0');
  },
};

export const cpuHog: Fault = {
  name: 'cpu-hog',
  victims: services,
  what: victim => `a computation in an instance of ${victim} takes half of its CPU in long turns`,
  truth: truthOfInstance('cpu hog'),
  async start(lab, victim) {
    const port = firstPort(lab.layout, victim);
    await tell(port, 'hog');
    return () => tell(port, 'none');
  },
};

export const memoryLeak: Fault = {
  name: 'memory-leak',
  victims: services,
  what: victim => `a cache of an instance of ${victim} grows without an end, and each request searches it`,
  truth: truthOfInstance('memory leak'),
  async start(lab, victim) {
    const port = firstPort(lab.layout, victim);
    await tell(port, 'memory');
    return () => tell(port, 'none');
  },
};
