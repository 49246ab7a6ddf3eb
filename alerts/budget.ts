import { z } from 'zod';
import { parseDuration } from '../core/duration.ts';
import type { Incident } from '../core/incident.ts';
import { fingerprint, type Labels, labelOf, omit } from '../core/labels.ts';

/** At most `count` pages for each value of the label `per` in any `every` ms. */
export interface Budget {
  readonly count: number;
  readonly per: string;
  readonly every: number;
}

/** Stated and realised incidents a day of one service; the realised one is that of the service with the most. */
export interface Realised {
  readonly statedPerDay: number;
  readonly realisedPerDay: number;
  /** Services with more than the budget in the window that ends now, the worst first. */
  readonly over: readonly string[];
  /** How many of the window's pages people called false, how many real, and of how many they said nothing. */
  readonly judged: { readonly rejected: number; readonly confirmed: number; readonly open: number };
}

/** What people said of an incident: true = it was real, false = it was not; undefined = nothing yet. */
export type IsReal = (incident: string) => boolean | undefined;

/** Made once or read from bytes; told of each incident that a person was told; read at will. It only measures. */
export interface BudgetKeeper {
  /** Counts the incident once, however often it is told: its label `incident` is its identity, where it has one. */
  count(t: number, labels: Labels): void;
  /** False pages: what was confirmed is none, what nobody judged is taken for one. */
  realised(t: number, isReal?: IsReal): Realised;
  /** What was told within the last two times of the budget, in order. */
  pages(): readonly Page[];
  toBytes(): Uint8Array;
}

const day = 86_400_000;
const pageSchema = z.strictObject({ t: z.number(), service: z.string(), incident: z.string().optional() });
const toldSchema = z.array(pageSchema);

/** That people were told of an incident of a service, ms. */
export type Page = Readonly<z.output<typeof pageSchema>>;

/** Reads `2 per service per 1w`. Throws a RangeError for anything else. */
export function parseBudget(text: string): Budget {
  const match = /^\s*(\d+)\s+per\s+(\w+)\s+per\s+(\S+)\s*$/.exec(text);
  if (match === null) throw new RangeError(`"${text}" is not a budget: write it like 2 per service per 1w`);
  const every = parseDuration(match[3]!);
  if (every <= 0) throw new RangeError(`"${text}" is not a budget: its time must be above 0`);
  return { count: Number(match[1]), per: match[2]!, every };
}

/** Whose budget it is: the label `per`, else `job`, else what is left of the labels when those of the alert itself are taken away. */
export function serviceOf(labels: Labels, per: string): string {
  const itself = ['alertname', 'generator', 'severity', 'incident', 'class', 'signal'];
  return labelOf(labels, per) || labels.job || fingerprint(omit(labels, itself));
}

/**
 * False pages of each service in the window (t - every, t]: incidents that people rejected, each once for every service that
 * an alert of ours in it is of. What nobody judged is left to the measure: it may be real.
 */
export function rejectedByService(
  incidents: readonly Incident[],
  { per, every }: Budget,
  { t, isReal }: { readonly t: number; readonly isReal: IsReal },
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { id, startsAt, members } of incidents) {
    if (startsAt <= t - every || isReal(id) !== false) continue;
    const ours = members.filter(({ alert }) => alert.labels.generator === 'foreshock');
    for (const service of new Set(ours.map(({ alert }) => serviceOf(alert.labels, per))))
      counts.set(service, (counts.get(service) ?? 0) + 1);
  }
  return counts;
}

/** Measures told incidents per service in the window (t - every, t]. */
export function createBudgetKeeper(budget: Budget, stored?: Uint8Array): BudgetKeeper {
  const { count: most, per, every } = budget;
  let told = stored === undefined ? [] : toldSchema.parse(JSON.parse(new TextDecoder().decode(stored)));
  return {
    count(t, labels) {
      told = told.filter(each => each.t > t - 2 * every);
      const service = serviceOf(labels, per);
      const { incident } = labels;
      const known = told.some(
        each => each.t > t - every && each.service === service && each.incident === incident,
      );
      if (incident === undefined || !known) told.push({ t, service, incident });
    },
    realised(t, isReal = () => undefined) {
      const counts = new Map<string, number>();
      const judged = { rejected: 0, confirmed: 0, open: 0 };
      for (const { t: at, service, incident } of told) {
        if (at <= t - every || at > t) continue;
        const real = incident === undefined ? undefined : isReal(incident);
        judged[real === undefined ? 'open' : real ? 'confirmed' : 'rejected']++;
        if (real !== true) counts.set(service, (counts.get(service) ?? 0) + 1);
      }
      const ranked = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
      return {
        statedPerDay: (most * day) / every,
        realisedPerDay: ((ranked[0]?.[1] ?? 0) * day) / every,
        over: ranked.filter(([, n]) => n > most).map(([service]) => service),
        judged,
      };
    },
    pages: () => told,
    toBytes: () => new TextEncoder().encode(JSON.stringify(told)),
  };
}
