import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { incidentAlert, incidentLabels } from '../../alerts/incident-alert.ts';
import { createDispatcher, type Dispatcher } from '../../alerts/outbox.ts';
import { receivers } from '../../alerts/receivers/index.ts';
import { createHttpClient } from '../../collectors/http-client.ts';
import type { Incident } from '../../core/incident.ts';
import type { Notification } from '../../core/receiver.ts';
import { openStore } from '../../store/sqlite.ts';
import { createAlertmanagerServer } from './alertmanager-server.ts';
import { type LoopbackServer, missingCommands, temporaryFolder, until } from './loopback-server.ts';
import { createWebhookSink, type WebhookSink } from './webhook-sink.ts';

const missing = missingCommands('prometheus-alertmanager');
const resendEvery = 1000;

const listedSchema = z.array(
  z.looseObject({
    labels: z.record(z.string(), z.string()),
    annotations: z.record(z.string(), z.string()),
    startsAt: z.string(),
    endsAt: z.string(),
    fingerprint: z.string(),
    generatorURL: z.string(),
  }),
);
type Listed = z.output<typeof listedSchema>[number];

/** An incident of one alert; `id` tells the incidents of this file apart. */
function incidentOf(id: string, startsAt: number): Incident {
  const labels = { alertname: 'ErrorsHigh', service: id, cluster: 'of the alert' };
  const alert = {
    labels,
    annotations: {},
    startsAt,
    endsAt: undefined,
    generatorURL: '',
    fingerprint: id,
  };
  return {
    id,
    startsAt,
    endsAt: undefined,
    members: [{ alert, reason: 'first' }],
    suspects: [],
    escalation: undefined,
    timeline: [],
    notifications: [],
  };
}

const external = { cluster: 'eu', replica: 'a' };

function told(id: string, startsAt: number, endsAt?: number): Notification {
  const incident = { ...incidentOf(id, startsAt), endsAt };
  const alert = incidentAlert(incident, {
    labels: incidentLabels(incident, external),
    url: 'http://foreshock.example',
  });
  const status = endsAt === undefined ? 'firing' : 'resolved';
  return { key: `${id}/${status}`, status, alert };
}

