import { describe, expect, it } from 'vitest';
import { readIncidentLogs } from '../../cli/incident-logs.ts';
import { LogGlance } from '../../cli/log-glance.ts';
import { began, checkoutIncident } from '../server/checkout-incident.ts';

const { incident } = checkoutIncident();
const second = 1000;

function glanceAt(
  lines: readonly {
    readonly after: number;
    readonly service: string;
    readonly text: string;
    readonly fresh?: true;
  }[],
) {
  const glance = new LogGlance();
  for (const { after, service, text, fresh } of lines)
    glance.offer(service, {
      text: `head ${text}`,
      span: { from: 5, to: 5 + text.length, t: began + after },
      level: 'error',
      isFresh: fresh === true,
    });
  return glance;
}

const counts = (level: string, service: string, v: readonly number[]) => ({
  labels: { __name__: 'foreshock_log_lines', level, service },
  t: Float64Array.from(v, (_, i) => began + i * 15 * second),
  v: Float64Array.from(v),
});

const read = (glance: LogGlance, series: readonly ReturnType<typeof counts>[] = [], after = 60 * second) =>
  readIncidentLogs(incident, { glances: [glance], series: { select: () => series } }, { now: began + after });

describe('what the logs say of an incident', () => {
  it('is of its services and its time, without secrets', () => {
    const glance = glanceAt([
      { after: 0, service: 'payment', text: 'login of ann with password=hunter2 failed', fresh: true },
      { after: 0, service: 'search', text: 'another service', fresh: true },
      { after: -700 * second, service: 'payment', text: 'long before', fresh: true },
    ]);
    const { fresh } = read(glance);
    expect(fresh.map(({ service, text }) => [service, text])).toEqual([
      ['payment', expect.stringContaining('<secret>')],
    ]);
  });

  it('shows the last errors, the newest first, also of a flood', () => {
    const flood = Array.from({ length: 50_000 }, (_, i) => ({
      after: i,
      service: 'payment',
      text: `failed ${i}`,
    }));
    const { errors } = read(glanceAt(flood));
    expect(errors).toHaveLength(5);
    expect(errors[0]!.at).toBeGreaterThan(began + 48 * second);
    expect(errors.map(({ at }) => at)).toEqual(errors.map(({ at }) => at).sort((a, b) => b - a));
  });

  it('counts lines of errors over all its services, and nothing else', () => {
    const { counts: found } = read(new LogGlance(), [
      counts('error', 'payment', [0, 2, 4]),
      counts('fatal', 'checkout', [1, 0, 1]),
      counts('info', 'payment', [9, 9, 9]),
      counts('error', 'search', [9, 9, 9]),
    ]);
    expect([...found.v]).toEqual([1, 2, 5]);
  });

  it('keeps what it had read where that is no more at hand', () => {
    const before = read(glanceAt([{ after: 0, service: 'payment', text: 'empty', fresh: true }]), [
      counts('error', 'payment', [3, 4]),
    ]);
    const later = readIncidentLogs(
      incident,
      { glances: [new LogGlance()], series: { select: () => [] } },
      { now: began + 3 * 3_600_000, known: before },
    );
    expect(later).toEqual(before);
  });
});
