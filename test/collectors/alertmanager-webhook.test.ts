import { expect, it } from 'vitest';
import { parseAlerts, parseWebhook } from '../../collectors/alertmanager-webhook.ts';

const received = Date.parse('2025-01-01T00:00:00Z');
const zero = '0001-01-01T00:00:00Z';
const wire = {
  status: 'firing',
  labels: { alertname: 'A' },
  startsAt: '2024-12-31T23:00:00Z',
  endsAt: zero,
  unknown: 1,
};

it('reads a webhook, ignores our own alerts and those without labels', () => {
  const alerts = [wire, { ...wire, labels: { generator: 'foreshock' } }, { ...wire, labels: {} }];
  expect(parseWebhook({ version: '4', alerts, truncatedAlerts: 2, receiver: 'x' }, received)).toMatchObject({
    ok: true,
    truncated: 2,
    ignored: 2,
    alerts: [{ startsAt: received - 3_600_000, endsAt: undefined }],
  });
});

it('refuses another version and what is no time', () => {
  expect(parseWebhook({ version: '3', alerts: [] }, received)).toMatchObject({ ok: false, status: 400 });
  expect(parseAlerts([{ ...wire, startsAt: 'soon' }], received)).toMatchObject({ ok: false, status: 400 });
  expect(parseAlerts('x', received)).toMatchObject({ ok: false });
});

it('moves a start in the future to now, and an end before the start to the start', () => {
  const future = { ...wire, startsAt: '2026-01-01T00:00:00Z', endsAt: '2026-01-02T00:00:00Z' };
  const backwards = { ...wire, status: 'resolved', endsAt: '2024-01-01T00:00:00Z' };
  expect(parseAlerts([future, backwards], received)).toMatchObject({
    alerts: [{ startsAt: received, endsAt: undefined }, { endsAt: received - 3_600_000 }],
  });
});
