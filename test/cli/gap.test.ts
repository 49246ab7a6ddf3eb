import { expect, it } from 'vitest';
import { pieceEnds, worthTelling } from '../../cli/gap.ts';
import type { Incident } from '../../core/incident.ts';
import type { PassResult } from '../../core/pipeline.ts';
import type { Notification } from '../../core/receiver.ts';

const incident = (id: string, told: number, endsAt?: number): Incident => ({
  id,
  startsAt: told - 5,
  endsAt,
  members: [],
  suspects: [],
  escalation: undefined,
  timeline: [],
  notifications: [{ at: told, why: 'opened' }],
});

const tell = (id: string, status: Notification['status'], key: string): Notification => ({
  key,
  status,
  alert: {
    labels: { incident: id },
    annotations: {},
    startsAt: 0,
    endsAt: undefined,
    generatorURL: '',
    fingerprint: id,
  },
});

const pass = (t: number, incidents: Incident[], notifications: Notification[]): PassResult => ({
  t,
  alerts: [],
  suppressed: [],
  incidents,
  notifications,
});

it('does not tell of an incident that began and ended while nobody looked', () => {
  const passes = [
    pass(110, [incident('i1', 110)], [tell('i1', 'firing', 'a')]),
    pass(120, [incident('i1', 110, 120)], [tell('i1', 'resolved', 'b')]),
    pass(130, [], []),
  ];
  const { told, over } = worthTelling(passes, 100);
  expect(told).toEqual([]);
  expect(over.map(each => each.id)).toEqual(['i1']);
});

it('tells the end of an incident that people know of', () => {
  const passes = [pass(110, [incident('i1', 90, 110)], [tell('i1', 'resolved', 'b')]), pass(120, [], [])];
  expect(worthTelling(passes, 100).told.map(each => each.status)).toEqual(['resolved']);
});

it('tells only the newest state of an incident that is still open', () => {
  const passes = [
    pass(110, [incident('i1', 110)], [tell('i1', 'firing', 'a')]),
    pass(120, [incident('i1', 110)], [tell('i1', 'firing', 'b')]),
  ];
  expect(worthTelling(passes, 100).told.map(each => each.key)).toEqual(['b']);
});

it('tells all of a single pass', () => {
  const one = pass(110, [incident('i1', 110, 110)], [tell('i1', 'firing', 'a'), tell('i1', 'resolved', 'b')]);
  expect(worthTelling([one], 100).told).toHaveLength(2);
});

it('cuts a gap into pieces that fit into memory, the last one ending now', () => {
  const step = 15_000;
  const hours = 6 * 3_600_000;
  expect(pieceEnds({ from: 0, to: step, step }, 100)).toEqual([step]);
  expect(pieceEnds({ from: 0, to: hours, step }, 100)).toEqual([hours]);
  const large = pieceEnds({ from: 0, to: hours, step }, 100_000);
  expect(large.at(-1)).toBe(hours);
  expect(large[0]).toBe(80 * step);
  expect(large).toHaveLength(18);
});

it('pages for an incident that opened and grew graver in the gap: the newest state is the first that people hear', () => {
  const as = (notification: string, key: string): Notification => {
    const told = tell('i1', 'firing', key);
    return { ...told, alert: { ...told.alert, annotations: { notification } } };
  };
  const said = (...told: Notification[]) =>
    worthTelling(
      told.map((one, k) => pass(110 + k, [incident('i1', 110)], [one])),
      100,
    ).told.map(each => each.alert.annotations.notification);
  expect(said(as('opened', 'a'), as('updated', 'b'))).toEqual(['opened']);
  expect(said(as('updated', 'a'), as('updated', 'b'))).toEqual(['updated']);
});
