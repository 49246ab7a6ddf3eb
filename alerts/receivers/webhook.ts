import { z } from 'zod';
import type { Component } from '../../core/component.ts';
import type { HttpClient } from '../../core/http-client.ts';
import { fingerprint, type Labels } from '../../core/labels.ts';
import type { Notification, Receiver } from '../../core/receiver.ts';
import { createPost, postOptions } from './post.ts';

const options = z.strictObject({
  name: z.string().default('webhook').describe('Name of the receiver.'),
  ...postOptions,
  external_url: z.string().default('').describe('Address of foreshock, for links.'),
});

/**
 * One notification in the body of Alertmanager's webhook, version 4, as it posts under `group_by: ['...']`: each alert is
 * a group of its own, so that a receiver that goes by `groupKey` keeps two incidents apart.
 */
export function webhookBody(told: Notification, receiver: string, externalURL: string): unknown {
  const { alert, status } = told;
  const ends = status === 'firing' || alert.endsAt === undefined ? undefined : new Date(alert.endsAt);
  return {
    version: '4',
    groupKey: `{}:${fingerprint(alert.labels)}`,
    truncatedAlerts: 0,
    status,
    receiver,
    groupLabels: alert.labels,
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
        fingerprint: hexFingerprint(alert.labels),
      },
    ],
  };
}

const offset = 0xcbf29ce484222325n;
const prime = 0x100000001b3n;

/** The 64-bit FNV-1a (Fowler, Noll, Vo 1991) of names and values, each ended by a byte 255, as Alertmanager has it. */
function hexFingerprint(labels: Labels): string {
  let hash = offset;
  const add = (byte: number) => {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * prime);
  };
  for (const name of Object.keys(labels).sort())
    for (const text of [name, labels[name]!]) {
      for (const byte of new TextEncoder().encode(text)) add(byte);
      add(255);
    }
  return hash.toString(16).padStart(16, '0');
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
