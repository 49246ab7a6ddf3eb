import { fingerprint, includes, pick } from '../core/labels.ts';
import type { AlertHistory, PastAlert } from './history.ts';
import type { InhibitRule } from './inhibition-candidates.ts';
import { routeTimes, type Tellable } from './notifications.ts';

/** The sources of a rule that hold an alert back while they fire; none for what is no target. */
export type SourcesOf = (alert: PastAlert) => readonly PastAlert[];

/** Makes a rule ready for questions about the alerts of a history. */
export function sourcesOf({ source, target, equal }: InhibitRule, { alerts }: AlertHistory): SourcesOf {
  const place = (alert: PastAlert) => fingerprint(pick(alert.labels, equal));
  const sources = new Map<string, PastAlert[]>();
  for (const alert of alerts) {
    if (!includes(alert.labels, source)) continue;
    const known = sources.get(place(alert));
    if (known === undefined) sources.set(place(alert), [alert]);
    else known.push(alert);
  }
  return alert => (includes(alert.labels, target) ? (sources.get(place(alert)) ?? []) : []);
}

/** True when `source` began before `alert` and still fires at its start. */
export function leads(source: PastAlert, alert: PastAlert): boolean {
  return source.startsAt < alert.startsAt && alert.startsAt < source.endsAt;
}

/** Sources that hold back what may be told from `at` on, and when the last of them lets go, ms. */
export interface Hold {
  readonly until: number;
  readonly by: readonly PastAlert[];
}

/** When `alert` is told under `rules`: after the wait of its group, once no source fires. */
export function holdOf(alert: PastAlert, rules: readonly SourcesOf[]): Hold {
  const by = rules.flatMap(rule => rule(alert)).sort((a, b) => a.startsAt - b.startsAt);
  const holding: PastAlert[] = [];
  let until = alert.startsAt + routeTimes.groupWait;
  for (const source of by) {
    if (source.startsAt > until || source.endsAt <= until || until >= alert.endsAt) continue;
    holding.push(source);
    until = source.endsAt;
  }
  return { until, by: holding };
}

/** The history as Alertmanager would tell it under `rules`; what ended while it was held back is not in it. */
export function toldUnder(rules: readonly SourcesOf[], { alerts }: AlertHistory): readonly Tellable[] {
  return alerts
    .map(alert => ({ alert, hold: holdOf(alert, rules) }))
    .filter(({ alert, hold }) => hold.until < alert.endsAt)
    .map(({ alert: { labels, startsAt, endsAt, incident }, hold: { by, until } }) => ({
      labels,
      at: by.length === 0 ? startsAt : until,
      endsAt,
      incident,
    }))
    .sort((a, b) => a.at - b.at);
}
