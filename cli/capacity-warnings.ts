import { z } from 'zod';
import { runbookUrl, servedRunbooks } from '../alerts/runbook.ts';
import type { Alert } from '../core/alert.ts';
import { fingerprint, type Labels, omit, parseFingerprint } from '../core/labels.ts';
import { sayEntity } from '../core/say-name.ts';
import type { KeyValues } from '../core/store.ts';

/** A resource that is full soon, as it stands now. */
export interface CapacityTrouble {
  readonly alertname: 'ForeshockResourceFilling' | 'ForeshockResourceAlmostFull';
  /** Of the entity, and `pack` and `resource`. */
  readonly labels: Labels;
  readonly severity: string;
  readonly summary: string;
  /** ms. */
  readonly since: number;
}

export interface CapacityWarningsOptions {
  /** Keeps which warnings stand, so that a restart ends what is over and begins nothing anew. */
  readonly table: KeyValues;
  /** Takes warnings that begin, stand or end; they are part of what is correlated. */
  readonly put: (alerts: readonly Alert[]) => void;
  readonly url: string;
  /** A template of the addresses of runbooks: our own pages unless given. */
  readonly runbooks?: string | undefined;
}

/** A warning that stands is put again so often, ms: one that was held back is told when that ends. */
const repeatEvery = 300_000;
const keptSchema = z.object({ since: z.number(), summary: z.string() });
type Kept = z.output<typeof keptSchema>;

function stored(bytes: Uint8Array | undefined): Kept | undefined {
  if (bytes === undefined) return undefined;
  try {
    return keptSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return undefined;
  }
}

function labelsOf(key: string): Labels | undefined {
  try {
    return parseFingerprint(key);
  } catch {
    return undefined;
  }
}

/** Brings what is full soon to the other alerts, so that it is held back, put into incidents and told as they are. */
export class CapacityWarnings {
  readonly #options: CapacityWarningsOptions;
  #putAt = Number.NaN;

  constructor(options: CapacityWarningsOptions) {
    this.#options = options;
  }

  /** Takes all that stands at `now` (ms): news at once, the rest every five minutes. */
  tell(troubles: readonly CapacityTrouble[], now: number): void {
    const { table, put } = this.#options;
    // A clock that was set back repeats too.
    const isDue = !(Math.abs(now - this.#putAt) < repeatEvery);
    const standing = new Map(troubles.map(trouble => [fingerprint(labelsFor(trouble)), trouble]));
    const before = new Map(table.entries());
    const alerts: Alert[] = [];
    const keep: [key: string, kept: Kept][] = [];
    for (const [key, { summary, since }] of standing) {
      const known = stored(before.get(key));
      if (known?.summary === summary && !isDue) continue;
      const kept = { summary, since: Math.min(known?.since ?? since, now) };
      keep.push([key, kept]);
      alerts.push(this.#alert(key, kept, undefined));
    }
    const over = [...before].filter(([key]) => !standing.has(key));
    for (const [key, bytes] of over) {
      const kept = stored(bytes);
      if (kept !== undefined && labelsOf(key) !== undefined) alerts.push(this.#alert(key, kept, now));
    }
    put(alerts);
    for (const [key, kept] of keep) table.set(key, new TextEncoder().encode(JSON.stringify(kept)));
    for (const [key] of over) table.delete(key);
    if (isDue) this.#putAt = now;
  }

  #alert(key: string, { since, summary }: Kept, endsAt: number | undefined): Alert {
    const { url, runbooks = servedRunbooks(url) } = this.#options;
    const labels = parseFingerprint(key);
    return {
      labels,
      annotations: {
        summary,
        description: summary,
        suspect: `${sayEntity(omit(labels, notOfEntity))}: ${labels.resource}`,
        runbook_url: runbookUrl(runbooks, labels.alertname ?? ''),
        dashboard_url: `${url.replace(/\/$/, '')}/`,
      },
      startsAt: Math.min(since, endsAt ?? since),
      endsAt,
      generatorURL: url,
      fingerprint: key,
    };
  }
}

const notOfEntity = ['alertname', 'generator', 'severity', 'pack', 'resource'];

function labelsFor({ alertname, labels, severity }: CapacityTrouble): Labels {
  return { ...labels, alertname, generator: 'foreshock', severity };
}
