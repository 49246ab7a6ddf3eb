import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { DashboardDesk, type DashboardEvent } from '../../cli/dashboard-desk.ts';
import { incidentDashboards } from '../../cli/dashboard-files.ts';
import { createFolderTarget, createGrafanaTarget } from '../../cli/dashboard-targets.ts';
import { connectGrafana } from '../../cli/grafana-access.ts';
import { GrafanaMarks } from '../../cli/grafana-marks.ts';
import { JobLane } from '../../cli/job-lane.ts';
import { configSchema } from '../../config/schema.ts';
import type { Incident } from '../../core/incident.ts';
import type { Store } from '../../core/store.ts';
import { openStore } from '../../store/sqlite.ts';
import { createDocumentedGrafana, type DocumentedGrafana } from '../integration/documented-grafana.ts';
import { until } from '../integration/loopback-server.ts';
import { checkoutIncident } from '../server/checkout-incident.ts';
import { temporaryFolder } from './command.ts';

const { incident } = checkoutIncident();
const uid = 'foreshock-incident-checkout-1005';
const withoutSuspects: Incident = { ...incident, suspects: [] };
const over: Incident = { ...incident, endsAt: incident.startsAt + 600_000 };
const deploy = {
  t: incident.startsAt,
  entity: { service: 'payment' },
  kind: 'deploy',
  text: 'v2 <b>now</b>',
};

