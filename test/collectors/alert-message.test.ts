import { describe, expect, it } from 'vitest';
import { readAlertMessage } from '../../collectors/alert-message.ts';
import { parseWebhook } from '../../collectors/alertmanager-webhook.ts';

const now = Date.UTC(2026, 0, 5);
const wire = (service: string, more: object = {}) => ({
  labels: { alertname: 'Down', service },
  annotations: { summary: 'it is down' },
  startsAt: '2026-01-04T23:59:00Z',
  endsAt: '0001-01-01T00:00:00Z',
  generatorURL: 'http://prometheus/graph',
  ...more,
});
const webhook = (alerts: readonly unknown[], more: object = {}) =>
  JSON.stringify({ version: '4', groupKey: '{}', status: 'firing', receiver: 'foreshock', alerts, ...more });
const services = (text: string) => readAlertMessage(text, now).alerts.map(({ labels }) => labels.service);

describe('a message with alerts', () => {
  it("is read like the webhook's body", () => {
    const text = webhook([wire('cart'), wire('pay', { status: 'resolved' })], { truncatedAlerts: 3 });
    const read = parseWebhook(JSON.parse(text), now);
    expect(readAlertMessage(text, now)).toEqual({
      alerts: read.ok && read.alerts,
      truncated: 3,
      ignored: 0,
      refused: [],
    });
  });

  it('is one alert, or an array of alerts', () => {
    expect(services(JSON.stringify(wire('cart')))).toEqual(['cart']);
    expect(services(JSON.stringify([wire('cart'), wire('pay')]))).toEqual(['cart', 'pay']);
  });

  it('leaves out our own alerts and those without labels', () => {
    const text = webhook([wire('cart', { labels: { generator: 'foreshock' } }), { labels: {} }, wire('pay')]);
    expect(readAlertMessage(text, now)).toMatchObject({
      alerts: [{ labels: { service: 'pay' } }],
      ignored: 2,
    });
  });

  it('with a bad alert gives the good ones beside it', () => {
    const text = webhook(
      [wire('cart'), { labels: { a: 5 } }, wire('pay', { startsAt: 'soon' }), wire('mail')],
      {
        truncatedAlerts: 1,
      },
    );
    const read = readAlertMessage(text, now);
    expect(read.alerts.map(({ labels }) => labels.service)).toEqual(['cart', 'mail']);
    expect(read.truncated).toBe(1);
    expect(read.refused).toEqual([
      expect.stringMatching(/^alert 1: .*labels\.a: /),
      expect.stringMatching(/^alert 2: .*startsAt or endsAt is not an RFC 3339 time/),
    ]);
  });

  it.each([
    ['plain words', 'no JSON'],
    ['', 'no JSON'],
    ['5', 'neither a webhook'],
    ['null', 'neither a webhook'],
    ['{"a": 1}', 'neither a webhook'],
    ['{"version": "4", "alerts": 7}', 'not an Alertmanager webhook'],
    ['{"version": "3", "alerts": []}', 'not an Alertmanager webhook'],
  ])('is refused, and it is said why: %s', (text, why) => {
    const read = readAlertMessage(text, now);
    expect(read.alerts).toEqual([]);
    expect(read.refused).toEqual([expect.stringContaining(why)]);
  });
});
