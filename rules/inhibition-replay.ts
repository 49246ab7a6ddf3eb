import { fingerprint, includes, pick } from '../core/labels.ts';
import type { AlertHistory, PastAlert } from './history.ts';
import type { InhibitRule } from './inhibition-candidates.ts';
import { routeTimes, type Tellable } from './notifications.ts';

/** A rule over a history: its alerts in order of their start, and the sources that share their `equal` labels with a target. */
export interface ReadyRule {
  readonly sources: readonly PastAlert[];
  readonly targets: readonly PastAlert[];
  holders(target: PastAlert): readonly PastAlert[];
}

/** Makes a rule ready for questions. */
export function readyRule({ source, target, equal }: InhibitRule, { byName }: AlertHistory): ReadyRule {
  const matching = (labels: InhibitRule['source']) =>
    (byName.get(labels.alertname ?? '') ?? []).filter(alert => includes(alert.labels, labels));
  const place = (alert: PastAlert) => fingerprint(pick(alert.labels, equal));
  const sources = matching(source);
  const byPlace = new Map<string, PastAlert[]>();
  for (const alert of sources) {
    const known = byPlace.get(place(alert));
    if (known === undefined) byPlace.set(place(alert), [alert]);
    else known.push(alert);
  }
  return { sources, targets: matching(target), holders: alert => byPlace.get(place(alert)) ?? [] };
}

/** True when `source` began before `alert` and still fires at its start. */
export function leads(source: PastAlert, alert: PastAlert): boolean {
  return source.startsAt < alert.startsAt && alert.startsAt < source.endsAt;
}

/** Which sources hold an alert back, and when the last of them lets go, ms. */
export interface Hold {
  readonly until: number;
  readonly by: readonly PastAlert[];
}

/** When `alert` is told: after the wait of its group, once none of `holders` (in order of their start) fires. */
export function holdOf(alert: PastAlert, holders: readonly PastAlert[]): Hold {
  const by: PastAlert[] = [];
  let until = alert.startsAt + routeTimes.groupWait;
  for (const source of holders) {
    if (source.startsAt > until || source.endsAt <= until || until >= alert.endsAt) continue;
    by.push(source);
    until = source.endsAt;
  }
  return { until, by };
}

/** An alert as Alertmanager would tell it; none when it ends while it waits or is held back. */
export function tellable(alert: PastAlert, holders: readonly PastAlert[]): readonly Tellable[] {
  const { until, by } = holdOf(alert, holders);
  const { labels, startsAt, endsAt, incident } = alert;
  return until < endsAt ? [{ labels, at: by.length === 0 ? startsAt : until, endsAt, incident }] : [];
}

/** What rules, taken one after another, hold back of a history. */
export class Replay {
  readonly #alerts: readonly PastAlert[];
  readonly #holders = new Map<PastAlert, readonly PastAlert[]>();
  readonly #hidden = new Set<PastAlert>();
  /** Alerts of each incident that are told. */
  readonly #heard = new Map<number, number>();

  constructor({ alerts }: AlertHistory) {
    this.#alerts = alerts;
    for (const alert of alerts)
      if (tellable(alert, []).length > 0)
        this.#heard.set(alert.incident, (this.#heard.get(alert.incident) ?? 0) + 1);
  }

  #with(rule: ReadyRule, alert: PastAlert): readonly PastAlert[] {
    const before = this.#holders.get(alert) ?? [];
    const more = rule.holders(alert);
    return before.length === 0 ? more : [...before, ...more].sort((a, b) => a.startsAt - b.startsAt);
  }

  /** What `rule` would hide beside the rules taken: alerts that are told until now, and incidents of which none is told then. */
  hides(rule: ReadyRule): { readonly alerts: readonly PastAlert[]; readonly incidents: number } {
    const alerts = rule.targets.filter(
      alert =>
        !this.#hidden.has(alert) &&
        tellable(alert, []).length > 0 &&
        tellable(alert, this.#with(rule, alert)).length === 0,
    );
    const lost = new Map<number, number>();
    for (const { incident } of alerts) lost.set(incident, (lost.get(incident) ?? 0) + 1);
    const incidents = [...lost].filter(([incident, count]) => count === this.#heard.get(incident)).length;
    return { alerts, incidents };
  }

  take(rule: ReadyRule): void {
    for (const alert of this.hides(rule).alerts) {
      this.#hidden.add(alert);
      this.#heard.set(alert.incident, this.#heard.get(alert.incident)! - 1);
    }
    for (const alert of rule.targets) this.#holders.set(alert, this.#with(rule, alert));
  }

  /** What is told under the rules taken, in order of its time. */
  told(): readonly Tellable[] {
    return this.#alerts
      .flatMap(alert => tellable(alert, this.#holders.get(alert) ?? []))
      .sort((a, b) => a.at - b.at);
  }
}
