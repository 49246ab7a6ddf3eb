import { z } from 'zod';
import type { Labels } from '../core/labels.ts';
import { type Budget, serviceOf } from './budget.ts';

/** Evidence peaks of a class that paged nobody, and over how much life they came: entities x ms. */
export interface Excursions {
  readonly peaks: readonly number[];
  readonly watched: number;
}

/**
 * How much evidence pages, so that false pages keep the budget. Fed with excursions of normal life and with who is
 * watched; read by the rule at each step.
 */
export interface PageThresholds {
  /** Replaces what is known of a class: excursions of held-out normal life at its fit. */
  fit(className: string, excursions: Excursions): void;
  /** One more excursion of a class that ended without a page. */
  add(className: string, peak: number): void;
  /** The budget of a service is shared by all its entities; told at each pass who they are, in the class's own array. */
  watch(className: string, entities: readonly Labels[]): void;
  /**
   * False pages by service, as people called them: each raises what pages there as one service more that shares the budget
   * would. Told anew whenever they change.
   */
  spend(rejected: ReadonlyMap<string, number>): void;
  of(className: string, entity: Labels): number;
  /** What would page if nobody had rejected anything. */
  unspent(className: string, entity: Labels): number;
  toBytes(): Uint8Array;
  /** Replaces what is known of the classes in `stored`, another's `toBytes`. */
  put(stored: Uint8Array): void;
}

interface Tail {
  readonly above: number;
  readonly mean: number;
  /** Excursions beyond `above` an entity and ms. */
  readonly rate: number;
}

/** However quiet the past was, so much evidence is needed: some steps far out, never one. */
const least = 4;
/** Without any held-out life. */
const unknown = 12;
const kept = 256;
const priorMean = 2;
const priorCount = 5;

const storedSchema = z.array(
  z.tuple([
    z.string(),
    z.strictObject({ peaks: z.array(z.number()), watched: z.number(), count: z.number() }),
  ]),
);
type Known = z.output<typeof storedSchema>[number][1];

function read(stored: Uint8Array): z.output<typeof storedSchema> {
  return storedSchema.parse(JSON.parse(new TextDecoder().decode(stored)));
}

/**
 * Exponential tail of the largest fifth of the peaks (peaks over threshold, Pickands 1975, shape 0). Its mean is drawn
 * towards a prior, since some hours of history hold few excursions, and no peak counts for more than four medians, since
 * history holds incidents too.
 */
function tailOf({ peaks, watched, count }: Known): Tail {
  const sorted = [...peaks].sort((a, b) => b - a);
  const k = Math.min(Math.ceil(Math.max(5, 0.2 * count)), sorted.length);
  const above = sorted[k] ?? 0;
  const most = 4 * ((sorted[k >> 1] ?? 0) - above);
  const excess = sorted.slice(0, k).reduce((sum, peak) => sum + Math.min(peak - above, most), 0);
  return {
    above,
    mean: (priorCount * priorMean + excess) / (priorCount + k),
    rate: (k + 1) / watched,
  };
}

/** An empty set of thresholds for a budget, or the stored one. */
export function createPageThresholds(budget: Budget, stored?: Uint8Array): PageThresholds {
  const classes = new Map<string, Known>(stored === undefined ? [] : read(stored));
  const tails = new Map<string, Tail>();
  const members = new Map<string, { entities: readonly Labels[]; counts: ReadonlyMap<string, number> }>();
  const serviceCache = new Map<Labels, string>();
  const service = (entity: Labels): string => {
    const known = serviceCache.get(entity) ?? serviceOf(entity, budget.per);
    serviceCache.set(entity, known);
    return known;
  };
  const sharers = (name: string): number => {
    let n = 0;
    for (const { counts } of members.values()) n += counts.get(name) ?? 0;
    return Math.max(1, n);
  };
  let rejected: ReadonlyMap<string, number> = new Map();
  const needed = (className: string, entity: Labels, shares: number): number => {
    const known = classes.get(className);
    if (known === undefined || !(known.watched > 0)) return unknown;
    const tail = tails.get(className) ?? tailOf(known);
    tails.set(className, tail);
    const allowed = budget.count / budget.every / sharers(service(entity)) / shares;
    if (!(allowed > 0)) return Number.POSITIVE_INFINITY;
    return Math.max(least, tail.above + tail.mean * Math.max(0, Math.log(tail.rate / allowed)));
  };
  return {
    fit(className, { peaks, watched }) {
      const largest = [...peaks].sort((a, b) => b - a).slice(0, kept);
      classes.set(className, { peaks: largest, watched, count: peaks.length });
      tails.delete(className);
    },
    add(className, peak) {
      const known = classes.get(className);
      if (known === undefined) return;
      const peaks = [...known.peaks, peak].sort((a, b) => b - a).slice(0, kept);
      classes.set(className, { ...known, peaks, count: known.count + 1 });
      tails.delete(className);
    },
    watch(className, entities) {
      if (members.get(className)?.entities === entities) return;
      const counts = new Map<string, number>();
      serviceCache.clear();
      for (const entity of entities) counts.set(service(entity), (counts.get(service(entity)) ?? 0) + 1);
      members.set(className, { entities, counts });
    },
    spend(counts) {
      rejected = counts;
    },
    of: (className, entity) => needed(className, entity, 1 + (rejected.get(service(entity)) ?? 0)),
    unspent: (className, entity) => needed(className, entity, 1),
    toBytes: () => new TextEncoder().encode(JSON.stringify([...classes])),
    put(others) {
      for (const [className, known] of read(others)) {
        classes.set(className, known);
        tails.delete(className);
      }
    },
  };
}
