import { expect, it } from 'vitest';
import { namedBy, RealisedRate } from '../../cli/realised-rate.ts';
import type { Incident } from '../../core/incident.ts';

function incident(more: Partial<Incident>): Incident {
  const labels = { service: 'web', class: 'service/service', severity: 'warning' };
  const alert = {
    labels,
    annotations: {},
    startsAt: 0,
    endsAt: undefined,
    generatorURL: '',
    fingerprint: '',
  };
  return {
    id: '1',
    startsAt: 0,
    endsAt: undefined,
    members: [{ alert, reason: 'it opened the incident' }],
    suspects: [{ entity: { instance: 'db-1' }, signal: 'cpu', score: 1, evidence: [] }],
    escalation: undefined,
    timeline: [],
    notifications: [{ at: 0, why: 'opened' }],
    ...more,
  };
}

it('counts what is flagged outside of incidents that paged, of what is judged there', () => {
  const rate = new RealisedRate();
  expect(rate.rate).toBeUndefined();
  rate.saw(10, [{ service: 'web' }, { service: 'cart' }]);
  rate.settle(namedBy([incident({})]));
  expect(rate.rate).toBe(1 / 9);
  rate.saw(1, []);
  rate.settle(namedBy([]));
  rate.settle(namedBy([]));
  expect(rate.rate).toBe(1 / 10);
});

it('takes members and suspects for named, and an incident that nobody was told of for none', () => {
  expect(namedBy([incident({})])({ service: 'web' })).toBe(true);
  expect(namedBy([incident({})])({ service: 'web', region: 'eu' })).toBe(false);
  expect(namedBy([incident({})])({ instance: 'db-1', job: 'db' })).toBe(true);
  expect(namedBy([incident({ notifications: [] })])({ service: 'web' })).toBe(false);
});
