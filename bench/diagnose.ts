import { diagnose } from '../correlators/diagnose.ts';
import { type Fault, type FaultCase, faultCase, faults } from './diagnose-cases.ts';

/** Causes found in simulated systems, by kind of fault, size and error of the onset. Run: `node dist/bench/diagnose.js`. */
const seeds = Array.from({ length: 40 }, (_, i) => i + 1);

interface Found {
  readonly rank: number;
  readonly named: number;
}

function find({ frames, topology, onset, cause }: FaultCase, shift: number): Found {
  const { services } = diagnose(frames, topology, { onset: onset + shift });
  const rank = services.findIndex(({ name }) => name === cause);
  return { rank: rank < 0 ? Number.POSITIVE_INFINITY : rank + 1, named: services.length };
}

function row(fault: Fault, size: number, shift: number): Readonly<Record<string, string | number>> {
  const found = seeds.map(seed => find(faultCase(fault, seed, size), shift));
  const share = (test: (one: Found) => boolean) =>
    Number((found.filter(test).length / found.length).toFixed(3));
  const head = { fault, services: size, 'onset wrong by, s': shift / 1000 };
  if (fault === 'nothing') return { ...head, silent: share(({ named }) => named === 0) };
  return {
    ...head,
    first: share(({ rank }) => rank === 1),
    'of the first 3': share(({ rank }) => rank <= 3),
  };
}

for (const size of [10, 60])
  for (const shift of [0, 60_000]) console.table(faults.map(fault => row(fault, size, shift)));

const large = faultCase('starved', 1, 1500);
const start = performance.now();
const { rank } = find(large, 0);
console.log(
  `${large.frames.length} services, ${7 * large.frames.length} signals: ${Math.round(performance.now() - start)} ms, cause at rank ${rank}`,
);
