import { fingerprint } from '../core/labels.ts';
import type { Series, SeriesSource } from '../core/series.ts';
import { hour } from '../forecasters/incident-odds-past.ts';
import { addSamples, alertPlace, alertStep, alertsQuery, type OpenSpell, type Spell } from './odds-onsets.ts';

/** A time that is asked for, both ends included, ms. */
export interface OddsSpan {
  readonly from: number;
  readonly until: number;
  readonly signal: AbortSignal;
}

/** When alerts fired, and since when a source has anything to tell, ms. */
export interface AlertHistory {
  readonly spells: readonly Spell[];
  readonly since: number;
}

/** A source is asked for so much of the past at once, ms. */
const piece = 5 * 24 * hour;
/** A source that scrapes has `up`, one that only keeps rules `ALERTS`. */
const anything = 'count({__name__=~"up|ALERTS"})';

/** One alert: where, and when it fired as far as that was read. */
interface Known {
  readonly place: string;
  readonly spells: OpenSpell[];
}

/**
 * The `ALERTS` of one source, kept between looks: a look reads only what is new, in pieces, one after the other. After a gap it
 * goes on where the last one ended; when that is before the span, or after it as the clock was set back, all is read anew.
 */
export class AlertMemory {
  readonly #source: SeriesSource;
  readonly #alerts = new Map<string, Known>();
  #since: number | undefined;
  #readTo = Number.NEGATIVE_INFINITY;

  constructor(source: SeriesSource) {
    this.#source = source;
  }

  /**
   * What is known of a span. An alert that a partial answer leaves out is as if it had not fired; that time is read again at the
   * next look. Rejects with a `SourceError`; what was read until then is kept.
   */
  async read(span: OddsSpan): Promise<AlertHistory> {
    const { from, until, signal } = span;
    if (this.#since === undefined || this.#readTo < from || this.#readTo > until) {
      this.#cut(Number.NEGATIVE_INFINITY);
      this.#since = undefined;
    }
    this.#since ??= await this.#firstSample(span);
    const since = Math.max(this.#since ?? until, from);
    let whole = until;
    for (let start = Math.max(since, this.#readTo + alertStep); start <= until; start += piece) {
      const end = Math.min(until, start + piece - alertStep);
      const asked = { query: alertsQuery, start, end, step: alertStep, signal };
      const { series, partial } = await this.#source.queryRange(asked);
      this.#take(series);
      if (partial) whole = Math.min(whole, start - alertStep);
      if (whole === until) this.#readTo = end;
    }
    const spells = [...this.#alerts.values()].flatMap(alert => alert.spells.map(spell => ({ ...spell })));
    if (whole < until) this.#cut(whole);
    this.#expire(from);
    return { spells: spells.filter(spell => spell.from > since), since };
  }

  /** Since when it has anything to tell; undefined while it has nothing. */
  async #firstSample({ from, until, signal }: OddsSpan): Promise<number | undefined> {
    const asked = { query: anything, start: from, end: until, step: hour, signal };
    const { series } = await this.#source.queryRange(asked);
    const first = series.reduce((least, { t }) => Math.min(least, t[0] ?? least), Number.POSITIVE_INFINITY);
    return first < until ? first : undefined;
  }

  #take(series: readonly Series[]): void {
    for (const one of series) {
      const key = fingerprint(one.labels);
      const known = this.#alerts.get(key) ?? { place: alertPlace(one.labels), spells: [] };
      addSamples(known, one);
      this.#alerts.set(key, known);
    }
  }

  /** Forgets what was read of the time after `to` (ms). */
  #cut(to: number): void {
    for (const [key, { spells }] of this.#alerts) {
      while (spells.length > 0 && spells.at(-1)!.from > to) spells.pop();
      const last = spells.at(-1);
      if (last === undefined) this.#alerts.delete(key);
      else last.to = Math.min(last.to, to);
    }
    this.#readTo = to;
  }

  /** Forgets what was over before `from` (ms). */
  #expire(from: number): void {
    for (const [key, { spells }] of this.#alerts) {
      const first = spells.findIndex(({ to }) => to >= from);
      spells.splice(0, first < 0 ? spells.length : first);
      if (spells.length === 0) this.#alerts.delete(key);
    }
  }
}
