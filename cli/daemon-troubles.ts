import type { Daemon } from './daemon.ts';
import type { Trouble } from './self-alerts.ts';

/** One late pass is a hiccup: only what goes on for so long, ms, is told. */
const lateFor = 60_000;

/** What foreshock knows of its own troubles at `now` (ms). */
export function troubles(daemon: Daemon, now: number): readonly Trouble[] {
  const { wired, sources, reads, failing, receivers, startedAt, lateSince } = daemon;
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
      since: lateSince !== undefined && now - lateSince >= lateFor ? lateSince : undefined,
    },
    ...wired.watches.map(({ watch, leftOut }) => ({
      alertname: 'ForeshockClassLeftOut' as const,
      labels: { class: watch.class.name },
      severity: 'warning',
      summary: `${watch.class.name} is not watched; ${leftOut?.reason}`,
      since: leftOut === undefined ? undefined : now,
    })),
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
