import { expect, it } from 'vitest';
import { createSelfAlerts, type Trouble } from '../../cli/self-alerts.ts';

const blind = (since: number | undefined): Trouble => ({
  alertname: 'ForeshockSourceDown',
  labels: { source: 'prometheus' },
  severity: 'critical',
  summary: 'blind',
  since,
});

const us = { url: 'http://us', externalLabels: { cluster: 'eu', severity: 'none' } };

it('tells a beginning once and its end under the same identity, over a restart between them', () => {
  const before = createSelfAlerts(us);
  const [begun] = before.step(2000, [blind(1000)]);
  expect(begun).toMatchObject({ status: 'firing', alert: { startsAt: 1000 } });
  expect(begun?.alert.labels).toMatchObject({ cluster: 'eu', source: 'prometheus', severity: 'critical' });
  const after = createSelfAlerts(us, before.toBytes());
  expect(after.step(3000, [blind(3000)])).toEqual([]);
  const [ended, ...rest] = after.step(4000, [blind(undefined)]);
  expect(rest).toEqual([]);
  expect(ended).toMatchObject({ status: 'resolved', alert: { startsAt: 1000, endsAt: 4000 } });
  expect(ended?.alert.fingerprint).toBe(begun?.alert.fingerprint);
});

it('ends the trouble of a receiver that left the config', () => {
  const alerts = createSelfAlerts(us);
  alerts.step(1000, [blind(1000)]);
  expect(alerts.step(2000, []).map(told => told.status)).toEqual(['resolved']);
});

it('links to our own page of the alert, or to where the config says', () => {
  const linked = (links: { url: string; runbooks?: string }) =>
    createSelfAlerts({ ...us, ...links }).step(1, [blind(1)])[0]?.alert.annotations.runbook_url;
  expect(linked({ url: 'http://us/' })).toBe('http://us/runbooks/ForeshockSourceDown');
  expect(linked({ url: 'http://us', runbooks: 'https://wiki/{alert}.md' })).toBe(
    'https://wiki/ForeshockSourceDown.md',
  );
});
