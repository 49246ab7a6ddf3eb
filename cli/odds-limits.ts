import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { runbookUrl, servedRunbooks } from '../alerts/runbook.ts';
import type { Alert } from '../core/alert.ts';
import { fingerprint, type Labels, parseFingerprint } from '../core/labels.ts';
import { sayEntity } from '../core/say-name.ts';
import { sayClock, saySpan } from '../core/say-time.ts';
import type { KeyValues } from '../core/store.ts';
import type { Outlook } from '../forecasters/gradual.ts';
import { afterLook, type GradualState, quietState } from '../forecasters/gradual-watch.ts';
import { type LimitedResource, step, type Use, Watched } from './odds-uses.ts';

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

/** Entities that are watched at most: a week of each is in memory. */
const mostUses = 10_000;
/** A clock that was set back by less is waited for; after more the past is read anew. */
const setBack = 3_600_000;

const keptSchema = z.object({ warning: z.boolean(), against: z.number(), since: z.number() });
type Kept = z.output<typeof keptSchema>;

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
      suspect: `${sayEntity(omitOwn(labels))}: ${labels.resource}`,
      runbook_url: runbookUrl(runbooks, alertname),
      dashboard_url: `${url.replace(/\/$/, '')}/`,
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

function labelsOf(key: string): Labels | undefined {
  try {
    return parseFingerprint(key);
  } catch {
    return undefined;
  }
}

/** Looks every five minutes whether a resource meets its limit within four hours, until the signal aborts. */
export class LimitDesk {
  readonly #options: LimitDeskOptions;
  #watched: readonly Watched[] = [];
  #complaint = '';
  #leftOut = 0;
  #lookedTo = Number.NEGATIVE_INFINITY;

  constructor(options: LimitDeskOptions) {
    this.#options = options;
    this.#beginAnew();
  }

  /** Looks the first time after `first` ms: a start has enough to read. Never rejects for what is outside: the next look reads what this one could not. */
  async run(signal: AbortSignal, first: number): Promise<void> {
    await sleep(first, undefined, { signal }).catch(() => undefined);
    while (!signal.aborted && this.#watched.length > 0) {
      await this.look(Math.floor(this.#options.clock() / step) * step, signal);
      const next = step - (this.#options.clock() % step);
      await sleep(next, undefined, { signal }).catch(() => undefined);
    }
  }

  #beginAnew(): void {
    this.#watched = this.#options.resources.map(resource => new Watched(resource));
  }

  /** One look at all resources at `at` (ms), one after the other; none at a time that was looked at already, unless the clock was set back. */
  async look(at: number, signal: AbortSignal): Promise<void> {
    if (at <= this.#lookedTo && this.#lookedTo - at < setBack) return;
    if (at < this.#lookedTo) this.#beginAnew();
    this.#lookedTo = at;
    const failures: string[] = [];
    const judged = new Set<string>();
    for (const watched of this.#watched) {
      try {
        const uses = await watched.read({ at, room: this.#roomFor(watched), signal });
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
    if (failures.length === 0) failures.push(...this.#letGo(judged, at));
    this.#complain(failures.join('; '));
  }

  #roomFor(watched: Watched): number {
    return this.#watched.reduce((room, one) => (one === watched ? room : room - one.uses.size), mostUses);
  }

  #complain(complaint: string): void {
    const { warn } = this.#options;
    if (complaint !== '' && complaint !== this.#complaint) warn(`limits: ${complaint}`);
    this.#complaint = complaint;
    const leftOut = this.#watched.reduce((sum, one) => sum + one.leftOut, 0);
    if (leftOut > 0 && this.#leftOut === 0)
      warn(`limits: ${leftOut} entities are left out, ${mostUses} are watched at most`);
    this.#leftOut = leftOut;
  }

  /** What is no longer there warns no longer. Answers what failed; what is damaged is deleted. */
  #letGo(judged: ReadonlySet<string>, at: number): readonly string[] {
    const { table } = this.#options;
    try {
      const damaged: string[] = [];
      for (const [key] of table.entries()) {
        if (judged.has(key)) continue;
        const labels = labelsOf(key);
        if (labels === undefined) damaged.push(key);
        else this.#end(labels, stored(table, key), at);
        table.delete(key);
      }
      const [first] = damaged;
      if (first === undefined) return [];
      return [`damaged keys are deleted, ${damaged.length} in all: ${first.slice(0, 100)}`];
    } catch (error) {
      return [`what is no longer there is let go later: ${reasonOf(error)}`];
    }
  }

  #end(labels: Labels, { warning, since }: Kept, at: number): void {
    if (!warning) return;
    const { put, url, runbooks } = this.#options;
    const outlook = { chance: 0, crossing: undefined, reason: 'it is no longer there' };
    put([alertOf(labels, { outlook, since: Math.min(since, at), at, url, runbooks })]);
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
    const since = after.warning && !before.warning ? at : Math.min(before.since, at);
    if (after.warning || after.against > 0)
      table.set(key, new TextEncoder().encode(JSON.stringify({ ...after, since })));
    else if (before.warning || before.against > 0) table.delete(key);
    // A warning is repeated while it stands: the newest crossing is what the incident says.
    if (after.warning) put([alertOf(told, { outlook, since, at: undefined, url, runbooks })]);
    else if (before.warning) put([alertOf(told, { outlook, since, at, url, runbooks })]);
    return key;
  }
}
