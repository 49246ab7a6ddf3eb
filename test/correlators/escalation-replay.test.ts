import { describe, expect, it } from 'vitest';
import type { Alert } from '../../core/alert.ts';
import { fingerprint } from '../../core/labels.ts';
import { ReplayOdds } from '../../correlators/escalation-replay.ts';
import { correlateAlerts } from '../../correlators/replay.ts';
import { hour, incidentAt, lives, minute, start } from './incident-life.ts';

/** The alerts of lives, numbered, so that nothing of one is the same alert in another. */
function alertsOf(count: number): readonly Alert[] {
  return lives(count, 9).flatMap((life, k) => {
    const { members } = incidentAt({ ...life, at: start + 20 * k * hour }, Number.POSITIVE_INFINITY);
    return members.map(({ alert }) => {
      const labels = { ...alert.labels, pod: `${alert.labels.service}-${k}` };
      return { ...alert, labels, fingerprint: fingerprint(labels) };
    });
  });
}

describe('the odds of incidents in a file of alerts', () => {
  const all = alertsOf(240);
  const replay = (alerts: readonly Alert[]) =>
    correlateAlerts(alerts, { nodes: [], edges: [] }, { odds: new ReplayOdds() }).lines;
  const lines = replay(all);
  const first = lines.findIndex(({ escalation }) => escalation !== null);

  it('are there once 200 incidents are over, as a chance and what raises it', () => {
    expect(first).toBeGreaterThanOrEqual(200);
    expect(first).toBeLessThan(lines.length - 20);
    for (const { escalation } of lines.slice(first))
      expect(escalation).toEqual({ p: expect.any(Number), drivers: expect.any(Array) });
  });

  it('use only what was known when the incident was told', () => {
    const { startsAt, escalation } = lines[first + 2]!;
    const told = Date.parse(startsAt) + 3 * minute;
    const known = all
      .filter(alert => alert.startsAt <= told)
      .map(alert => ({ ...alert, endsAt: (alert.endsAt ?? 0) <= told ? alert.endsAt : undefined }));
    expect(replay(known)[first + 2]!.escalation).toEqual(escalation);
  });
});
