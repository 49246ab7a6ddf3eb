import { address, type Layout, type Part, portsOf } from './layout.ts';
import type { Lab } from './servers.ts';

export type Cause =
  | 'stall'
  | 'deploy'
  | 'instance lost'
  | 'process killed'
  | 'cpu leak'
  | 'cpu hog'
  | 'memory leak'
  | 'slow network'
  | 'packet loss'
  | 'disk full'
  | 'lock'
  | 'dns failure';

/** What is really wrong, as the one who did it knows it. */
export interface Truth {
  readonly entity: { readonly service: string; readonly instance?: string };
  readonly cause: Cause;
  /** Services that show it, the faulty one first. */
  readonly affected: readonly string[];
}

export type Undo = () => Promise<void>;

/** A fault: it befalls one of its victims; `start` brings it about and answers how to undo it. */
export interface Fault {
  readonly name: string;
  /** The parts that it can befall, the usual one first. */
  readonly victims: readonly Part[];
  what(victim: Part): string;
  truth(layout: Layout, victim: Part): Truth;
  start(lab: Lab, victim: Part): Promise<Undo>;
}

const callersOf: Readonly<Record<Part, readonly Part[]>> = {
  frontend: [],
  catalog: ['checkout', 'frontend'],
  checkout: ['frontend'],
  redis: ['catalog', 'checkout', 'frontend'],
  postgresql: ['checkout', 'frontend'],
  dns: ['frontend', 'checkout'],
};

/** The truth about a whole part. */
export function truthOf(cause: Cause): Fault['truth'] {
  return (_layout, victim) => ({
    entity: { service: victim },
    cause,
    affected: [victim, ...callersOf[victim]],
  });
}

/** The truth about the first instance of a service. */
export function truthOfInstance(cause: Cause): Fault['truth'] {
  return (layout, victim) => {
    const instance = address(firstPort(layout, victim));
    const whole = truthOf(cause)(layout, victim);
    return { ...whole, entity: { service: victim, instance } };
  };
}

/** The port of the instance that is hit where one is. */
export function firstPort(layout: Layout, victim: Part): number {
  const [port] = portsOf(layout, victim);
  if (port === undefined) throw new Error(`the layout has no instance of ${victim}`);
  return port;
}
