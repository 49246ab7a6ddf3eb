import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { runbookUrl, servedRunbooks } from '../alerts/runbook.ts';
import type { Alert } from '../core/alert.ts';
import { fingerprint, type Labels, parseFingerprint } from '../core/labels.ts';
import { sayEntity } from '../core/say-name.ts';
import { sayClock, saySpan } from '../core/say-time.ts';
import type { Series, SeriesSource } from '../core/series.ts';
import type { KeyValues } from '../core/store.ts';
import { gradualOutlook, type Outlook } from '../forecasters/gradual.ts';
import { afterLook, type GradualState, quietState } from '../forecasters/gradual-watch.ts';

/** A resource with a known limit, asked at one source. */
export interface LimitedResource {
  readonly pack: string;
  readonly resource: string;
  readonly used: string;
  readonly limit: string;
  readonly source: SeriesSource;
  /** Labels of all that is watched at the source. */
  readonly labels: Labels;
}

export interface LimitDeskOptions {
  readonly resources: readonly LimitedResource[];
  /** Keeps which warnings stand, so that a restart neither repeats nor forgets one. */
  readonly table: KeyValues;
  /** Takes warnings that begin or end; they are part of what is correlated. */
  readonly put: (alerts: readonly Alert[]) => void;
  /** Told of what cannot be read: once, until it changes or goes away. */
  readonly warn: (message: string) => void;
  readonly url: string;
  /** A template of the addresses of runbooks: our own pages unless given. */
  readonly runbooks?: string | undefined;
  /** Now in ms. */
  readonly clock: () => number;
}

const step = 300_000;
const week = 7 * 86_400_000;
const longestWeek = week / step;

const keptSchema = z.object({ warning: z.boolean(), against: z.number(), since: z.number() });
type Kept = z.output<typeof keptSchema>;

/** The use of one entity as a share of its limit: a week of looks, the newest last. */
class Use {
  readonly labels: Labels;
  #share = new Float64Array(0);
  #at = Number.NaN;

  constructor(labels: Labels) {
    this.labels = labels;
  }

