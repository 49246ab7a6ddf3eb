import { describe, expect, it } from 'vitest';
import type { IncidentFrames, KnownFrame, SignalMeaning } from '../../core/incident-frames.ts';
import { fingerprint, type Labels } from '../../core/labels.ts';
import type { CorrelationInput } from '../../core/pipeline.ts';
import { createRandom } from '../../core/random.ts';
import type { Topology } from '../../core/topology.ts';
import { correlatorFromBytes, createCorrelator } from '../../correlators/group.ts';

const T = Date.UTC(2026, 0, 1, 3);
const step = 15_000;
const minute = 60_000;

const shop: Topology = {
  nodes: [],
  edges: [
    { from: 'frontend', to: 'checkout' },
    { from: 'frontend', to: 'catalog' },
    { from: 'catalog', to: 'store' },
  ],
};

const meaning = (name: string, kind: SignalMeaning['spec']['kind']): SignalMeaning => ({
  spec: { name, kind, unit: 's', bad: 'high', floor: 0 },
});

/** An hour of quiet values before T, and `now` from then on. */
function frame(
  service: string,
  columns: readonly { readonly of: SignalMeaning; readonly usual: number; readonly now: number }[],
): KnownFrame {
  const random = createRandom(service.length);
  const t = Float64Array.from({ length: 252 }, (_, i) => T + (i - 240) * step);
  return {
    entity: { service },
    signals: columns.map(({ of }) => of.spec.name),
    meanings: columns.map(({ of }) => of),
    step,
    t,
    columns: columns.map(({ usual, now }) => t.map(at => (at < T ? usual : now) * (0.98 + 0.04 * random()))),
  };
}

const latency = (usual: number, now: number) => ({ of: meaning('latency_p95', 'latency'), usual, now });
const cpu = (usual: number, now: number) => ({ of: meaning('cpu', 'cpu'), usual, now });

const input = (t: number, more: Partial<CorrelationInput> = {}): CorrelationInput => ({
  t,
  alerts: [],
  suppressed: [],
  anomalies: [],
  changes: [],
  topology: shop,
  ...more,
});

function alertOf(labels: Labels, startsAt = T) {
  return {
    labels,
    annotations: {},
    startsAt,
    endsAt: undefined,
    generatorURL: '',
    fingerprint: fingerprint(labels),
  };
}

const slow = ['frontend', 'catalog'].map(service => alertOf({ alertname: 'HighLatency', service }));

describe('an incident asks for the metrics around its onset', () => {
  it('of what is in it, what that calls and what calls it, from an hour before the first alert', () => {
    const { wanted } = createCorrelator().step(input(T, { alerts: slow.slice(1) }));
    expect(wanted).toHaveLength(1);
    expect(wanted[0]).toMatchObject({ start: T - 60 * minute, end: T });
    expect([...wanted[0]!.names].sort()).toEqual(['catalog', 'frontend', 'store']);
  });

  it('at once and after a minute, again when it grows, and once more when it has settled', () => {
    const correlator = createCorrelator();
    const asks: number[] = [];
    for (let t = T; t < T + 15 * minute; t += step) {
      const alerts = t === T ? slow.slice(1) : t === T + 2 * minute ? slow.slice(0, 1) : [];
      const { wanted } = correlator.step(input(t, { alerts }));
      asks.push(...wanted.map(({ end }) => end - T));
    }
    expect(asks).toEqual([0, minute, 2 * minute, 5 * minute]);
  });
});

describe('metrics that came are evidence beside the alerts', () => {
  const frames = [
    frame('frontend', [latency(0.1, 0.5)]),
    frame('catalog', [latency(0.02, 0.4), cpu(0.2, 0.21)]),
    frame('checkout', [latency(0.03, 0.031)]),
    frame('store', [cpu(0.1, 0.95)]),
  ];
  const heard = (): IncidentFrames => ({ incident: '20260101T030000-1', frames });

  it('a place without any alert is named where its metrics explain the others, and says so', () => {
    const correlator = createCorrelator();
    const before = correlator.step(input(T, { alerts: slow })).incidents[0]!;
    expect(before.suspects.map(({ entity }) => entity.service)).not.toContain('store');
    const after = correlator.step(input(T + step, { frames: [heard()] })).incidents[0]!;
    const store = after.suspects.find(({ entity }) => entity.service === 'store')!;
    expect(after.suspects.indexOf(store)).toBe(0);
    expect(store.signal).toBe('cpu');
    expect(store.evidence.join('; ')).toContain(
      'the metrics around the onset speak for it most: cpu rose from',
    );
  });

  it('metrics in which nothing changed leave the ranking as it is', () => {
    const correlator = createCorrelator();
    const before = correlator.step(input(T, { alerts: slow })).incidents[0]!;
    const calm = [frame('frontend', [latency(0.1, 0.1)]), frame('catalog', [latency(0.02, 0.02)])];
    const read = [{ incident: before.id, frames: calm }];
    expect(correlator.step(input(T + step, { frames: read })).incidents[0]!.suspects).toEqual(
      before.suspects,
    );
  });

  it('of an incident that is over, or of none, change nothing', () => {
    const correlator = createCorrelator();
    const { suspects } = correlator.step(input(T, { alerts: slow })).incidents[0]!;
    const read = [
      { ...heard(), incident: 'another' },
      { incident: '20260101T030000-1', frames: [] },
    ];
    expect(correlator.step(input(T + step, { frames: read })).incidents[0]!.suspects).toEqual(suspects);
  });

  it('what they said lives over a restart, and they are asked for again', () => {
    const correlator = createCorrelator();
    correlator.step(input(T, { alerts: slow }));
    correlator.step(input(T + step, { frames: [heard()] }));
    const again = correlatorFromBytes(correlator.toBytes());
    const { wanted, incidents } = again.step(
      input(T + 2 * step, {
        alerts: [alertOf({ alertname: 'HighErrors', service: 'frontend' }, T + 2 * step)],
      }),
    );
    expect(wanted).toHaveLength(1);
    expect(incidents[0]!.suspects[0]!.entity).toEqual({ service: 'store' });
  });
});

describe('a change', () => {
  const deploy = { t: T - minute, entity: { service: 'catalog' }, kind: 'deploy', text: 'catalog 1.1.0' };

  it('that becomes known after the last alert ranks the suspects again', () => {
    const correlator = createCorrelator();
    correlator.step(input(T, { alerts: slow }));
    const { incidents } = correlator.step(input(T + 2 * minute, { changes: [deploy] }));
    const catalog = incidents[0]!.suspects.find(({ entity }) => entity.service === 'catalog')!;
    expect(catalog.evidence).toContain('deploy 1 min before: catalog 1.1.0');
  });

  it.each([
    ['of the callee', { service: 'catalog', namespace: 'shop' }, 'frontend'],
    ['of the whole namespace', { namespace: 'shop' }, 'catalog'],
    ['of another instance of that name elsewhere', { service: 'catalog', namespace: 'test' }, 'catalog'],
  ])('%s is none of the place itself', (_, entity, place) => {
    const alerts = [
      alertOf({ alertname: 'CallsSlow', service: 'frontend', peer_service: 'catalog', namespace: 'shop' }),
      alertOf({ alertname: 'HighLatency', service: 'catalog', namespace: 'shop' }),
    ];
    const correlator = createCorrelator();
    const { incidents } = correlator.step(input(T, { alerts, changes: [{ ...deploy, entity }] }));
    const suspect = incidents[0]!.suspects.find(each => each.entity.service === place)!;
    expect(suspect.evidence.join('; ')).not.toContain('deploy');
  });
});
