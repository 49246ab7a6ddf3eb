import { resolvePack } from '../config/resolve.ts';
import type { Pack } from '../core/pack.ts';
import type { WatchedClass } from '../core/watched-class.ts';
import { metricNames } from '../promql/names.ts';
import { isRarer } from './sample-spacing.ts';
import { familyOf, ofEveryProcess } from './uncovered-metrics.ts';

/** What a running Prometheus is asked: the value of a query as a number a series, with the series' label `job`. */
export interface Inventory {
  readonly metrics: ReadonlySet<string>;
  /** How many series a query answers. */
  count(query: string): Promise<number>;
  /** Values of a label that a metric has. */
  values(metric: string, label: string): Promise<readonly string[]>;
  /** How often samples of a metric come, ms; undefined where that cannot be told yet. */
  interval(metric: string): Promise<number | undefined>;
  /** ms. */
  readonly step: number;
  /** Of most targets. */
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

/** A way in which a pack applies: the parameters that it needs to. */
export interface FoundWay {
  readonly pack: string;
  readonly title: string;
  readonly params: Readonly<Record<string, string>>;
  /** How often its samples come, ms, where that is another interval than the one it would be asked with. */
  readonly scrapeInterval: number | undefined;
  /** The way of naming that fits; undefined when the pack fits as it stands. */
  readonly variant: string | undefined;
  readonly classes: readonly FoundClass[];
  /** Names of metrics that are there and that its queries read; those of its first class tell ways of naming apart. */
  readonly reads: readonly string[];
  readonly firstReads: readonly string[];
}

/** A pack that applies in the way that shows most. */
export interface FoundPack extends FoundWay {
  /** Other ways that show other metrics: the same technology, named in two ways at once. */
  readonly also: readonly FoundWay[];
}

/** Fewer of its signals, and another technology merely shares a name with it. */
const enough = 0.5;

/** Families that programs of many kinds expose; a name of them tells no technology from another. */
const shared = new Set([...ofEveryProcess, 'http', 'grpc', 'net', 'rest', 'workqueue']);

/**
 * Whether a pack applies: its first class has at least half of its signals, and a metric of its own technology is there. Other
 * classes may be missing. Tried as it stands, in each of its variants, and with its parameter `job` as the jobs are named here;
 * the way that shows most wins, the first one of equals.
 */
export async function findPack(spec: Pack, inventory: Inventory): Promise<FoundPack | undefined> {
  const ways = [undefined, ...spec.variants];
  const found: FoundWay[] = [];
  for (const way of ways)
    for (const attempt of [tryParams, tryJobs]) {
      const one = await attempt(spec, { params: way?.params ?? {}, variant: way?.name }, inventory);
      if (one !== undefined) found.push(one);
    }
  const best = mostShown(found);
  return best && { ...best, also: apart(found, best) };
}

function mostShown(found: readonly FoundWay[]): FoundWay | undefined {
  return found.reduce<FoundWay | undefined>(
    (best, one) => (best === undefined || shown(one) > shown(best) ? one : best),
    undefined,
  );
}

/** Ways whose first class reads nothing that the one of the best way reads; one of each variant. */
function apart(found: readonly FoundWay[], best: FoundWay): readonly FoundWay[] {
  const known = new Set(best.firstReads);
  const others = found.filter(({ firstReads }) => !firstReads.some(name => known.has(name)));
  return [...new Set(others.map(({ variant }) => variant))].flatMap(
    variant => mostShown(others.filter(one => one.variant === variant)) ?? [],
  );
}

interface Way {
  readonly params: Readonly<Record<string, string>>;
  readonly variant: string | undefined;
}

/** Signals that answer, of all classes; entities tell ways apart that have the same signals. */
function shown({ classes }: FoundWay): number {
  const signals = classes.reduce((sum, each) => sum + each.signals - each.missing.length, 0);
  const entities = classes.reduce((sum, each) => sum + each.entities, 0);
  return signals + entities / (1 + entities);
}

/**
 * How often samples of the rarest of its classes come, ms, where that is clearly more rarely than most do; each class is asked
 * for one metric, as those of one exporter come together.
 */
async function rareInterval(
  classes: readonly WatchedClass[],
  { metrics, scrapeInterval, interval }: Inventory,
): Promise<number | undefined> {
  const names = classes.flatMap(each => tellingNames([each]).find(name => metrics.has(name)) ?? []);
  const found: number[] = [];
  for (const name of new Set(names)) {
    const one = await interval(name);
    if (one !== undefined && isRarer(one, scrapeInterval)) found.push(one);
  }
  return found.length === 0 ? undefined : Math.max(...found);
}

/** Names of metrics that tell the technology; of a pack that reads only what many expose, all of them. */
function tellingNames(classes: readonly WatchedClass[]): readonly string[] {
  const names = classes.flatMap(({ queries }) => queries.flatMap(metricNames));
  const own = names.filter(name => !shared.has(familyOf(name)));
  return own.length > 0 ? own : names.filter(name => name !== 'up');
}

async function tryParams(
  spec: Pack,
  { params, variant }: Way,
  inventory: Inventory,
): Promise<FoundWay | undefined> {
  const { step, scrapeInterval, metrics } = inventory;
  const how = { match: '', params, step, scrapeInterval };
  const usual = resolvePack(spec, how).classes;
  if (!tellingNames(usual).some(name => metrics.has(name))) return undefined;
  const ownInterval = await rareInterval(usual, inventory);
  const { classes } = resolvePack(spec, { ...how, ownInterval });
  const found: FoundClass[] = [];
  for (const each of classes) {
    const seen = await findClass(each, inventory);
    if (seen !== undefined) found.push(seen);
  }
  if (found[0]?.name !== classes[0]?.class.name) return undefined;
  const readBy = (all: readonly WatchedClass[]) => [
    ...new Set(all.flatMap(({ queries }) => queries.flatMap(metricNames)).filter(name => metrics.has(name))),
  ];
  return {
    pack: spec.pack,
    title: spec.title,
    params,
    scrapeInterval: ownInterval === usual[0]?.interval ? undefined : ownInterval,
    variant,
    classes: found,
    reads: readBy(classes),
    firstReads: readBy(classes.slice(0, 1)),
  };
}

async function findClass(watch: WatchedClass, inventory: Inventory): Promise<FoundClass | undefined> {
  const { signals, name } = watch.class;
  const named = watch.queries.map(query => metricNames(query).some(each => inventory.metrics.has(each)));
  if (named.filter(Boolean).length < enough * signals.length) return undefined;
  const counts = await Promise.all(
    watch.queries.map((query, k) => (named[k] === true ? inventory.count(query) : 0)),
  );
  const missing = signals.filter((_, k) => counts[k] === 0).map(signal => signal.name);
  if (signals.length - missing.length < enough * signals.length) return undefined;
  return { name, entities: Math.max(...counts), signals: signals.length, missing };
}

/** The same with the jobs that bring the pack's metrics, where the pack asks for a job by a name. */
async function tryJobs(
  spec: Pack,
  { params, variant }: Way,
  inventory: Inventory,
): Promise<FoundWay | undefined> {
  if (spec.params.job === undefined) return undefined;
  const { step, scrapeInterval } = inventory;
  const { classes } = resolvePack(spec, { match: '', params, step, scrapeInterval });
  const metric = tellingNames(classes).find(name => inventory.metrics.has(name));
  if (metric === undefined) return undefined;
  const jobs = await inventory.values(metric, 'job');
  if (jobs.length === 0) return undefined;
  const job = jobs.map(each => each.replace(/[\\^$.|?*+()[\]{}]/g, '\\\\$&')).join('|');
  return tryParams(spec, { params: { ...params, job }, variant }, inventory);
}
