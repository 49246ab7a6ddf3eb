import { type Fault, firstPort, truthOf } from './fault.ts';
import { PostgresClient } from './postgres-client.ts';
import { tell } from './service-faults.ts';

export const diskFull: Fault = {
  name: 'disk-full',
  victims: ['checkout', 'catalog', 'postgresql'],
  what: victim => `the disk of ${victim} is full`,
  truth: truthOf('disk full'),
  async start(lab, victim) {
    const free = lab.disks.fill(victim);
    return async () => {
      free();
      // A database that could not write its log is gone by now.
      if (victim === 'postgresql' && !lab.runs(victim)) lab.revive(victim);
    };
  },
};

export const postgresLock: Fault = {
  name: 'pg-lock',
  victims: ['postgresql'],
  what: () => 'a forgotten transaction holds a lock on the table of orders',
  truth: truthOf('lock'),
  async start(lab) {
    const holder = new PostgresClient(lab.layout.postgresql);
    await holder.run('BEGIN; SET LOCAL lock_timeout = 0; LOCK TABLE orders IN ACCESS EXCLUSIVE MODE');
    return async () => holder.close();
  },
};

export const dnsFailure: Fault = {
  name: 'dns-failure',
  victims: ['dns'],
  what: () => 'the name server answers every question with SERVFAIL',
  truth: truthOf('dns failure'),
  async start(lab, victim) {
    const port = firstPort(lab.layout, victim);
    await tell(port, 'broken');
    return () => tell(port, 'none');
  },
};
