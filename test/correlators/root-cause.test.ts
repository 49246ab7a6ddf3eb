import { describe, expect, it } from 'vitest';
import type { Anomaly } from '../../core/detector.ts';
import type { Incident } from '../../core/incident.ts';
import { fingerprint, type Labels } from '../../core/labels.ts';
import type { Change, Topology } from '../../core/topology.ts';
import { createCorrelator } from '../../correlators/group.ts';

const T = Date.UTC(2026, 0, 1, 3);

const shop: Topology = {
  nodes: [],
  edges: [
    { from: 'frontend', to: 'checkout' },
    { from: 'frontend', to: 'catalog' },
    { from: 'checkout', to: 'catalog' },
    { from: 'checkout', to: 'cache' },
    { from: 'catalog', to: 'cache' },
  ],
};

/** `[seconds, labels]`: alerts as they arrive. */
type Arrival = readonly [at: number, labels: Labels];

const of = (service: string, alertname: string, more: Labels = {}) => ({ service, alertname, ...more });
const calls = (service: string, peer: string, alertname = 'DependencyErrors') =>
  of(service, alertname, { peer_service: peer });
const ours = (entity: Labels, signal: string) => ({ ...entity, alertname: 'ForeshockAnomaly', signal });

function anomaly(entity: Labels, signal: string, value: number, p = 1e-6): Anomaly {
  return {
    class: `service/${Object.keys(entity).join('-')}`,
    entity,
    t: T,
    score: 5,
    p,
    shares: [],
    band: { signal, low: 1, mid: 2, high: 3 },
    worst: { signal, value },
    state: 'watching',
    reason: '',
  };
}

function incidentOf(
  arrivals: readonly Arrival[],
  known: { anomalies?: readonly Anomaly[]; changes?: readonly Change[]; topology?: Topology } = {},
): Incident {
  const { anomalies = [], changes = [], topology = shop } = known;
  const correlator = createCorrelator();
  correlator.step({ t: T, alerts: [], suppressed: [], anomalies, changes, topology });
  let incidents: readonly Incident[] = [];
  for (const [at, labels] of arrivals) {
    const t = T + at * 1000;
    const alert = { labels, annotations: {}, startsAt: t, endsAt: undefined, generatorURL: '' };
    const alerts = [{ ...alert, fingerprint: fingerprint(labels) }];
    ({ incidents } = correlator.step({ t, alerts, suppressed: [], anomalies: [], changes: [], topology }));
  }
  expect(incidents).toHaveLength(1);
  return incidents[0]!;
}

const first = (incident: Incident) => incident.suspects[0]!;
const words = (incident: Incident) => first(incident).evidence.join('; ');

describe('a callee that only its callers complain of', () => {
  const stalled: readonly Arrival[] = [
    [0, of('catalog', 'HighErrorRate')],
    [0, calls('catalog', 'cache')],
    [2, of('checkout', 'HighErrorRate')],
    [2, calls('checkout', 'cache', 'DependencySlow')],
    [5, calls('frontend', 'catalog')],
    [5, of('frontend', 'HighLatencyP95')],
  ];

  it('is the cause when it is the deepest place that explains the others', () => {
    const incident = incidentOf(stalled);
    expect(first(incident).entity).toEqual({ service: 'cache' });
    expect(words(incident)).toContain(
      'calls from catalog and checkout to cache fail or are slow; cache itself calls nothing that is in trouble',
    );
  });

  it('is found without a graph, by the word of its callers', () => {
    const joined = stalled.filter(([, labels]) => labels.service === 'catalog');
    const incident = incidentOf(joined, { topology: { nodes: [], edges: [] } });
    expect(first(incident).entity).toEqual({ service: 'cache' });
  });

  it('stays behind its one complaining caller of several that was in trouble first', () => {
    const incident = incidentOf([
      [0, of('catalog', 'HighLatencyP95')],
      [90, calls('catalog', 'cache', 'DependencySlow')],
    ]);
    expect(first(incident).entity).toEqual({ service: 'catalog' });
    expect(incident.suspects[1]!.evidence).toContain(
      'of its 2 callers only catalog complains, and was in trouble before',
    );
  });

  it('stays behind a caller that burns its CPU, even as its only caller', () => {
    const lone = {
      nodes: [],
      edges: [
        { from: 'frontend', to: 'catalog' },
        { from: 'catalog', to: 'cache' },
      ],
    };
    const leak = incidentOf(
      [
        [0, ours({ service: 'catalog', instance: 'c:1' }, 'cpu')],
        [15, ours({ service: 'catalog', peer_service: 'cache' }, 'call_latency_p95')],
        [20, ours({ service: 'catalog' }, 'latency_p95')],
        [25, ours({ service: 'frontend', peer_service: 'catalog' }, 'call_latency_p95')],
      ],
      { topology: lone },
    );
    expect(leak.suspects.map(suspect => suspect.entity.service)).toEqual(['catalog', 'cache', 'frontend']);
    expect(first(leak).signal).toBe('cpu');
  });

  it('is only hinted at by metrics that no alert confirms', () => {
    const incident = incidentOf(
      [
        [0, of('checkout', 'HighErrorRate')],
        [5, of('frontend', 'HighErrorRate')],
      ],
      { anomalies: [anomaly({ service: 'checkout', peer_service: 'catalog' }, 'call_latency_p95', 4)] },
    );
    expect(first(incident).entity).toEqual({ service: 'checkout' });
    expect(incident.suspects.find(suspect => suspect.entity.service === 'catalog')?.evidence).toContain(
      'no alert says so: the calls to catalog deviate by little',
    );
  });
});

