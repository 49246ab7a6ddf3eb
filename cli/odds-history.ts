import { fingerprint } from '../core/labels.ts';
import type { Series, SeriesSource } from '../core/series.ts';
import { hour } from '../forecasters/incident-odds-past.ts';
import { alertSpells, alertStep, alertsQuery, type Spell } from './odds-onsets.ts';

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

/** The same series of several answers as one. */
function joined(pieces: readonly Series[]): readonly Series[] {
  const grouped = new Map<string, Series[]>();
  for (const one of pieces) {
    const key = fingerprint(one.labels);
    const list = grouped.get(key);
    if (list === undefined) grouped.set(key, [one]);
    else list.push(one);
  }
  return [...grouped.values()].map(list => ({
    labels: list[0]!.labels,
    t: Float64Array.from(list.flatMap(({ t }) => [...t])),
    v: Float64Array.from(list.flatMap(({ v }) => [...v])),
  }));
}

/**
 * Reads `ALERTS` of one source in pieces, one after the other. An alert that a partial answer leaves out is as if it had not
 * fired. Rejects with a `SourceError`.
 */
export async function readAlertHistory(source: SeriesSource, span: OddsSpan): Promise<AlertHistory> {
  const { from, until, signal } = span;
  const life = await source.queryRange({ query: anything, start: from, end: until, step: hour, signal });
  const since = life.series.reduce((least, { t }) => Math.min(least, t[0] ?? until), until);
  const series: Series[] = [];
  for (let start = since; start <= until; start += piece) {
    const end = Math.min(until, start + piece - alertStep);
    const answer = await source.queryRange({ query: alertsQuery, start, end, step: alertStep, signal });
    for (const one of answer.series) series.push(one);
  }
  return { spells: alertSpells(joined(series), since), since };
}
