import { z } from 'zod';
import type { Component } from '../../core/component.ts';
import type { HttpClient } from '../../core/http-client.ts';
import { fingerprint, pick } from '../../core/labels.ts';
import type { Notification, Receiver } from '../../core/receiver.ts';
import { createPost, postOptions } from './post.ts';

const options = z.strictObject({
  name: z.string().default('webhook').describe('Name of the receiver.'),
  ...postOptions,
  external_url: z.string().default('').describe('Address of foreshock, for links.'),
});

/** One notification in the body of Alertmanager's webhook, version 4. */
export function webhookBody(told: Notification, receiver: string, externalURL: string): unknown {
  const { alert, status } = told;
  const groupLabels = pick(alert.labels, ['alertname']);
  const ends = status === 'firing' || alert.endsAt === undefined ? undefined : new Date(alert.endsAt);
  return {
    version: '4',
    groupKey: `{}:${fingerprint(groupLabels)}`,
    truncatedAlerts: 0,
    status,
    receiver,
    groupLabels,
    commonLabels: alert.labels,
    commonAnnotations: alert.annotations,
    externalURL,
    alerts: [
      {
        status,
        labels: alert.labels,
        annotations: alert.annotations,
        startsAt: new Date(alert.startsAt).toISOString(),
        endsAt: ends?.toISOString() ?? '0001-01-01T00:00:00Z',
        generatorURL: alert.generatorURL,
        fingerprint: alert.fingerprint,
      },
    ],
  };
}

/** One request a notification; the other side drops a repeated one by its Idempotency-Key. */
export const webhook: Component<typeof options, Receiver, HttpClient> = {
  name: 'webhook',
  summary: "Any address, with the body of Alertmanager's webhook (version 4).",
  options,
  create({ name, external_url: externalURL, url, timeout }, client) {
    const post = createPost({ url, timeout }, client);
    return {
      name,
      resendEvery: 0,
      async deliver(notifications, signal) {
        for (const told of notifications) {
          const key = Buffer.from(told.key).toString('base64url');
          await post(webhookBody(told, name, externalURL), { 'idempotency-key': key }, signal);
        }
      },
    };
  },
};