describe('a bad deploy', () => {
  const arrivals: readonly Arrival[] = [
    [0, calls('frontend', 'checkout')],
    [5, of('checkout', 'HighErrorRate')],
    [10, of('frontend', 'HighLatencyP95')],
    [40, ours({ service: 'catalog' }, 'traffic')],
  ];

  it('is one incident with its cause, though a callee is asked less than before', () => {
    const incident = incidentOf(arrivals);
    expect(first(incident).entity).toEqual({ service: 'checkout' });
    expect(incident.members[3]!.reason).toBe('catalog is called by checkout, which failed 35 s earlier');
    expect(incident.suspects.find(suspect => suspect.entity.service === 'catalog')?.evidence).toContain(
      'only its traffic changed, which comes from its callers',
    );
  });

  it('shows the change as evidence, and counts it', () => {
    const change = { t: T - 30_000, entity: { service: 'checkout' }, kind: 'deploy', text: '1.0.0 to 1.1.0' };
    const incident = incidentOf(arrivals, { changes: [change] });
    expect(words(incident)).toContain('deploy 30 s before: 1.0.0 to 1.1.0');
    expect(first(incident).score).toBeCloseTo(first(incidentOf(arrivals)).score + 0.3, 9);
  });

  it('does not take a wave of traffic long before for the first sign', () => {
    const incident = incidentOf([
      [0, ours({ service: 'catalog' }, 'traffic')],
      [60, of('catalog', 'HighErrorRate')],
      [60, calls('catalog', 'cache')],
    ]);
    expect(first(incident).entity).toEqual({ service: 'cache' });
    expect(words(incident)).toContain('DependencyErrors from catalog to cache was the first sign');
  });

  it('ignores changes elsewhere and changes that came after', () => {
    const elsewhere = { t: T - 30_000, entity: { service: 'search' }, kind: 'deploy', text: 'x' };
    const later = { t: T + 60_000, entity: { service: 'checkout' }, kind: 'deploy', text: 'x' };
    const incident = incidentOf(arrivals, { changes: [elsewhere, later] });
    expect(incident.suspects).toEqual(incidentOf(arrivals).suspects);
  });
});

describe('other evidence', () => {
  it('names the instance that is gone, by an alert or by up', () => {
    const down = of('checkout', 'InstanceDown', { instance: 'c:1' });
    const alerted = incidentOf([
      [0, of('frontend', 'HighErrorRate')],
      [5, down],
    ]);
    expect(first(alerted).entity).toEqual({ service: 'checkout' });
    expect(words(alerted)).toContain('InstanceDown says that c:1 of checkout is gone');
    const slow = of('checkout', 'InstanceSlow', { instance: 'c:1' });
    const notLost = incidentOf([
      [0, of('frontend', 'HighErrorRate')],
      [5, slow],
    ]);
    expect(first(alerted).score).toBeCloseTo(first(notLost).score + 0.2, 9);
    const seen = incidentOf([[0, of('checkout', 'HighErrorRate')]], {
      anomalies: [anomaly({ service: 'checkout', instance: 'c:1' }, 'up', 0)],
    });
    expect(words(seen)).toContain('up is 0: c:1 of checkout does not answer');
  });

  it('puts a place that only degraded behind the callee that changed state', () => {
    const incident = incidentOf([
      [0, of('checkout', 'HighLatencyP95')],
      [5, of('cache', 'MemHigh')],
    ]);
    expect(incident.suspects.map(suspect => suspect.entity.service)).toEqual(['cache', 'checkout']);
    const other = incidentOf([
      [0, of('checkout', 'CPUHigh')],
      [5, of('cache', 'MemHigh')],
    ]);
    expect(incident.suspects[1]!.score).toBeCloseTo(0.8 * other.suspects[1]!.score, 3);
  });

  it('tells the deviation with its range, and how odd it is', () => {
    const incident = incidentOf([[0, of('checkout', 'HighLatencyP95')]], {
      anomalies: [
        anomaly({ service: 'checkout' }, 'latency_p95', 9),
        anomaly({ service: 'search' }, 'latency_p95', 99),
      ],
    });
    expect(words(incident)).toContain('latency p95 is 9, expected 1 to 3, by chance 1 in 1 million');
    expect(words(incident)).not.toContain('99');
    expect(first(incident).signal).toBe('latency_p95');
  });

  it('keeps the deviations of the beginning while the incident lasts', () => {
    const incident = incidentOf(
      [
        [0, of('checkout', 'HighLatencyP95')],
        [100, of('checkout', 'HighErrorRate')],
      ],
      { anomalies: [anomaly({ service: 'checkout' }, 'latency_p95', 9)] },
    );
    expect(words(incident)).toContain('latency p95 is 9');
  });
});
