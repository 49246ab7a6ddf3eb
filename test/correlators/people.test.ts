import { describe, expect, it } from 'vitest';
import type { Alert } from '../../core/alert.ts';
import type { Reshaping } from '../../core/feedback.ts';
import { fingerprint } from '../../core/labels.ts';
import { reshape } from '../../core/reshape.ts';
import type { Topology } from '../../core/topology.ts';
import { type Correlator, correlatorFromBytes, createCorrelator } from '../../correlators/group.ts';

const second = 1000;
const T = Date.UTC(2026, 0, 1, 3);
const by = 'ann';

const shop: Topology = {
  nodes: [],
  edges: [
    { from: 'frontend', to: 'checkout' },
    { from: 'checkout', to: 'redis' },
    { from: 'mail', to: 'queue' },
  ],
};

function alertOf(service: string, name: string, at: number): Alert {
  const labels = { alertname: name, service, severity: 'critical' };
  return {
    labels,
    annotations: {},
    startsAt: T + at * second,
    endsAt: undefined,
    generatorURL: '',
    fingerprint: fingerprint(labels),
  };
}

interface Given {
  readonly alerts?: readonly Alert[];
  readonly reshaped?: readonly Reshaping[];
}

function at(correlator: Correlator, seconds: number, { alerts = [], reshaped = [] }: Given = {}) {
  const rest = { suppressed: [], anomalies: [], changes: [], topology: shop };
  return correlator.step({ t: T + seconds * second, alerts, reshaped, ...rest });
}

const restarted = (correlator: Correlator) => correlatorFromBytes(correlator.toBytes());
const whole = (correlator: Correlator) => correlator;
const servicesOf = ({ members }: { readonly members: readonly { readonly alert: Alert }[] }) =>
  members.map(({ alert }) => alert.labels.service);

describe.each([
  ['without a restart', whole],
  ['over a restart', restarted],
])('what people merged, %s', (_, over) => {
  const begun = () => {
    const correlator = createCorrelator();
    const opened = at(correlator, 0, { alerts: [alertOf('redis', 'Down', 0), alertOf('mail', 'Slow', 0)] });
    const [a, b] = opened.incidents.map(({ id }) => id);
    at(correlator, 40);
    const merge = { kind: 'merge' as const, incidents: [a!, b!], into: b!, at: T + 41 * second, by };
    const merged = at(correlator, 45, { reshaped: [merge] });
    return { correlator: over(correlator), a: a!, b: b!, merge, merged };
  };

  it('is one incident, which new alerts of either join', () => {
    const { correlator, b } = begun();
    const { incidents, opened } = at(correlator, 50, {
      alerts: [alertOf('checkout', 'Errors', 50), alertOf('queue', 'Lag', 50)],
    });
    expect(opened).toEqual([]);
    const open = incidents.filter(({ endsAt }) => endsAt === undefined);
    expect(open.map(({ id }) => id)).toEqual([b]);
    expect(servicesOf(open[0]!)).toEqual(['mail', 'redis', 'checkout', 'queue']);
  });

  it('is one with a third, too, that people merge with it when the one they see is over', () => {
    const { correlator, b } = begun();
    const third = at(correlator, 50, { alerts: [alertOf('queue', 'Gone', 50)] });
    expect(third.incidents).not.toEqual([]);
    const old = { kind: 'merge' as const, incidents: [b, 'over'], into: 'over', at: T + 51 * second, by };
    at(correlator, 52, { reshaped: [old] });
    const { incidents } = at(correlator, 55, { alerts: [alertOf('billing', 'Down', 55)] });
    const fresh = incidents.find(each => servicesOf(each).includes('billing'))!;
    const also = { ...old, incidents: ['over', fresh.id], at: T + 56 * second };
    const after = at(correlator, 57, { reshaped: [also] });
    const open = after.incidents.filter(({ endsAt }) => endsAt === undefined);
    expect(open).toHaveLength(1);
    expect(servicesOf(open[0]!)).toEqual(expect.arrayContaining(['mail', 'redis', 'billing']));
  });

  it('is shown once, and the page of the one that went is told to be over', () => {
    const { a, b, merge, merged } = begun();
    const gone = merged.incidents.find(({ id }) => id === a)!;
    expect(gone.notifications.at(-1)?.why).toBe(`merged into ${b}`);
    const shown = reshape(merged.incidents, [merge]);
    expect(shown.map(({ id }) => id)).toEqual([b]);
    expect(servicesOf(shown[0]!).sort()).toEqual(['mail', 'redis']);
    const lines = shown[0]!.timeline.map(({ what }) => what);
    expect(lines.filter(what => what.includes('Down on redis'))).toHaveLength(1);
  });
});

