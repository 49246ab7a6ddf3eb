import type { Fault } from './fault.ts';
import type { Part } from './layout.ts';
import { packetLoss, slowNetwork } from './network-faults.ts';
import { badDeploy, instanceKilled, processKilled, redisStall } from './process-faults.ts';
import { cpuHog, cpuLeak, memoryLeak } from './service-faults.ts';
import { diskFull, dnsFailure, postgresLock } from './storage-faults.ts';

/** All faults that the lab can bring about. */
export const faults: readonly Fault[] = [
  redisStall,
  badDeploy,
  instanceKilled,
  processKilled,
  cpuLeak,
  cpuHog,
  memoryLeak,
  slowNetwork,
  packetLoss,
  diskFull,
  postgresLock,
  dnsFailure,
];

/** One fault and whom it befalls. */
export interface Blow {
  readonly fault: Fault;
  readonly victim: Part;
}

/** Reads `name` or `name@victim`; throws with what would do. */
export function parseBlow(text: string): Blow {
  const [name, wanted] = text.split('@');
  const fault = faults.find(one => one.name === name);
  if (!fault) throw new Error(`fault "${name}": expected one of ${faults.map(one => one.name).join(', ')}`);
  const victim = wanted === undefined ? fault.victims[0] : fault.victims.find(one => one === wanted);
  if (victim === undefined)
    throw new Error(`fault ${name} at "${wanted}": expected one of ${fault.victims.join(', ')}`);
  return { fault, victim };
}

/** Reads faults that come at once: `a+b@victim`. */
export function parseBlows(text: string): readonly Blow[] {
  return text.split('+').map(parseBlow);
}

export function nameOf({ fault, victim }: Blow): string {
  return victim === fault.victims[0] ? fault.name : `${fault.name}-${victim}`;
}
