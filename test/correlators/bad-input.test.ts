import { describe, expect, it } from 'vitest';
import type { Alert } from '../../core/alert.ts';
import { fingerprint, type Labels } from '../../core/labels.ts';
import { createRandom } from '../../core/random.ts';
import type { Topology } from '../../core/topology.ts';
import { correlatorFromBytes, createCorrelator } from '../../correlators/group.ts';
import { correlateAlerts } from '../../correlators/replay.ts';

const second = 1000;
const T = Date.UTC(2026, 0, 1, 3);

/** A graph with cycles, calls to itself, nodes that nobody calls and edges to unknown ones. */
const odd: Topology = {
  nodes: [{ id: 'lone' }, { id: 's0' }],
  edges: [
    { from: 's0', to: 's1' },
    { from: 's1', to: 's2' },
    { from: 's2', to: 's0' },
    { from: 's1', to: 's1' },
    { from: 's3', to: 'nobody' },
    { from: 's3', to: 's0' },
  ],
};

const label = (names: readonly string[], random: () => number) => names[Math.floor(random() * names.length)]!;

function labelsOf(random: () => number, k: number): Labels {
  if (random() < 0.05) return {};
  const more: Labels = random() < 0.2 ? { [`label_${k}`]: String(k) } : {};
  const peer = random() < 0.1 ? { peer_service: label(['s0', 's1', 'nobody', ''], random) } : {};
  return {
    alertname: label(['Slow', 'ErrorRate', 'Down', 'CPUHigh', ''], random),
    service: label(['s0', 's1', 's2', 's3', 'lone', 'stranger', ''], random),
    severity: label(['critical', 'warning', 'odd word'], random),
    ...peer,
    ...more,
  };
}

/** Alerts without labels, that end before they begin, that come twice, or never end. */
function badAlerts(seed: number, many: number): Alert[] {
  const random = createRandom(seed);
  const alerts: Alert[] = [];
  for (let k = 0; k < many; k++) {
    const labels = labelsOf(random, k);
    const startsAt = T + Math.floor(random() * 3600) * second;
    const endsAt = random() < 0.1 ? undefined : startsAt + Math.floor((random() - 0.1) * 900) * second;
    const alert = {
      labels,
      annotations: {},
      startsAt,
      endsAt,
      generatorURL: '',
      fingerprint: fingerprint(labels),
    };
    alerts.push(alert);
    if (random() < 0.1) alerts.push({ ...alert });
  }
  return alerts;
}

describe.each([1, 2, 3, 4])('whatever comes in (seed %i)', seed => {
  const alerts = badAlerts(seed, 300);
  const { lines, noise } = correlateAlerts(alerts, odd);

  it('loses no alert and counts none twice', () => {
    const numbers = lines.flatMap(line => line.alerts).sort((a, b) => a - b);
    expect(numbers).toEqual(alerts.map((_, k) => k));
  });

  it('tells of every incident at least once, never before it knows of it', () => {
    for (const { notifications, alerts: own } of lines) {
      expect(notifications.length).toBeGreaterThan(0);
      const first = Math.min(...own.map(k => alerts[k]!.startsAt));
      expect(Date.parse(notifications[0]!.at)).toBeGreaterThanOrEqual(first);
    }
  });

  it('has a reason for everything that it holds back', () => {
    const held = [...noise.held.values()].reduce((sum, n) => sum + n, 0);
    expect(held + noise.opened).toBe(alerts.length);
  });

  it('decides the same again', () => {
    expect(correlateAlerts(badAlerts(seed, 300), odd).lines).toEqual(lines);
  });

  it('goes on from what was stored, at any moment, as if it had never stopped', () => {
    const whole = createCorrelator();
    let restarted = createCorrelator();
    const rest = { suppressed: [], anomalies: [], changes: [], topology: odd };
    const inOrder = [...alerts].sort((a, b) => a.startsAt - b.startsAt);
    for (const [k, alert] of inOrder.entries()) {
      const input = { t: alert.startsAt, alerts: [alert], ...rest };
      const { incidents } = whole.step(input);
      if (k % 37 === 0) restarted = correlatorFromBytes(restarted.toBytes());
      expect(restarted.step(input).incidents).toEqual(incidents);
    }
  });
});

describe('a wide and hostile input', () => {
  it('takes an alert with 10,000 labels', () => {
    const labels = Object.fromEntries(Array.from({ length: 10_000 }, (_, k) => [`label_${k}`, `value ${k}`]));
    const alert = { labels, annotations: {}, startsAt: T, endsAt: undefined, generatorURL: '' };
    const { lines } = correlateAlerts([{ ...alert, fingerprint: fingerprint(labels) }], odd);
    expect(lines.map(line => line.alerts)).toEqual([[0]]);
  });

  it('folds an alert that flaps into one incident and one call, and says so', () => {
    const labels = { alertname: 'Slow', service: 's0', severity: 'warning' };
    const flapping = Array.from({ length: 12 }, (_, k): Alert => {
      const startsAt = T + k * 240 * second;
      const rest = { annotations: {}, generatorURL: '', fingerprint: fingerprint(labels) };
      return { labels, startsAt, endsAt: startsAt + 100 * second, ...rest };
    });
    expect(correlateAlerts(flapping, odd).lines.map(line => line.notifications.length)).toEqual([1]);
    const correlator = createCorrelator();
    const rest = { suppressed: [], anomalies: [], changes: [], topology: odd };
    for (const alert of flapping) {
      correlator.step({ t: alert.startsAt, alerts: [{ ...alert, endsAt: undefined }], ...rest });
      correlator.step({ t: alert.endsAt!, alerts: [alert], ...rest });
    }
    const [incident] = correlator.step({ t: T + 3000 * second, alerts: [], ...rest }).incidents;
    expect(incident?.members[0]?.reason).toContain('flapping, fired 12 times');
    expect(incident?.timeline.map(line => line.what)).toContain(
      'Slow on s0 flaps: it fired 4 times within 12 min and is told of once',
    );
  });
});
