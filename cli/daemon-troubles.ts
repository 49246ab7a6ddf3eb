import type { Daemon } from './daemon.ts';
import type { Trouble } from './self-alerts.ts';

/** What foreshock knows of its own troubles at `now` (ms). */
export function troubles(daemon: Daemon, now: number): readonly Trouble[] {
  const { source, failing, receivers, startedAt, lateSince } = daemon;
  const { name, up, message } = source.health;
  return [
    {
      alertname: 'ForeshockWatchdog',
      labels: {},
      severity: 'none',
      summary: 'foreshock runs; this alert fires always',
      since: startedAt,
    },
    {
      alertname: 'ForeshockSourceDown',
      labels: { source: name },
      severity: 'critical',
      summary: `foreshock is blind: ${name} does not answer (${message})`,
      since: up ? undefined : now,
    },
    {
      alertname: 'ForeshockPassLate',
      labels: {},
      severity: 'warning',
      summary: 'passes take longer than a step',
      since: lateSince,
    },
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
