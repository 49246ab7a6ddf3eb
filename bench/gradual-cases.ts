import { createRandom } from '../core/random.ts';

/** One resource of a service over two weeks, the first of which is only history; `crossing` is the sample that meets the limit. */
export interface GradualCase {
  readonly kind: string;
  readonly share: Float64Array;
  /** Undefined where nothing is wrong. */
  readonly crossing: number | undefined;
}

export const stepMs = 300_000;
export const anHour = 12;
export const aWeek = 7 * 24 * anHour;
const length = 2 * aWeek;

type Random = () => number;
type Maker = (random: Random) => Float64Array;

const between = (random: Random, low: number, high: number) => low + (high - low) * random();
const geometric = (random: Random, low: number, high: number) => low * (high / low) ** random();
const one = <T>(random: Random, choices: readonly T[]): T => choices[Math.floor(random() * choices.length)]!;
const normal = (random: Random) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const series = (value: (i: number) => number) => Float64Array.from({ length }, (_, i) => value(i));

/** More by day, less on the last two days of each week; 0 to 1. */
function days(random: Random): (i: number) => number {
  const peak = between(random, 10, 17);
  const weekend = between(random, 0.3, 0.9);
  const mood = Array.from({ length: 14 }, () => between(random, 0.85, 1.1));
  return i => {
    const hour = (i / anHour) % 24;
    const day = Math.floor(i / anHour / 24);
    const height = (0.5 + 0.5 * Math.cos(((hour - peak) / 24) * 2 * Math.PI)) ** 1.5;
    return height * mood[day]! * (day % 7 >= 5 ? weekend : 1);
  };
}

/** Rises from 0 to 1 and falls back, again and again, each time somewhat differently. */
function saw(random: Random, period: number): (i: number) => number {
  const teeth: number[] = [];
  while (teeth.length < length)
    for (let k = 0, size = Math.max(3, Math.round(period * between(random, 0.8, 1.2))); k < size; k++)
      teeth.push((k / size) * between(random, 0.99, 1.01));
  return i => teeth[i]!;
}

/** Something that lasts a while now and then: rises, stays, and is gone; 0 to 1. */
function jobs(random: Random, { every, rise }: { every: number; rise: number }): (i: number) => number {
  const level = new Float64Array(length);
  for (
    let at = Math.floor(between(random, 0, every));
    at < length;
    at += Math.floor(between(random, 0.6, 1.4) * every)
  ) {
    const up = Math.max(2, Math.round(rise * between(random, 0.6, 1.4)));
    const stay = Math.floor(between(random, 0, rise));
    const height = between(random, 0.5, 1);
    for (let k = 0; k < up + stay && at + k < length; k++)
      level[at + k] = Math.max(level[at + k]!, height * Math.min(1, k / up));
  }
  return i => level[i]!;
}

/** Deploys: a new level each, after a fall and a warm-up of less than an hour. */
function deploys(random: Random, size: number): (i: number) => number {
  const level = new Float64Array(length);
  let now = 0;
  let next = Math.floor(between(random, 0, 3 * 24 * anHour));
  let since = 1000;
  let warm = 5;
  for (let i = 0; i < length; i++) {
    if (i === next) {
      now = size * between(random, -1, 1);
      warm = between(random, 1, 6);
      since = 0;
      next += Math.floor(between(random, 1, 5) * 24 * anHour);
    }
    level[i] = now - size * Math.exp(-since++ / warm);
  }
  return i => level[i]!;
}

const noisy = (random: Random, deviation: number) => () => deviation * normal(random);

function memory(random: Random): Float64Array {
  const base = between(random, 0.35, 0.6);
  const byDay = days(random);
  const rise = between(random, 0.02, 0.15);
  const collected = random() < 0.5 ? saw(random, geometric(random, 4, 6 * anHour)) : () => 0;
  const size = between(random, 0.05, 0.15);
  const deployed = deploys(random, between(random, 0.02, 0.1));
  const noise = noisy(random, between(random, 0.002, 0.01));
  return series(i => base + rise * byDay(i) + size * collected(i) + deployed(i) + noise());
}

