import { describe, expect, it } from 'vitest';
import { filterIncidents, readFilter } from '../../server/incident-filter.ts';
import type { IncidentView } from '../../server/model.ts';
import { began, checkoutIncident } from './checkout-incident.ts';

const minute = 60_000;

/** One that began half an hour earlier on another service, and ended after ten minutes. */
function mailIncident(): IncidentView {
  const view = checkoutIncident();
  const startsAt = began - 30 * minute;
  const [member] = view.incident.members;
  const labels = { alertname: 'QueueLong', service: 'mail', severity: 'warning' };
  return {
    ...view,
    title: 'mail: queue is long',
    affected: ['mail'],
    feedback: { acknowledged: undefined, verdict: undefined, notes: [] },
    incident: {
      ...view.incident,
      id: 'mail-0935',
      startsAt,
      endsAt: startsAt + 10 * minute,
      members: [{ ...member!, alert: { ...member!.alert, labels } }],
      suspects: [],
      timeline: [],
    },
  };
}

const views = [checkoutIncident(), mailIncident()];

/** The ids that a URL with this search shows, and what was passed over. */
function asked(search: string) {
  const { views: shown, faults } = filterIncidents(views, readFilter(new URLSearchParams(search)));
  return { ids: shown.map(({ incident }) => incident.id), faults };
}

describe('the filter of incidents', () => {
  it.each([
    ['', ['checkout-1005', 'mail-0935']],
    ['state=&service=&severity=&since=&until=&text=', ['checkout-1005', 'mail-0935']],
    ['state=open', ['checkout-1005']],
    ['state=ended', ['mail-0935']],
    ['service=Frontend', ['checkout-1005']],
    ['service=front', []],
    ['severity=warning', ['mail-0935']],
    ['severity=critical&service=mail', []],
  ])('%s shows %j', (search, ids) => {
    expect(asked(search)).toEqual({ ids, faults: [] });
  });

  it.each([
    ['since=2026-03-01T09:46', ['checkout-1005']],
    ['since=2026-03-01T09:45', ['checkout-1005', 'mail-0935']],
    ['until=2026-03-01T10:04', ['mail-0935']],
    ['until=2026-03-01T10:05:00', ['checkout-1005', 'mail-0935']],
    ['since=2026-03-01T09:50&until=2026-03-01T10:00', []],
    ['since=2026-03-02', ['checkout-1005']],
  ])('%s shows what lasted at some moment of it: %j', (search, ids) => {
    expect(asked(search)).toEqual({ ids, faults: [] });
  });

  it.each([
    ['the title', 'queue LONG', ['mail-0935']],
    ['the name of an alert', 'latencyhigh', ['checkout-1005']],
    ['evidence', '1m before checkout', ['checkout-1005']],
    ['a change', 'v41', ['checkout-1005']],
    ['what people wrote', 'deploy suspicious', ['checkout-1005']],
    ['nothing, when one word is missing', 'queue checkout', []],
  ])('words are found in %s', (_where, text, ids) => {
    expect(asked(new URLSearchParams({ text }).toString()).ids).toEqual(ids);
  });

  it('what is not understood is said and passed over', () => {
    const { ids, faults } = asked('state=closed&since=yesterday&until=2026-02-31T10:00');
    expect(ids).toHaveLength(2);
    expect(faults).toEqual([
      'state "closed" is unknown: open and ended are there',
      'since "yesterday" is no time: write it like 2026-03-01T10:05, in UTC',
      'until "2026-02-31T10:00" is no time: write it like 2026-03-01T10:05, in UTC',
    ]);
  });
});
