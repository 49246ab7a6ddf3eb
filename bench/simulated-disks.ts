import { createRandom } from '../core/random.ts';
import { normalFrom } from './simulated-series.ts';

/** How a disk fills. */
export const diskKinds = ['linear', 'growing', 'weekly', 'saw-tooth', 'stepped'] as const;
export type DiskKind = (typeof diskKinds)[number];

/** A disk's use by the day, and what it can hold. */
export interface Disk {
  readonly kind: DiskKind;
  readonly used: Float64Array;
  readonly limit: number;
  /** Days of it that are known, the rest is to be foretold. */
  readonly known: number;
  /** Days after the last known one at which it is full first; NaN: it was full before. */
  readonly full: number;
}

type Draws = { readonly uniform: () => number; readonly normal: () => number };

/** What is added day by day, around a mean of 1. */
const growth: Readonly<Record<DiskKind, (draws: Draws, days: number) => Float64Array>> = {
  linear: ({ uniform, normal }, days) => {
    const noise = 0.6 * uniform();
    return Float64Array.from({ length: days }, () => 1 + noise * normal());
  },
  growing: ({ uniform, normal }, days) => {
    const gain = 0.5 + 2 * uniform();
    const noise = 0.6 * uniform();
    return Float64Array.from({ length: days }, (_, i) => (1 + (gain * i) / days) * (1 + noise * normal()));
  },
  weekly: ({ uniform, normal }, days) => {
    const quiet = 0.6 * uniform();
    const noise = 0.4 * uniform();
    const start = Math.floor(7 * uniform());
    return Float64Array.from(
      { length: days },
      (_, i) => ((i + start) % 7 < 5 ? 1.2 : quiet) * (1 + noise * normal()),
    );
  },
  'saw-tooth': ({ uniform, normal }, days) => {
    const period = 3 + Math.floor(6 * uniform());
    const cleaned = 0.4 + 0.45 * uniform();
    const late = uniform() < 0.5 ? 0 : 0.15;
    let since = 0;
    return Float64Array.from({ length: days }, () => {
      since++;
      const add = 1 + 0.2 * normal();
      if (since < period || uniform() < late) return add;
      const given = -cleaned * since;
      since = 0;
      return given + add;
    });
  },
  stepped: ({ uniform, normal }, days) => {
    const often = 0.1 + 0.3 * uniform();
    return Float64Array.from({ length: days }, () => (uniform() < often ? (1 + 0.3 * normal()) / often : 0));
  },
};

/** What is known, the day on which it may be full at the latest, and where between the old and the new high the limit lies. */
interface Fullness {
  readonly known: number;
  readonly day: number;
  readonly share: number;
}

/** A limit that is first passed on the day of the last new high up to `day`, and when in days after the known ones. */
function fullOn(course: Float64Array, { known, day, share }: Fullness): { limit: number; full: number } {
  let high = 0;
  for (let i = 1; i <= day; i++) if (course[i]! > course[high]!) high = i;
  const before = course
    .subarray(0, high)
    .reduce((top, value) => Math.max(top, value), Number.NEGATIVE_INFINITY);
  const limit = before + share * (course[high]! - before);
  const part = (limit - course[high - 1]!) / (course[high]! - course[high - 1]!);
  return { limit, full: high < known ? Number.NaN : high - known + part };
}

/** A disk of this kind that is full 3 to 28 days after what is known of it; the same seed gives the same disk. */
export function simulatedDisk(kind: DiskKind, seed: number): Disk {
  const uniform = createRandom(Math.imul(seed, 0x9e3779b1));
  for (let k = 0; k < 5; k++) uniform();
  const draws = { uniform, normal: normalFrom(uniform) };
  const known = 30 + Math.floor(60 * uniform());
  const days = known + 60;
  const added = growth[kind](draws, days);
  const noise = uniform() < 0.5 ? 0 : uniform();
  let used = 20 + 60 * uniform();
  const course = added.map(each => {
    used += each;
    return used + noise * draws.normal();
  });
  const day = known + 3 + Math.floor(26 * uniform());
  const { limit, full } = fullOn(course, { known, day, share: uniform() });
  return { kind, used: course, limit, known, full };
}
