import { describe, expect, it } from 'vitest';
import { anomalyEvent, eventDocument, incidentEvents, readEvent, writeEvent } from '../../core/event.ts';
import type { Incident } from '../../core/incident.ts';

const start = Date.parse('2026-11-30T12:00:00Z');

const incident: Incident = {
  id: 'i-1',
  startsAt: start,
  endsAt: start + 60_000,
  members: [],
  suspects: [{ entity: { service: 'payments', host: 'a' }, signal: 'errors', score: 0.9, evidence: [] }],
  escalation: undefined,
  timeline: [],
  notifications: [
    { at: start, why: 'errors' },
    { at: start + 60_000, why: 'over' },
  ],
};

describe("foreshock's own events", () => {
  it('keep their ids when an incident is told further', () => {
    const open = { ...incident, endsAt: undefined, notifications: incident.notifications.slice(0, 1) };
    expect(incidentEvents(incident)[0]).toMatchObject({
      id: incidentEvents(open)[0]!.id,
      action: 'incident-opened',
    });
    expect(incidentEvents(incident, 1).map(({ action }) => action)).toEqual(['incident-resolved']);
  });

  it('stand in the fields of the Elastic Common Schema', () => {
    expect(eventDocument(incidentEvents(incident)[1]!)).toMatchObject({
      '@timestamp': '2026-11-30T12:01:00.000Z',
      message: 'over',
      event: { kind: 'alert', type: ['end'], action: 'incident-resolved', dataset: 'foreshock.incident' },
      service: { name: 'payments' },
      host: { name: 'a' },
      labels: { service: 'payments', host: 'a' },
      foreshock: { incident: { id: 'i-1', ends_at: '2026-11-30T12:01:00.000Z' } },
    });
  });

  it('come back from the store as they went, a number that is none as null', () => {
    const event = anomalyEvent({
      class: 'node/host',
      entity: { host: 'a' },
      t: start,
      score: Number.NaN,
      p: 0.001,
      shares: [],
      band: undefined,
      worst: undefined,
      state: 'watching',
      reason: 'cpu is high',
    });
    const again = readEvent(writeEvent(event));
    expect(again).toMatchObject({ id: event.id, key: 'node/host/{host="a"}', kind: 'anomaly' });
    expect(again.details).toMatchObject({ score: null, p: 0.001 });
    expect(() => readEvent('{"id":1}')).toThrow();
  });
});
