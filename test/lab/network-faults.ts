import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { system } from './disks.ts';
import { type Fault, truthOf } from './fault.ts';
import { type Part, portsOf } from './layout.ts';

/** The parts whose network is broken: those that others call over TCP. */
const victims = ['checkout', 'catalog', 'redis', 'postgresql'] as const;
/** Answers of few bytes need a slower line to be late. */
const kilobits: Readonly<Partial<Record<Part, number>>> = { redis: 48, postgresql: 200 };
const usualKilobits = 150;
const lostOfHundred = 30;

/** Adds the root of the classes, which labs side by side share; packets of no class pass at once. */
function addRoot(): void {
  spawnSync('tc', ['qdisc', 'add', 'dev', 'lo', 'root', 'handle', '1:', 'htb']);
}

async function addClass(port: number, rate: number): Promise<void> {
  const add = ['class', 'add', 'dev', 'lo', 'parent', '1:', 'classid', classOf(port)];
  for (let attempt = 0; ; attempt++) {
    addRoot();
    try {
      return system('tc', ...add, 'htb', 'rate', `${rate}kbit`, 'ceil', `${rate}kbit`, 'burst', '2k');
    } catch (error) {
      // Another lab may have taken the root away in between.
      if (attempt === 3) throw error;
      await sleep(50);
    }
  }
}

const classOf = (port: number) => `1:${port.toString(16)}`;
const filterOf = (port: number) => ['dev', 'lo', 'parent', '1:', 'protocol', 'ip', 'prio', String(port)];

/** What leaves the port queues before a narrow line. The kernels we met have no netem, which would delay by a fixed time. */
async function slow(port: number, rate: number): Promise<void> {
  await addClass(port, rate);
  system('tc', 'qdisc', 'add', 'dev', 'lo', 'parent', classOf(port), 'pfifo', 'limit', '1000');
  const match = ['u32', 'match', 'ip', 'sport', String(port), '0xffff', 'flowid', classOf(port)];
  system('tc', 'filter', 'add', ...filterOf(port), ...match);
}

function restore(port: number): void {
  system('tc', 'filter', 'del', ...filterOf(port));
  system('tc', 'class', 'del', 'dev', 'lo', 'classid', classOf(port));
  const left = spawnSync('tc', ['class', 'show', 'dev', 'lo'], { encoding: 'utf8' }).stdout;
  if (left.trim() === '') spawnSync('tc', ['qdisc', 'del', 'dev', 'lo', 'root']);
}

export const slowNetwork: Fault = {
  name: 'slow-network',
  victims,
  what: victim => `the line from ${victim} is so narrow that answers queue before it`,
  truth: truthOf('slow network'),
  async start(lab, victim) {
    const ports = portsOf(lab.layout, victim);
    for (const port of ports) await slow(port, kilobits[victim] ?? usualKilobits);
    return async () => ports.forEach(restore);
  },
};

const tableOf = (port: number) => `lab_loss_${port}`;

function lose(port: number): void {
  const table = tableOf(port);
  system('nft', 'add', 'table', 'inet', table);
  system('nft', `add chain inet ${table} input { type filter hook input priority 0 ; }`);
  const some = ['numgen', 'random', 'mod', '100', '<', String(lostOfHundred), 'drop'];
  system('nft', 'add', 'rule', 'inet', table, 'input', 'tcp', 'dport', String(port), ...some);
}

export const packetLoss: Fault = {
  name: 'packet-loss',
  victims,
  what: victim => `three of ten packets to ${victim} are lost`,
  truth: truthOf('packet loss'),
  async start(lab, victim) {
    const ports = portsOf(lab.layout, victim);
    ports.forEach(lose);
    return async () => {
      for (const port of ports) system('nft', 'delete', 'table', 'inet', tableOf(port));
    };
  },
};