describe('the dashboards of incidents', () => {
  let server: DocumentedGrafana;
  let store: Store;
  let folder: string;
  let events: DashboardEvent[];
  let time: number;
  beforeEach(async () => {
    server = await createDocumentedGrafana();
    store = openStore(':memory:');
    folder = temporaryFolder();
    events = [];
    time = incident.startsAt;
  });
  afterEach(async () => {
    await server.close();
    store.close();
  });

  /** A desk that runs until the test ends, or until it is stopped. */
  function desk(incidents: object = {}, current = (id: string): Incident => ({ ...incident, id })) {
    const push = { url: server.url, authorization: { credentials: 'good-token' }, timeout: '30s' };
    const { dashboards } = configSchema.parse({ packs: ['node'], dashboards: { push, incidents } });
    const block = dashboards!;
    const access = connectGrafana(block.push!);
    const lane = () => new JobLane({ clock: () => time, random: () => 1, observe: () => undefined });
    const [toFolder, toGrafana] = [lane(), lane()];
    const { grafana } = access;
    const made = new DashboardDesk({
      routes: [
        { target: createFolderTarget(folder), lane: toFolder },
        {
          target: createGrafanaTarget(grafana, block.push!, store.values('grafana-dashboards')),
          lane: toGrafana,
        },
      ],
      marks: new GrafanaMarks({ lane: toGrafana, grafana, records: store.values('grafana-annotations') }),
      policy: block.incidents,
      build: each => incidentDashboards([], [each], { url: 'http://page', has: () => true })[0]!,
      fleet: () => [],
      pageOf: id => `http://page/incidents/${id}`,
      current,
      emitted: store.values('dashboards'),
      clock: () => time,
      observe: event => events.push(event),
    });
    const stop = new AbortController();
    const running = made.run(stop.signal);
    const end = async () => {
      stop.abort();
      await running;
    };
    onTestFinished(async () => {
      await end();
      await access.close();
    });
    return { made, end };
  }

  const file = () => path.join(folder, 'dashboards/foreshock', `${uid}.json`);
  const told = (outcome: string, { times = 1, target = 'grafana' } = {}) =>
    events.filter(event => event.outcome === outcome && event.target === target).length >= times;
  const saves = () => server.calls.filter(({ path: asked }) => asked === '/api/dashboards/db').length;

  it('one opens: it is in the folder and in Grafana, with its marks', async () => {
    const { made } = desk();
    made.show([incident], [deploy]);
    await until('both have it, and the marks', () => told('written') && server.annotations.size === 2);
    expect(server.dashboards.get(uid)).toMatchObject({ version: 1, folderUid: 'foreshock' });
    expect(JSON.parse(readFileSync(file(), 'utf8')).uid).toBe(uid);
    expect(events.map(({ target, delay }) => ({ target, delay }))).toEqual([
      { target: 'folder', delay: 0 },
      { target: 'grafana', delay: 0 },
    ]);
    const texts = [...server.annotations.values()].map(({ text }) => text);
    expect(texts).toContain('payment: deploy: v2 &lt;b&gt;now&lt;/b&gt;');
    expect(texts).toContain(
      'Incident checkout-1005: 3 alerts on payment, checkout and frontend <a href="http://page/incidents/checkout-1005">Incident page</a>',
    );
  });

  it('as it grows it is written again, but not more often than the interval; the same is not written', async () => {
    const { made } = desk({ update_interval: '30s' });
    made.show([withoutSuspects], []);
    await until('it is there', () => told('written'));
    time += 15_000;
    made.show([incident], []);
    time += 15_000;
    made.show([incident], []);
    await until('it is written again', () => told('written', { times: 2 }));
    expect(server.dashboards.get(uid)?.version).toBe(2);
    time += 30_000;
    made.show([incident], []);
    await until('it is looked at', () => told('unchanged'));
    expect(saves()).toBe(2);
  });

  it('its end is written at once, and ends its mark', async () => {
    const { made } = desk();
    made.show([incident], []);
    await until('it is there', () => server.annotations.size === 1 && told('written'));
    made.show([over], []);
    await until('its end is there', () => told('written', { times: 2 }));
    await until('its mark has an end', () => [...server.annotations.values()][0]?.timeEnd === over.endsAt);
    expect(server.annotations.size).toBe(1);
  });

  it('a restart writes nothing twice and makes no mark again', async () => {
    const first = desk();
    first.made.show([incident], [deploy]);
    await until('it is there', () => server.annotations.size === 2 && told('written'));
    await first.end();
    const asked = server.calls.length;
    const second = desk();
    second.made.show([incident], [deploy]);
    await until('it is looked at', () => told('unchanged') && told('unchanged', { target: 'folder' }));
    expect(server.calls.length).toBe(asked);
  });

  it('records that are damaged are as good as none', async () => {
    const damaged = new TextEncoder().encode('{"torn');
    for (const table of ['dashboards', 'grafana-dashboards', 'grafana-annotations'])
      for (const key of [uid, 'x']) store.values(table).set(key, damaged);
    const { made } = desk();
    made.show([incident], []);
    await until('it is there', () => told('written') && server.annotations.size === 1);
  });

  it('what a person changed or deleted is left to them, in Grafana and in the folder', async () => {
    const { made } = desk();
    made.show([withoutSuspects], []);
    await until('it is there', () => told('written') && told('written', { target: 'folder' }));
    server.editByHand(uid, { title: 'Mine' });
    writeFileSync(file(), '{"mine":true}');
    time += 60_000;
    made.show([incident], []);
    await until('it is left', () => told('left') && told('left', { target: 'folder' }));
    server.dashboards.delete(uid);
    time += 60_000;
    made.show([{ ...over, suspects: [] }], []);
    await until('it is left again', () => told('unchanged'));
    expect(server.dashboards.has(uid)).toBe(false);
    expect(readFileSync(file(), 'utf8')).toBe('{"mine":true}');
  });

  it('Grafana hangs: the folder has it, and Grafana as soon as it answers', async () => {
    let down = true;
    server.fault = () => (down ? 500 : undefined);
    const { made } = desk();
    made.show([incident], []);
    await until('the folder has it', () => told('written', { target: 'folder' }));
    expect(server.dashboards.size).toBe(0);
    down = false;
    time += 300_000;
    made.show([incident], []);
    await until('Grafana has it', () => server.dashboards.has(uid));
  });

  it('Grafana refuses it twice as somebody else saves: it is left for now, and written the next time', async () => {
    let refusing = true;
    server.fault = ({ path: asked }) => (refusing && asked === '/api/dashboards/db' ? 412 : undefined);
    const { made } = desk();
    made.show([incident], []);
    await until('it is left', () => told('left'));
    refusing = false;
    made.show([over], []);
    await until('it is written', () => told('written'));
    expect(server.dashboards.has(uid)).toBe(true);
  });

  it('the policy takes it away in both places; one that a person changed stays', async () => {
    const { made } = desk({ resolved: 'remove' });
    const other = { ...incident, id: 'kept' };
    made.show([incident, other], []);
    await until(
      'both are there',
      () => told('written', { times: 2 }) && told('written', { times: 2, target: 'folder' }),
    );
    server.editByHand('foreshock-incident-kept', { title: 'Mine' });
    made.show([over, { ...over, id: 'kept' }], []);
    await until('they are looked at', () => told('removed') && told('left'));
    await until('the folder, too', () => told('removed', { times: 2, target: 'folder' }));
    expect([...server.dashboards.keys()]).toEqual(['foreshock-incident-kept']);
    expect(readdirSync(path.join(folder, 'dashboards/foreshock'))).toEqual([]);
  });

  it('of one that was merged into another the dashboard goes', async () => {
    const merged = { ...incident, id: 'whole' };
    let current = incident;
    const { made } = desk({}, id => (id === incident.id ? current : { ...incident, id }));
    made.show([incident], []);
    await until('it is there', () => told('written'));
    current = merged;
    made.show([merged], []);
    await until('it is gone', () => told('removed'));
    expect([...server.dashboards.keys()]).toEqual(['foreshock-incident-whole']);
  });
});
