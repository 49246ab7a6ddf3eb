import { setImmediate as nextTurn } from 'node:timers/promises';
import { fingerprint, type Labels } from '../core/labels.ts';
import type { Series, SeriesSource } from '../core/series.ts';
import { gradualOutlook, type Outlook } from '../forecasters/gradual.ts';

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

/** How far looks lie apart, ms. */
export const step = 300_000;
const day = 86_400_000;
const week = 7 * day;
const longestWeek = week / step;
/** Without a sample for so long an entity is forgotten, ms; time in which its source did not answer does not count. */
const goneAfter = 6 * 3_600_000;
/** Entities that are taken before others may go on: passes are made in the same thread. */
const slice = 20;

/** The use of one entity as a share of its limit: a week of looks, the newest last. */
export class Use {
  readonly labels: Labels;
  #share = new Float64Array(0);
  #at = Number.NaN;
  #silent = 0;

  constructor(labels: Labels) {
    this.labels = labels;
  }

  get isGone(): boolean {
    return this.#silent > goneAfter;
  }

  /** Takes at least one sample up to `at` (ms), a look each; looks without one are missing. */
  take({ t, v }: Series, at: number): void {
    const first = Number.isNaN(this.#at) ? t[0]! : this.#at + step;
    const fresh = this.#append(first, at);
    for (let i = 0; i < t.length; i++) {
      const k = Math.round((t[i]! - first) / step);
      if (k >= 0 && k < fresh.length) fresh[k] = v[i]!;
    }
    this.#silent = at - t.at(-1)!;
  }

  /** Takes it that there was no sample up to `at` (ms); `counted` ms of that are silence of its own. */
  miss(at: number, counted: number): void {
    this.#append(this.#at + step, at);
    this.#silent += counted;
  }

  outlook(): Outlook {
    return gradualOutlook({ at: this.#at, step, share: this.#share });
  }

  /** Room for the looks from `first` to `at` (ms), missing at first. */
  #append(first: number, at: number): Float64Array {
    const count = Math.max(0, Math.round((at - first) / step) + 1);
    const kept = this.#share.subarray(Math.max(0, this.#share.length + count - longestWeek));
    const share = new Float64Array(kept.length + count).fill(Number.NaN);
    share.set(kept);
    this.#share = share;
    this.#at = at;
    return share.subarray(kept.length);
  }
}

/** What is to be read: up to `at` (ms), and for how many entities there is room. */
export interface UseRead {
  readonly at: number;
  readonly room: number;
  readonly signal: AbortSignal;
}

/** One resource of a pack: the entities that it was read for. */
export class Watched {
  readonly resource: LimitedResource;
  readonly uses = new Map<string, Use>();
  /** Entities of the newest answer for which there was no room. */
  leftOut = 0;
  #readTo = Number.NaN;
  #hasWeek = false;

  constructor(resource: LimitedResource) {
    this.resource = resource;
  }

  /** Reads what is new up to `at`, a week at first, a day at a time. Rejects with why not all was read; the next read goes on there. */
  async read({ at, room, signal }: UseRead): Promise<readonly Use[]> {
    const { used, limit, source } = this.resource;
    const query = `(${used}) / (${limit})`;
    const oldest = at - week + step;
    let start = Number.isNaN(this.#readTo) ? oldest : Math.max(this.#readTo + step, oldest);
    for (; start <= at; start += day) {
      const end = Math.min(at, start + day - step);
      const answer = await source.queryRange({ query, start, end, step, signal });
      if (answer.partial) throw new Error(`a partial answer is not judged by: ${answer.warnings.join('; ')}`);
      await this.#take(answer.series, { end, room, counted: this.#hasWeek ? step : end - start + step });
      this.#readTo = end;
    }
    this.#hasWeek = true;
    return [...this.uses.values()];
  }

  async #take(
    series: readonly Series[],
    { end, room, counted }: { readonly end: number; readonly room: number; readonly counted: number },
  ): Promise<void> {
    const seen = new Set<string>();
    this.leftOut = 0;
    for (const one of series) {
      if (one.t.length === 0) continue;
      const key = fingerprint(one.labels);
      if (seen.has(key)) continue;
      const use = this.uses.get(key) ?? (this.uses.size < room ? new Use(one.labels) : undefined);
      if (use === undefined) {
        this.leftOut++;
        continue;
      }
      seen.add(key);
      this.uses.set(key, use);
      use.take(one, end);
      if (seen.size % slice === 0) await nextTurn();
    }
    for (const [key, use] of this.uses) {
      if (!seen.has(key)) use.miss(end, counted);
      if (use.isGone) this.uses.delete(key);
    }
  }
}
