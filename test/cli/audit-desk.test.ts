import { beforeEach, expect, it } from 'vitest';
import { AuditDesk } from '../../cli/audit-desk.ts';
import type { OwnEvent } from '../../core/event.ts';
import type { PassResult } from '../../core/pipeline.ts';
import type { Store } from '../../core/store.ts';
import { openStore } from '../../store/sqlite.ts';
import { firing } from '../alerts/alerts.ts';

let store: Store;
let queued: OwnEvent[];
let desk: AuditDesk;
beforeEach(() => {
  store = openStore(':memory:');
  queued = [];
  desk = deskOf(store);
});

const deskOf = (of: Store) =>
  new AuditDesk(of, { enqueue: events => void queued.push(...events) }, () => 5000);
const alert = firing({ alertname: 'ForeshockIncident', incident: 'a-1' });
const quiet: PassResult = { t: 1000, alerts: [], suppressed: [], incidents: [], notifications: [] };
const held = (by: string) => ({ alert, by });
const deeds = () =>
  store.audit.after(1, 100).map(({ at, actor, action, message }) => `${at} ${actor} ${action}: ${message}`);

it('a pass writes down whom it decided to tell, and what changed there', () => {
  const told = { ...alert, annotations: { change: 'opened: 1 alert', severity_now: 'warning' } };
  desk.pass({ ...quiet, notifications: [{ key: 'k', status: 'firing', alert: told }] });
  expect(deeds()).toEqual(['1000 foreshock incident-told: incident a-1: opened: 1 alert']);
});

it('a rule that holds alerts back is written down when it begins and when it ends, over a restart too', () => {
  desk.pass({ ...quiet, suppressed: [held('maintenance'), held('maintenance'), held('mute')] });
  desk.pass({ ...quiet, t: 2000, suppressed: [held('maintenance')] });
  desk = deskOf(store);
  desk.pass({ ...quiet, t: 3000, suppressed: [held('maintenance')] });
  desk.pass({ ...quiet, t: 4000 });
  expect(deeds()).toEqual([
    '1000 foreshock suppression-began: 2 alerts held back by maintenance',
    '1000 foreshock suppression-began: 1 alert held back by mute',
    '2000 foreshock suppression-ended: nothing is held back any more by mute',
    '4000 foreshock suppression-ended: nothing is held back any more by maintenance',
  ]);
});

it('what a receiver took is written down', () => {
  desk.delivered('pager', [{ key: 'k', status: 'resolved', alert }]);
  expect(deeds()).toEqual(['5000 foreshock notification-sent: pager was told: ForeshockIncident resolved']);
});

it('every entry is handed to the sinks once, also what a command wrote meanwhile', () => {
  desk.note({ action: 'foreshock-started', message: 'began' });
  desk.forward();
  store.audit.append([{ at: 6000, actor: 'ann', action: 'model-rolled-back', message: 'back' }]);
  desk = deskOf(store);
  desk.forward();
  desk.forward();
  expect(queued.map(({ kind, action }) => `${kind} ${action}`)).toEqual([
    'audit audit-key-made',
    'audit foreshock-started',
    'audit model-rolled-back',
  ]);
  expect(queued.at(-1)?.details).toMatchObject({ number: 3, actor: 'ann' });
});