  /** Takes samples up to `at` (ms), a look each; looks without one are missing. */
  take({ t, v }: Series, at: number): void {
    const first = Number.isNaN(this.#at) ? t[0]! : this.#at + step;
    const fresh = new Float64Array(Math.max(0, Math.round((at - first) / step) + 1)).fill(Number.NaN);
    for (let i = 0; i < t.length; i++) {
      const k = Math.round((t[i]! - first) / step);
      if (k >= 0 && k < fresh.length) fresh[k] = v[i]!;
    }
    const kept = this.#share.subarray(Math.max(0, this.#share.length + fresh.length - longestWeek));
    const share = new Float64Array(kept.length + fresh.length);
    share.set(kept);
    share.set(fresh, kept.length);
    this.#share = share;
    this.#at = at;
  }

  outlook(): Outlook {
    return gradualOutlook({ at: this.#at, step, share: this.#share });
  }
}

interface Told {
  readonly outlook: Outlook;
  readonly since: number;
  readonly at: number | undefined;
  readonly url: string;
  readonly runbooks?: string | undefined;
}

const alertname = 'ForeshockLimitAhead';

function alertOf(labels: Labels, { outlook, since, at, url, runbooks = servedRunbooks(url) }: Told): Alert {
  const { crossing, reason } = outlook;
  const when =
    crossing === undefined || Number.isNaN(crossing.median)
      ? ''
      : `; at its limit at about ${sayClock(crossing.median)} UTC, the earliest ${sayClock(crossing.earliest)}`;
  return {
    labels,
    annotations: {
      summary: `${labels.resource} of ${sayEntity(omitOwn(labels))} meets its limit within ${saySpan(4 * 3_600_000)}`,
      description: `${reason}${when}`,
      runbook_url: runbookUrl(runbooks, alertname),
    },
    startsAt: since,
    endsAt: at,
    generatorURL: url,
    fingerprint: fingerprint(labels),
  };
}

const own = new Set(['alertname', 'generator', 'resource', 'severity', 'pack']);
const omitOwn = (labels: Labels): Labels =>
  Object.fromEntries(Object.entries(labels).filter(([name]) => !own.has(name)));

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** One resource of a pack: the entities that it was read for. */
class Watched {
  readonly resource: LimitedResource;
  readonly uses = new Map<string, Use>();
  #readTo = Number.NaN;

  constructor(resource: LimitedResource) {
    this.resource = resource;
  }

  /** Reads up to `at` (ms): a week at first, then what is new. Answers the entities that have a sample there. */
  async read(at: number, signal: AbortSignal): Promise<readonly Use[]> {
    const { used, limit, source } = this.resource;
    const start = Number.isNaN(this.#readTo)
      ? at - week + step
      : Math.max(this.#readTo + step, at - week + step);
    const query = `(${used}) / (${limit})`;
    const { series } = await source.queryRange({ query, start, end: at, step, signal });
    this.#readTo = at;
    for (const one of series) {
      const key = fingerprint(one.labels);
      const use = this.uses.get(key) ?? new Use(one.labels);
      this.uses.set(key, use);
      use.take(one, at);
    }
    const seen = new Set(series.map(({ labels }) => fingerprint(labels)));
    for (const key of this.uses.keys()) if (!seen.has(key)) this.uses.delete(key);
    return [...this.uses.values()];
  }
}

/** What stood before this run; what cannot be read stands no longer. */
function stored(table: KeyValues, key: string): Kept {
  const bytes = table.get(key);
  const none = { ...quietState, since: 0 };
  if (bytes === undefined) return none;
  try {
    return keptSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return none;
  }
}

/** Looks every five minutes whether a resource meets its limit within four hours, until the signal aborts. */
export class LimitDesk {
  readonly #options: LimitDeskOptions;
  readonly #watched: readonly Watched[];
  #complaint = '';

  constructor(options: LimitDeskOptions) {
    this.#options = options;
    this.#watched = options.resources.map(resource => new Watched(resource));
  }

  /** Never rejects for what is outside: the next look reads what this one could not. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && this.#watched.length > 0) {
      await this.look(Math.floor(this.#options.clock() / step) * step, signal);
      const next = step - (this.#options.clock() % step);
      await sleep(next, undefined, { signal }).catch(() => undefined);
    }
  }

  /** One look at all resources at `at` (ms), one after the other. */
  async look(at: number, signal: AbortSignal): Promise<void> {
    const failures: string[] = [];
    const judged = new Set<string>();
    for (const watched of this.#watched) {
      try {
        const uses = await watched.read(at, signal);
        for (const [k, use] of uses.entries()) {
          judged.add(this.#judge(watched.resource, use, at));
          // A pass that is due comes first.
          if (k % 20 === 19) await nextTurn();
        }
      } catch (error) {
        if (signal.aborted) return;
        failures.push(`${watched.resource.resource} of ${watched.resource.pack}: ${reasonOf(error)}`);
      }
    }
    if (failures.length === 0) this.#letGo(judged, at);
    const complaint = failures.join('; ');
    if (complaint !== '' && complaint !== this.#complaint) this.#options.warn(`limits: ${complaint}`);
    this.#complaint = complaint;
  }

  /** What is no longer there warns no longer. */
  #letGo(judged: ReadonlySet<string>, at: number): void {
    const { table, put, url, runbooks } = this.#options;
    for (const [key] of table.entries()) {
      if (judged.has(key)) continue;
      const { warning, since } = stored(table, key);
      table.delete(key);
      const outlook = { chance: 0, crossing: undefined, reason: 'it is no longer there' };
      if (warning) put([alertOf(parseFingerprint(key), { outlook, since, at, url, runbooks })]);
    }
  }

  /** Answers under what it is kept. */
  #judge({ pack, resource, labels }: LimitedResource, use: Use, at: number): string {
    const { table, put, url, runbooks } = this.#options;
    const told: Labels = {
      ...labels,
      ...use.labels,
      alertname,
      generator: 'foreshock',
      pack,
      resource,
      severity: 'warning',
    };
    const key = fingerprint(told);
    const before = stored(table, key);
    const outlook = use.outlook();
    const after: GradualState = afterLook(before, outlook);
    const since = after.warning && !before.warning ? at : before.since;
    if (after.warning || after.against > 0)
      table.set(key, new TextEncoder().encode(JSON.stringify({ ...after, since })));
    else if (before.warning || before.against > 0) table.delete(key);
    // A warning is repeated while it stands: the newest crossing is what the incident says.
    if (after.warning) put([alertOf(told, { outlook, since, at: undefined, url, runbooks })]);
    else if (before.warning) put([alertOf(told, { outlook, since, at, url, runbooks })]);
    return key;
  }
}
