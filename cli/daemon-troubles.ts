import { parseFingerprint } from '../core/labels.ts';
import { sayCount, sayEntity, sayList } from '../core/say-name.ts';
import type { ClassWatch } from './class-watch.ts';
import type { Daemon } from './daemon.ts';
import type { Trouble } from './self-alerts.ts';

/** One late pass is a hiccup: only what goes on for so long, ms, is told. */
const lateFor = 60_000;

/** Rows of a class of which a move far out is not found. */
export function blindTrouble({ watch, states }: Pick<ClassWatch, 'watch' | 'states'>): Trouble {
  const { rows, since } = states.blind;
  const names = [...rows.keys()].map(key => sayEntity(parseFingerprint(key)));
  return {
    alertname: 'ForeshockDetectorBlind',
    labels: { class: watch.class.name },
    severity: 'warning',
    summary: `foreshock no longer sees faults of ${sayList(names, 3)} (${watch.class.name}): ${[...rows.values()][0]}`,
    since,
  };
}

const lateEnough = (since: number | undefined, now: number) =>
  since !== undefined && now - since >= lateFor ? since : undefined;

/** Sources of others' alerts that cannot be read. */
function unreadAlerts({ alertsIn }: Daemon, now: number): readonly Trouble[] {
  return alertsIn.map(({ name, troubled }) => ({
    alertname: 'ForeshockSourceDown',
    labels: { source: name },
    severity: 'critical',
    summary: `foreshock reads no alerts of ${name} (${troubled?.message})`,
    since: lateEnough(troubled?.since, now),
  }));
}

/** Rules that hold nothing back any more. */
function switchedOff({ regret }: Daemon): readonly Trouble[] {
  return regret.rules().map(({ rule, regretted, offSince }) => ({
    alertname: 'ForeshockRuleSwitchedOff',
    labels: { rule },
    severity: 'warning',
    summary: `foreshock holds nothing back any more by ${rule}: that was wrong ${sayCount(regretted, 'time')}`,
    since: offSince,
  }));
}

/** Threat feeds that broke their promise. */
function staleFeeds({ threats }: Daemon, now: number): readonly Trouble[] {
  return threats.stale(now).map(({ feed, since, why }) => ({
    alertname: 'ForeshockThreatFeedStale',
    labels: { feed },
    severity: 'warning',
    summary: `the threat feed ${feed} is stale: within its promised interval ${why}`,
    since,
  }));
}

/** What foreshock knows of its own troubles at `now` (ms). */
export function troubles(daemon: Daemon, now: number): readonly Trouble[] {
  const { wired, sources, reads, failing, receivers, startedAt, lateSince, logs } = daemon;
  return [
    {
      alertname: 'ForeshockWatchdog',
      labels: {},
      severity: 'none',
      summary: 'foreshock runs; this alert fires always',
      since: startedAt,
    },
    ...sources.all.map(({ name, health }) => ({
      alertname: 'ForeshockSourceDown' as const,
      labels: { source: name },
      severity: 'critical',
      summary: `foreshock is blind: ${name} does not answer (${health.message})`,
      since: health.downSince,
    })),
    ...logs.troubles.map(({ source, message, since }) => ({
      alertname: 'ForeshockSourceDown' as const,
      labels: { source },
      severity: 'critical',
      summary: `foreshock reads no logs of ${source} (${message})`,
      since: lateEnough(since, now),
    })),
    ...unreadAlerts(daemon, now),
    ...staleFeeds(daemon, now),
    ...reads.map(each => ({
      alertname: 'ForeshockPassLate' as const,
      labels: { source: each.source.name },
      severity: 'warning',
      summary: `${each.source.name} answers slower than a step: what it watches is judged late`,
      since: each.lateSince(now),
    })),
    {
      alertname: 'ForeshockPassLate',
      labels: {},
      severity: 'warning',
      summary: 'passes take longer than a step',
      since: lateEnough(lateSince, now),
    },
    ...wired.watches.map(each => ({
      alertname: 'ForeshockPassLate' as const,
      labels: { class: each.watch.class.name },
      severity: 'warning',
      summary: `${each.watch.class.name} is scored slower than a step: it is judged late, and not at every step`,
      since: lateEnough(daemon.desk?.lateSince(each), now),
    })),
    ...wired.watches.map(({ watch, leftOut }) => ({
      alertname: 'ForeshockClassLeftOut' as const,
      labels: { class: watch.class.name },
      severity: 'warning',
      summary: `${watch.class.name} is not watched; ${leftOut?.reason}`,
      since: leftOut === undefined ? undefined : now,
    })),
    ...wired.watches.map(blindTrouble),
    ...switchedOff(daemon),
    ...receivers.map(receiver => ({
      alertname: 'ForeshockNotificationFailing' as const,
      labels: { receiver: receiver.name },
      severity: 'critical',
      summary: `notifications do not reach ${receiver.name}`,
      since:
        failing.has(receiver.name) && now - failing.get(receiver.name)! > 60_000
          ? failing.get(receiver.name)
          : undefined,
    })),
  ];
}
