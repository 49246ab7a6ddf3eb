import { resolvePack } from '../config/resolve.ts';
import type { Pack } from '../core/pack.ts';
import type { WatchedClass } from '../core/watched-class.ts';
import { metricNames } from '../promql/names.ts';

/** What a running Prometheus is asked: the value of a query as a number a series, with the series' label `job`. */
export interface Inventory {
  readonly metrics: ReadonlySet<string>;
  /** How many series a query answers. */
  count(query: string): Promise<number>;
  /** Values of a label that a metric has. */
  values(metric: string, label: string): Promise<readonly string[]>;
  /** ms. */
  readonly step: number;
  readonly scrapeInterval: number;
}

/** A class of a pack that is there. */
export interface FoundClass {
  readonly name: string;
  readonly entities: number;
  readonly signals: number;
  /** Signals that answer nothing. */
  readonly missing: readonly string[];
}

/** A pack that applies, and the parameters that it needs to. */
export interface FoundPack {
  readonly pack: string;
  readonly title: string;
  readonly params: Readonly<Record<string, string>>;
  /** The way of naming that fits; undefined when the pack fits as it stands. */
  readonly variant: string | undefined;
  readonly classes: readonly FoundClass[];
  /** Names of metrics that its queries read. */
  readonly reads: readonly string[];
}

/** Fewer of its signals, and another technology merely shares a name with it. */
const enough = 0.5;

/**
 * Whether a pack applies: its first class has at least half of its signals; others may be missing. Tried as it stands, in each of its variants, and with
 * its parameter `job` as the jobs are named here; the way that shows most wins, the first one of equals.
 */
export async function findPack(spec: Pack, inventory: Inventory): Promise<FoundPack | undefined> {
  const ways = [undefined, ...spec.variants];
  let best: FoundPack | undefined;
  for (const way of ways)
    for (const attempt of [tryParams, tryJobs]) {
      const found = await attempt(spec, { params: way?.params ?? {}, variant: way?.name }, inventory);
      if (found !== undefined && (best === undefined || shown(found) > shown(best))) best = found;
    }
  return best;
}

interface Way {
  readonly params: Readonly<Record<string, string>>;
  readonly variant: string | undefined;
}

/** Signals that answer, of all classes; entities tell ways apart that have the same signals. */
function shown({ classes }: FoundPack): number {
  const signals = classes.reduce((sum, each) => sum + each.signals - each.missing.length, 0);
  const entities = classes.reduce((sum, each) => sum + each.entities, 0);
  return signals + entities / (1 + entities);
}

async function tryParams(
  spec: Pack,
  { params, variant }: Way,
  inventory: Inventory,
): Promise<FoundPack | undefined> {
  const { step, scrapeInterval, metrics } = inventory;
  const { classes } = resolvePack(spec, { match: '', params, step, scrapeInterval });
  const found: FoundClass[] = [];
  for (const each of classes) {
    const seen = await findClass(each, inventory);
    if (seen !== undefined) found.push(seen);
  }
  if (found[0]?.name !== classes[0]?.class.name) return undefined;
  const reads = [...new Set(classes.flatMap(({ queries }) => queries.flatMap(metricNames)))];
  return {
    pack: spec.pack,
    title: spec.title,
    params,
    variant,
    classes: found,
    reads: reads.filter(name => metrics.has(name)),
  };
}

async function findClass(watch: WatchedClass, inventory: Inventory): Promise<FoundClass | undefined> {
  const { signals, name } = watch.class;
  const named = watch.queries.map(query => metricNames(query).some(each => inventory.metrics.has(each)));
  if (named.filter(Boolean).length < enough * signals.length) return undefined;
  const counts: number[] = [];
  for (const [k, query] of watch.queries.entries())
    counts.push(named[k] === true ? await inventory.count(query) : 0);
  const missing = signals.filter((_, k) => counts[k] === 0).map(signal => signal.name);
  if (signals.length - missing.length < enough * signals.length) return undefined;
  return { name, entities: Math.max(...counts), signals: signals.length, missing };
}

/** The same with the jobs that bring the pack's metrics, where the pack asks for a job by a name. */
async function tryJobs(
  spec: Pack,
  { params, variant }: Way,
  inventory: Inventory,
): Promise<FoundPack | undefined> {
  if (spec.params.job === undefined) return undefined;
  const { step, scrapeInterval } = inventory;
  const { classes } = resolvePack(spec, { match: '', params, step, scrapeInterval });
  const metric = classes
    .flatMap(({ queries }) => queries.flatMap(metricNames))
    .find(name => name !== 'up' && inventory.metrics.has(name));
  if (metric === undefined) return undefined;
  const jobs = await inventory.values(metric, 'job');
  if (jobs.length === 0) return undefined;
  const job = jobs.map(each => each.replace(/[\\^$.|?*+()[\]{}]/g, '\\\\$&')).join('|');
  return tryParams(spec, { params: { ...params, job }, variant }, inventory);
}
