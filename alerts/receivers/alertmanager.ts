import { z } from 'zod';
import type { Component } from '../../core/component.ts';
import type { HttpClient } from '../../core/http-client.ts';
import type { Receiver } from '../../core/receiver.ts';
import { createPost, postOptions } from './post.ts';

const options = z.strictObject({
  name: z.string().default('alertmanager').describe('Name of the receiver.'),
  ...postOptions,
  resend_every: z.int().min(1000).default(60_000).describe('Firing alerts are sent again, in ms.'),
});

/** Posts to Alertmanager's v2 API, which knows alerts by their labels: a repeated one changes nothing. */
export const alertmanager: Component<typeof options, Receiver, HttpClient> = {
  name: 'alertmanager',
  summary: "Alertmanager's v2 API.",
  options,
  create({ name, resend_every: resendEvery, url, timeout }, client) {
    const post = createPost({ url: `${url.replace(/\/+$/, '')}/api/v2/alerts`, timeout }, client);
    return {
      name,
      resendEvery,
      async deliver(notifications, signal) {
        const body = notifications.map(({ alert }) => ({
          labels: alert.labels,
          annotations: alert.annotations,
          startsAt: new Date(alert.startsAt).toISOString(),
          ...(alert.endsAt === undefined ? {} : { endsAt: new Date(alert.endsAt).toISOString() }),
          ...(alert.generatorURL === '' ? {} : { generatorURL: alert.generatorURL }),
        }));
        await post(body, {}, signal);
      },
    };
  },
};
