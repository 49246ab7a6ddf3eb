import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { createIncidentStore } from '../../cli/incident-store.ts';
import type { Incident } from '../../core/incident.ts';
import { openStore } from '../../store/sqlite.ts';
import { firing } from '../alerts/alerts.ts';
import { foreshock, temporaryFolder } from './command.ts';

const labels = { alertname: 'ForeshockAnomaly', class: 'service/service', service: 'checkout' };
const open: Incident = {
  id: '20261124T072045-1',
  startsAt: 1000,
  endsAt: undefined,
  members: [{ alert: firing(labels), reason: 'it opened the incident' }],
  suspects: [{ entity: { service: 'checkout' }, signal: 'error_ratio', score: 1, evidence: ['first'] }],
  escalation: undefined,
  timeline: [
    { at: 500, what: 'image of cart: v1 to v2', kind: 'change' },
    { at: 1000, what: 'began' },
  ],
  notifications: [{ at: 1000, why: 'opened' }],
};

it('incidents are there after a restart as they were, until they are too old', () => {
  const dir = temporaryFolder();
  const store = openStore(dir);
  createIncidentStore(store.values('incidents')).keep([
    open,
    { ...open, id: 'b', startsAt: 500, endsAt: 900 },
  ]);
  store.close();
  const again = openStore(dir);
  const incidents = createIncidentStore(again.values('incidents'));
  expect(incidents.read()).toEqual([{ ...open, id: 'b', startsAt: 500, endsAt: 900 }, open]);
  incidents.expire(901);
  expect(incidents.read()).toEqual([open]);
  again.close();
});

it('one that cannot be read is left out, the others are there', () => {
  const store = openStore(':memory:');
  const values = store.values('incidents');
  values.set('broken', new TextEncoder().encode('{"id":'));
  createIncidentStore(values).keep([open]);
  expect(createIncidentStore(values).read()).toEqual([open]);
  store.close();
});

it('dashboards build writes one dashboard a stored incident, also while the daemon holds the store', () => {
  const dir = temporaryFolder();
  const config = path.join(dir, 'foreshock.yaml');
  const state = path.join(dir, 'state');
  writeFileSync(
    config,
    `prometheus: {url: "http://127.0.0.1:9090"}\npacks: [service]\nstorage: {path: "${state}"}\n`,
  );
  const store = openStore(state);
  createIncidentStore(store.values('incidents')).keep([open]);
  const { code, stdout, stderr } = foreshock([
    'dashboards',
    'build',
    '--config',
    config,
    '--out',
    dir,
    '--dry-run',
  ]);
  store.close();
  expect(code, stderr).toBe(0);
  expect(stdout).toContain(`new dashboards/foreshock/foreshock-incident-${open.id}.json`);
});