function disk(random: Random): Float64Array {
  const base = between(random, 0.3, 0.65);
  const growth = between(random, 0, 0.004) / (24 * anHour);
  const rotated = saw(random, one(random, [anHour, 6 * anHour, 24 * anHour, 72 * anHour]));
  const job = jobs(random, { every: 24 * anHour, rise: between(random, 6, 36) });
  const [tooth, size] = [between(random, 0.02, 0.15), between(random, 0, 0.12)];
  const noise = noisy(random, 0.0005);
  return series(i => base + growth * i + tooth * rotated(i) + size * job(i) + noise());
}

function queue(random: Random): Float64Array {
  const byDay = days(random);
  const burst = jobs(random, { every: between(random, 3, 30) * anHour, rise: between(random, 3, 24) });
  const size = between(random, 0.2, 0.75);
  const [base, rise] = [between(random, 0.01, 0.05), between(random, 0, 0.12)];
  return series(i => Math.max(0, (base + rise * byDay(i) + size * burst(i)) * (1 + 0.08 * normal(random))));
}

function pool(random: Random): Float64Array {
  const byDay = days(random);
  const [base, rise, deviation] = [
    between(random, 0.1, 0.3),
    between(random, 0.1, 0.5),
    between(random, 0.01, 0.03),
  ];
  return series(i => base + rise * byDay(i) + deviation * normal(random));
}

/** Age as a share of the lifetime; renewed when two thirds are over, about. */
function certificate(random: Random): Float64Array {
  const life = one(random, [24, 7 * 24, 90 * 24]) * anHour;
  const at = between(random, 0.6, 0.7);
  let age = Math.floor(random() * at * life);
  return series(() => {
    age = age >= at * life * between(random, 1, 1.05) ? 0 : age + 1;
    return age / life;
  });
}

const makers: Readonly<Record<string, Maker>> = { memory, disk, queue, pool, certificate };
export const kinds = Object.keys(makers);

/** Hours from the begin of a fault to its limit, were the rest at its mean. */
const hoursToLimit: Readonly<Record<string, readonly [low: number, high: number]>> = {
  memory: [2, 36],
  disk: [2, 36],
  queue: [1.5, 10],
  pool: [1.5, 16],
  certificate: [0, 0],
};

/** What comes in whole pieces: connections of a pool. */
const pieces = (kind: string, random: Random) =>
  kind === 'pool' ? Math.floor(between(random, 20, 200)) : 100_000;

function rounded(share: Float64Array, of: number): Float64Array {
  return share.map(value => Math.max(0, Math.round(value * of) / of));
}

/** Renewals stop: the last one before the second week is the last of all, the moment of birth is moved into the week. */
function expiring(random: Random): Float64Array {
  const life = one(random, [24, 7 * 24, 90 * 24]) * anHour;
  const end = aWeek + Math.floor(between(random, 5 * anHour, aWeek - 1));
  const every = Math.round(between(random, 0.6, 0.7) * life);
  return series(i => {
    const age = i - (end - life);
    return age >= 0 ? age / life : (((age % every) + every) % every) / life;
  });
}

/** A healthy resource of a kind. It stays below its limit. */
export function healthyCase(kind: string, seed: number): GradualCase {
  const random = createRandom(seed);
  const share = rounded(makers[kind]!(random), pieces(kind, random));
  return { kind, share: share.map(value => Math.min(0.95, value)), crossing: undefined };
}

/** A resource that fills at some time of the second week: something is added that grows nearly straight. */
export function faultyCase(kind: string, seed: number): GradualCase {
  const random = createRandom(seed);
  const healthy = kind === 'certificate' ? expiring(random) : makers[kind]!(random);
  const [low, high] = hoursToLimit[kind]!;
  const mean = healthy.reduce((sum, value) => sum + value, 0) / length;
  const hours = geometric(random, low || 1, high || 1);
  const from = aWeek + Math.floor(between(random, 0, aWeek - 1.2 * hours * anHour - 1));
  const power = between(random, 0.85, 1.25);
  const grown = (i: number) =>
    kind === 'certificate' || i < from ? 0 : (1 - mean) * ((i - from) / (hours * anHour)) ** power;
  const share = rounded(
    healthy.map((value, i) => Math.min(0.95, value) + grown(i)),
    pieces(kind, random),
  );
  const crossing = share.findIndex(value => value >= 1);
  const whole = kind === 'certificate' ? rounded(healthy, 100_000) : share;
  const met = kind === 'certificate' ? whole.findIndex(value => value >= 1) : crossing;
  return { kind, share: whole, crossing: met < 0 ? undefined : met };
}
