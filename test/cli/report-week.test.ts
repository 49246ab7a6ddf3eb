import { expect, it } from 'vitest';
import { createFeedbackBook } from '../../cli/feedback-book.ts';
import { createIncidentStore } from '../../cli/incident-store.ts';
import { weekOf } from '../../cli/report-week.ts';
import type { Incident } from '../../core/incident.ts';
import { openStore } from '../../store/sqlite.ts';

const day = 86_400_000;
const madeAt = Date.UTC(2026, 10, 30, 7);

/** An incident that began so many days ago, with an alert each hour from then on, told at its begin and at its end. */
function incidentOf(id: string, daysAgo: number, how: { alerts: number; open?: true }): Incident {
  const startsAt = madeAt - daysAgo * day;
  const members = Array.from({ length: how.alerts }, (_, k) => ({
    alert: {
      labels: { alertname: 'Slow', service: id },
      annotations: {},
      startsAt: startsAt + k * 3_600_000,
      endsAt: undefined,
      generatorURL: '',
      fingerprint: `${id}${k}`,
    },
    reason: '',
  }));
  const endsAt = how.open ? undefined : startsAt + 4 * 3_600_000;
  const ends = endsAt === undefined ? [] : [{ at: endsAt, why: 'resolved' }];
  return {
    ...{ id, startsAt, endsAt, members },
    suspects: [{ entity: { service: id }, signal: 'cpu_used', score: 1, evidence: [] }],
    escalation: undefined,
    timeline: [],
    notifications: [{ at: startsAt, why: 'opened' }, ...ends],
  };
}

it('tells the incidents of the week with what people said, and what became of the alerts beside the week before', () => {
  const store = openStore(':memory:');
  createIncidentStore(store.values('incidents')).keep([
    incidentOf('old', 12, { alerts: 5 }),
    incidentOf('new', 3, { alerts: 4 }),
    incidentOf('open', 1, { alerts: 1, open: true }),
    incidentOf('later', -1, { alerts: 9 }),
  ]);
  createFeedbackBook(store.values('feedback')).add({
    kind: 'confirm',
    incident: 'new',
    at: madeAt,
    by: 'Ada',
  });
  const week = weekOf(table => store.values(table).entries(), { madeAt, back: 7 * day });
  expect(week.noise).toEqual({ alerts: 5, incidents: 2, notifications: 2 });
  expect(week.noiseBefore).toEqual({ alerts: 5, incidents: 1, notifications: 1 });
  expect(
    week.incidents.map(({ id, title, alerts, notifications, real }) => ({
      id,
      title,
      alerts,
      notifications,
      real,
    })),
  ).toEqual([
    { id: 'open', title: 'open: cpu used', alerts: 1, notifications: 1, real: undefined },
    { id: 'new', title: 'new: cpu used', alerts: 4, notifications: 1, real: true },
  ]);
});

it('says nothing of a week before that is not kept', () => {
  const store = openStore(':memory:');
  createIncidentStore(store.values('incidents')).keep([incidentOf('new', 3, { alerts: 1 })]);
  expect(
    weekOf(table => store.values(table).entries(), { madeAt, back: 7 * day }).noiseBefore,
  ).toBeUndefined();
});
