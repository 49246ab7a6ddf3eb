import { z } from 'zod';
import { runbookUrl, servedRunbooks } from '../alerts/runbook.ts';
import type { Alert } from '../core/alert.ts';
import { fingerprint, type Labels } from '../core/labels.ts';
import type { LineMatch, WatchedLine } from '../core/line-watch.ts';
import { maskLine } from '../core/mask-line.ts';
import { sayEntity, sayList } from '../core/say-name.ts';
import type { KeyValues } from '../core/store.ts';

export interface ThreatAlertOptions {
  /** Keeps which matches are open. */
  readonly table: KeyValues;
  /** Takes alerts that begin, change or end: they are part of what is correlated. */
  readonly put: (alerts: readonly Alert[]) => void;
  readonly warn: (message: string) => void;
  readonly url: string;
  /** A template of the addresses of runbooks: our own pages unless given. */
  readonly runbooks?: string | undefined;
  readonly externalLabels: Labels;
}

const alertname = 'ForeshockThreatMatch';
/** Quiet for so long, ms, ends a match. */
const quiet = 900_000;
/** Of a past that is read long after it was written nobody is told, ms. */
const oldest = 3_600_000;
const mostOpen = 1000;
const mostValues = 5;
const key = 'open';

const openSchema = z.object({
  labels: z.record(z.string(), z.string()),
  startsAt: z.number(),
  last: z.number(),
  lines: z.number(),
  values: z.array(z.string()),
  confidence: z.number(),
  example: z.string(),
});
type Open = z.output<typeof openSchema>;

/** A likely false alarm is not critical. */
export function severityOf(confidence: number): string {
  if (confidence >= 80) return 'critical';
  return confidence >= 40 ? 'warning' : 'info';
}

/**
 * An alert for each entity whose lines name what a feed lists, one a feed, type and severity: it begins with the first line and ends
 * when none came for 15 minutes. `note` is told of each match; `step` puts what has changed, within the caller's transaction.
 */
export class ThreatAlerts {
  readonly #options: ThreatAlertOptions;
  readonly #open = new Map<string, Open>();
  readonly #changed = new Set<string>();
  #isStored = true;
  #leftOut = 0;

  constructor(options: ThreatAlertOptions) {
    this.#options = options;
    const bytes = options.table.get(key);
    if (bytes === undefined) return;
    const read = z.array(openSchema).safeParse(parsed(bytes));
    for (const open of read.data ?? []) this.#open.set(fingerprint(open.labels), open);
    if (!read.success) options.warn('threat feeds: the stored matches cannot be read, they begin anew');
  }

  note(line: WatchedLine, { feed, type, value, confidence }: LineMatch): void {
    if (line.now - line.t > oldest) return;
    const labels: Labels = {
      ...this.#options.externalLabels,
      ...line.entity,
      alertname,
      feed,
      generator: 'foreshock',
      indicator_type: type,
      severity: severityOf(confidence),
    };
    const id = fingerprint(labels);
    const open = this.#open.get(id);
    this.#isStored = false;
    if (open === undefined) {
      this.#begin(id, line, { labels, values: [value], confidence });
      return;
    }
    open.last = Math.max(open.last, line.now);
    open.lines++;
    if (open.values.length >= mostValues || open.values.includes(value)) return;
    open.values.push(value);
    open.confidence = Math.max(open.confidence, confidence);
    this.#changed.add(id);
  }

  #begin(
    id: string,
    { t, now, text }: WatchedLine,
    known: Pick<Open, 'labels' | 'values' | 'confidence'>,
  ): void {
    if (this.#open.size >= mostOpen) {
      if (this.#leftOut++ === 0)
        this.#options.warn(
          `threat feeds: more than ${mostOpen} matches are open, more of them are only counted`,
        );
      return;
    }
    this.#open.set(id, {
      ...known,
      startsAt: Math.min(t, now),
      last: now,
      lines: 1,
      example: maskLine(text),
    });
    this.#changed.add(id);
  }

  /** Puts alerts that began, changed, or end at `t` (ms), and stores which are open. */
  step(t: number): void {
    const { put, table } = this.#options;
    const told: Alert[] = [];
    for (const [id, open] of this.#open) {
      const ends = t - open.last >= quiet;
      if (!ends && !this.#changed.has(id)) continue;
      told.push(this.#alertOf(open, ends ? t : undefined));
      if (ends) this.#open.delete(id);
    }
    this.#changed.clear();
    if (told.length > 0) put(told);
    if (told.length === 0 && this.#isStored) return;
    table.set(key, new TextEncoder().encode(JSON.stringify([...this.#open.values()])));
    this.#isStored = true;
  }

  #alertOf({ labels, startsAt, values, confidence, example }: Open, endsAt: number | undefined): Alert {
    const { url, runbooks = servedRunbooks(url) } = this.#options;
    const { feed = '', indicator_type: type = '' } = labels;
    const owner = sayEntity(entityOf(labels, this.#options.externalLabels));
    const named = sayList(values, 1);
    return {
      labels,
      annotations: {
        summary: `${owner} names ${named}, which the threat feed ${feed} lists`,
        description: `Lines of ${owner} name ${sayList(values, mostValues)}; the feed ${feed} lists it (${type}) with confidence ${confidence} of 100.`,
        suspect: `${owner}: ${named}`,
        signal_kind: 'security_events',
        log_examples: example,
        runbook_url: runbookUrl(runbooks, alertname),
        dashboard_url: `${url.replace(/\/$/, '')}/`,
      },
      startsAt,
      endsAt,
      generatorURL: url,
      fingerprint: fingerprint(labels),
    };
  }
}

const own = new Set(['alertname', 'feed', 'generator', 'indicator_type', 'severity']);

function entityOf(labels: Labels, external: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !own.has(name) && !(name in external)));
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