describe.each([
  ['without a restart', whole],
  ['over a restart', restarted],
])('what people split, %s', (_, over) => {
  const frontend = alertOf('frontend', 'Slow', 20);
  const begun = () => {
    const correlator = createCorrelator();
    at(correlator, 0, { alerts: [alertOf('redis', 'Down', 0)] });
    at(correlator, 10, { alerts: [alertOf('checkout', 'Errors', 10)] });
    const { incidents } = at(correlator, 20, { alerts: [frontend] });
    const id = incidents[0]!.id;
    at(correlator, 45);
    const made = `${id}.1`;
    const alerts = [frontend.fingerprint];
    const split = { kind: 'split' as const, incident: id, alerts, made, at: T + 46 * second, by };
    const after = at(correlator, 50, { reshaped: [split] });
    return { correlator: over(correlator), id, made, split, after };
  };

  it('is an incident of its own, told as such, and shown once', () => {
    const { after, id, made, split } = begun();
    const parts = new Map(after.incidents.map(each => [each.id, servicesOf(each)]));
    expect([...parts]).toEqual([
      [id, ['redis', 'checkout']],
      [made, ['frontend']],
    ]);
    expect(after.opened).toEqual([made]);
    const shown = reshape(after.incidents, [split]);
    expect(new Map(shown.map(each => [each.id, servicesOf(each)]))).toEqual(parts);
    expect(shown.find(each => each.id === made)!.notifications).toHaveLength(1);
  });

  it('stays apart: new alerts of either part join that part', () => {
    const { correlator, id, made } = begun();
    const { joined } = at(correlator, 60, {
      alerts: [alertOf('frontend', 'Errors', 60), alertOf('checkout', 'Slow', 60), frontend],
    });
    expect(new Map(joined.map(each => [each.alert.labels.service, each.incident]))).toEqual(
      new Map([
        ['frontend', made],
        ['checkout', id],
      ]),
    );
  });

  it('stays apart also when the part that was split off is over', () => {
    const { correlator, id } = begun();
    at(correlator, 60, { alerts: [{ ...frontend, endsAt: T + 60 * second }] });
    for (let s = 75; s < 400; s += 15) at(correlator, s);
    const late = alertOf('frontend', 'Errors', 400);
    const { joined, incidents } = at(correlator, 400, { alerts: [alertOf('checkout', 'Slow', 400), late] });
    expect(incidents.find(each => each.id === id)!.endsAt).toBeUndefined();
    expect(joined.find(({ alert }) => alert === late)!.incident).not.toBe(id);
  });

  it('may be put together again', () => {
    const { correlator, id, made } = begun();
    const merge = { kind: 'merge' as const, incidents: [id, made], into: id, at: T + 55 * second, by };
    at(correlator, 55, { reshaped: [merge] });
    const { joined } = at(correlator, 60, { alerts: [alertOf('frontend', 'Errors', 60)] });
    expect(joined[0]!.incident).toBe(id);
  });
});

describe('what people do again and again', () => {
  const hour = 3600;

  /** `times` incidents of checkout and frontend, an hour apart, of which a person splits the frontend off. */
  function taught(times: number): Correlator {
    const correlator = createCorrelator();
    for (let k = 0; k < times; k++) {
      const start = k * hour;
      const [cause, effect] = [alertOf('checkout', 'Errors', start), alertOf('frontend', 'Slow', start + 20)];
      const { incidents } = at(correlator, start, { alerts: [cause] });
      at(correlator, start + 20, { alerts: [effect] });
      const incident = incidents[0]!.id;
      const alerts = [effect.fingerprint];
      const split = { kind: 'split' as const, incident, alerts, made: `${incident}.1`, at: T, by };
      at(correlator, start + 30, { reshaped: [split] });
      const endsAt = T + (start + 60) * second;
      at(correlator, start + 60, { alerts: [cause, effect].map(each => ({ ...each, endsAt })) });
      for (let s = start + 90; s < start + 900; s += 30) at(correlator, s);
    }
    return restarted(correlator);
  }

  const incidentsAfter = (correlator: Correlator) => {
    const start = 10 * hour;
    at(correlator, start, { alerts: [alertOf('checkout', 'Errors', start)] });
    return at(correlator, start + 20, { alerts: [alertOf('frontend', 'Slow', start + 20)] }).incidents.length;
  };

  it('is learned: places that are always split apart are one incident no longer, and others still are', () => {
    expect(incidentsAfter(taught(0))).toBe(1);
    expect(incidentsAfter(taught(6))).toBe(2);
  });
});
