import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FeedbackDesk } from '../../cli/feedback.ts';
import { createFeedbackBook } from '../../cli/feedback-book.ts';
import type { Incident } from '../../core/incident.ts';
import { reshape } from '../../core/reshape.ts';
import { openStore } from '../../store/sqlite.ts';
import { firing } from '../alerts/alerts.ts';

const ids = ['a', 'b', 'c', 'd'];

function incident(id: string, alerts: number, k: number): Incident {
  const members = Array.from({ length: alerts }, (_, n) => ({
    reason: 'near',
    alert: { ...firing({ alertname: 'Slow', service: `${id}${n}` }), fingerprint: `${id}${n}` },
  }));
  return {
    id,
    startsAt: 1000 * k,
    endsAt: k === 0 ? 9000 : undefined,
    members,
    suspects: [{ entity: { service: `${id}0` }, signal: 'latency', score: 1, evidence: [] }],
    escalation: undefined,
    timeline: [{ at: 1000 * k, what: `${id} began` }],
    notifications: [{ at: 1000 * k, why: 'opened' }],
  };
}

const incidents = ids.map((id, k) => incident(id, 3, k));
const alertsOf = (all: readonly Incident[]) =>
  all.flatMap(({ members }) => members.map(({ alert }) => alert.fingerprint));

it('whatever people merge and split, in whatever order, each alert is shown in one incident', () => {
  const some = fc.subarray(ids, { minLength: 2 });
  const deed = fc.oneof(
    fc.record({ kind: fc.constant('merge' as const), ids: some }),
    fc.record({
      kind: fc.constant('split' as const),
      of: fc.nat(),
      picks: fc.array(fc.nat(), { minLength: 1 }),
    }),
  );
  const store = openStore(':memory:');
  let n = 0;
  fc.assert(
    fc.property(fc.array(deed, { maxLength: 8 }), deeds => {
      const book = createFeedbackBook(store.values(`feedback${n++}`));
      const desk = new FeedbackDesk({
        book,
        incidents: () => incidents,
        audit: () => undefined,
        transaction: body => body(),
        clock: () => 10_000,
      });
      for (const each of deeds) {
        const shown = reshape(incidents, book.records());
        if (each.kind === 'merge') desk.give({ kind: 'merge', body: { by: 'ann', ids: each.ids } });
        else {
          const { id, members } = shown[each.of % shown.length]!;
          const alerts = each.picks.map(pick => members[pick % members.length]?.alert.fingerprint ?? 'none');
          desk.give({ kind: 'split', incident: id, body: { by: 'ann', alerts } });
        }
      }
      const shown = reshape(incidents, book.records());
      expect(alertsOf(shown).sort()).toEqual(alertsOf(incidents).sort());
      expect(new Set(shown.map(({ id }) => id)).size).toBe(shown.length);
    }),
  );
  store.close();
});

const by = 'ann';

it('an incident that ended stays ended until it is merged into one that is open', () => {
  const merge = { kind: 'merge' as const, incidents: ['a', 'b'], into: 'a', at: 5000, by };
  const [merged] = reshape(incidents.slice(0, 2), [merge]);
  expect(merged).toMatchObject({ id: 'a', startsAt: 0, endsAt: undefined });
  expect(merged?.notifications).toHaveLength(2);
});

it('an alert that the correlator adds later is shown where people have put its incident', () => {
  const merge = { kind: 'merge' as const, incidents: ['b', 'c'], into: 'b', at: 5000, by };
  const grown = incidents.map(each => (each.id === 'c' ? incident('c', 4, 2) : each));
  const shown = reshape(grown, [merge]);
  expect(alertsOf(shown.filter(({ id }) => id === 'b'))).toContain('c3');
});

it('suspects go with their alerts when these are split off', () => {
  const split = { kind: 'split' as const, incident: 'b', alerts: ['b0'], made: 'b.1', at: 5000, by };
  const shown = reshape(incidents, [split]);
  const of = (id: string) => shown.find(each => each.id === id);
  expect(of('b.1')?.suspects.map(({ entity }) => entity)).toEqual([{ service: 'b0' }]);
  expect(of('b')?.suspects).toEqual([]);
  expect(of('b')?.timeline.at(-1)?.what).toBe('ann split 1 alert off as b.1');
});

it('incidents that nobody touched stay the same', () => {
  const split = { kind: 'split' as const, incident: 'b', alerts: ['b0'], made: 'b.1', at: 5000, by };
  expect(reshape(incidents, [])).toBe(incidents);
  expect(reshape(incidents, [split])[0]).toBe(incidents[0]);
});