describe.skipIf(missing.length > 0)('what foreshock tells a real Alertmanager', () => {
  const dir = temporaryFolder('receivers');
  let hook: WebhookSink;
  let alertmanager: LoopbackServer;
  let own: WebhookSink;

  beforeAll(async () => {
    hook = await createWebhookSink();
    own = await createWebhookSink();
    alertmanager = await createAlertmanagerServer(dir, hook.url);
    await alertmanager.start();
  });
  afterAll(async () => {
    await alertmanager?.stop();
    await hook?.close();
    await own?.close();
    rmSync(dir, { recursive: true, force: true });
  });

  /** A dispatcher with its own store whose clock may run ahead of the real one by `ahead.ms`. */
  function start(): { dispatcher: Dispatcher; ahead: { ms: number } } {
    const { alertmanager: component } = receivers;
    const options = component.options.parse({ url: alertmanager.url, resend_every: resendEvery });
    const ahead = { ms: 0 };
    const dispatcher = createDispatcher({
      store: openStore(':memory:'),
      receivers: [component.create(options, createHttpClient({ headers: {} }))],
      clock: () => Date.now() + ahead.ms,
      random: Math.random,
      observe: () => {},
    });
    return { dispatcher, ahead };
  }

  async function listed(id: string): Promise<Listed | undefined> {
    const answer = await fetch(
      `${alertmanager.url}/api/v2/alerts?filter=${encodeURIComponent(`incident="${id}"`)}`,
    );
    return listedSchema.parse(await answer.json())[0];
  }
  const posted = (id: string, status: string) =>
    hook.posted.filter(({ alert }) => alert.labels.incident === id && alert.status === status);

  it('carries the external labels, but those of the alert go first', async () => {
    const { dispatcher } = start();
    const began = Date.now() - 5000;
    dispatcher.enqueue([told('labels', began)], ['alertmanager'], began);
    await dispatcher.round();
    const alert = await until('the alert is listed', () => listed('labels'));
    expect(alert.labels).toEqual({
      alertname: 'ForeshockIncident',
      cluster: 'of the alert',
      generator: 'foreshock',
      incident: 'labels',
      replica: 'a',
      service: 'labels',
      severity: 'warning',
    });
    expect(Date.parse(alert.startsAt)).toBe(began);
    expect(alert.generatorURL).toBe('http://foreshock.example/incidents/labels');
  });

  it('keeps an alert firing by sending it again with a later end', async () => {
    const { dispatcher, ahead } = start();
    dispatcher.enqueue([told('kept', Date.now())], ['alertmanager'], 0);
    const before = Date.now();
    await dispatcher.round();
    const first = await until('the alert is listed', () => listed('kept'));
    expect(Date.parse(first.endsAt)).toBeGreaterThanOrEqual(before + 4 * resendEvery);
    ahead.ms = 60_000;
    await dispatcher.round();
    await until('the end moved', async () => {
      const again = await listed('kept');
      return Date.parse(again?.endsAt ?? '') >= Date.parse(first.endsAt) + 50_000;
    });
    expect((await listed('kept'))?.startsAt).toBe(first.startsAt);
    expect(posted('kept', 'firing')).toHaveLength(1);
  });

  it('resolves at the time that foreshock names, once, however often that is repeated', async () => {
    const { dispatcher, ahead } = start();
    const began = Date.now() - 60_000;
    dispatcher.enqueue([told('ended', began)], ['alertmanager'], 0);
    await dispatcher.round();
    await until('it was told', () => posted('ended', 'firing')[0]);
    const endsAt = Date.now() - 1;
    dispatcher.enqueue([told('ended', began, endsAt)], ['alertmanager'], 0);
    await dispatcher.round();
    ahead.ms = 60_000;
    await dispatcher.round();
    const { alert } = await until('its end was told', () => posted('ended', 'resolved')[0]);
    expect([Date.parse(alert.startsAt), Date.parse(alert.endsAt)]).toEqual([began, endsAt]);
    expect(await listed('ended')).toBeUndefined();
    expect(posted('ended', 'resolved')).toHaveLength(1);
  });

  it('brings a rise of the severity to its route, once, and ends both together', async () => {
    const { dispatcher } = start();
    const began = Date.now() - 5000;
    const first = told('risen', began);
    const annotations = { ...first.alert.annotations, severity_now: 'critical' };
    const graver = (each: Notification) => ({ ...each, alert: { ...each.alert, annotations } });
    dispatcher.enqueue([first], ['alertmanager'], 0);
    await dispatcher.round();
    await until('it was told', () => posted('risen', 'firing')[0]);
    dispatcher.enqueue([{ ...graver(first), key: 'risen/firing/1' }], ['alertmanager'], 0);
    await dispatcher.round();
    await until('its rise was told', () => posted('risen', 'firing')[1]);
    const severities = posted('risen', 'firing').map(({ alert }) => alert.labels.severity);
    expect(severities).toEqual(['warning', 'critical']);
    dispatcher.enqueue([graver(told('risen', began, Date.now() - 1))], ['alertmanager'], 0);
    await dispatcher.round();
    await until('both ends were told', () => posted('risen', 'resolved')[1]);
    expect(await listed('risen')).toBeUndefined();
  });

  it('lets an alert end by itself when foreshock is gone', async () => {
    const { dispatcher } = start();
    dispatcher.enqueue([told('gone', Date.now())], ['alertmanager'], 0);
    await dispatcher.round();
    await until('it was told', () => posted('gone', 'firing')[0]);
    const { alert } = await until('its end was told', () => posted('gone', 'resolved')[0]);
    expect(Date.parse(alert.endsAt) - Date.parse(alert.startsAt)).toBeGreaterThanOrEqual(3 * resendEvery);
  });

  it('says the same at its own webhook as Alertmanager does at its', async () => {
    const { dispatcher } = start();
    const { webhook } = receivers;
    const options = webhook.options.parse({ name: 'test', url: own.url, external_url: 'http://us' });
    const ours = webhook.create(options, createHttpClient({ headers: {} }));
    const began = Date.now() - 1000;
    for (const notification of [told('same', began), told('same', began, began + 500)]) {
      dispatcher.enqueue([notification], ['alertmanager'], 0);
      await dispatcher.round();
      await ours.deliver([notification]);
      await until(`${notification.status} is told`, () => posted('same', notification.status)[0]);
    }
    const theirs = hook.bodies.filter(({ groupKey }) => String(groupKey).includes('incident="same"'));
    expect(own.bodies.map(comparable)).toEqual(theirs.map(comparable));
    expect(theirs).toHaveLength(2);
  });
});

const zerosOfTime = /(T\d\d:\d\d:\d\d)(?:\.0+|(\.\d*[1-9])0+)Z/g;

/** A body without what differs by right: who sends it, and zeros at the end of a time, which Go leaves out. */
function comparable(body: Readonly<Record<string, unknown>>): Record<string, unknown> {
  expect(Object.keys(body).sort()).toEqual([
    'alerts',
    'commonAnnotations',
    'commonLabels',
    'externalURL',
    'groupKey',
    'groupLabels',
    'receiver',
    'status',
    'truncatedAlerts',
    'version',
  ]);
  const { externalURL: _, groupKey, ...rest } = body;
  const text = JSON.stringify({ ...rest, groupKey: String(groupKey).replaceAll(', ', ',') });
  return z.record(z.string(), z.unknown()).parse(JSON.parse(text.replace(zerosOfTime, '$1$2Z')));
}
