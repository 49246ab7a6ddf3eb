import { z } from 'zod';
import type { Alert } from '../../core/alert.ts';
import type { Component } from '../../core/component.ts';
import type { HttpClient } from '../../core/http-client.ts';
import type { Receiver } from '../../core/receiver.ts';
import { outranks } from '../../core/severity.ts';
import { createPost, postOptions } from './post.ts';

const options = z.strictObject({
  name: z.string().default('alertmanager').describe('Name of the receiver.'),
  ...postOptions,
  resend_every: z.int().min(1000).default(60_000).describe('Firing alerts are sent again, in ms.'),
});

function postable({ labels, annotations, startsAt, endsAt, generatorURL }: Alert) {
  return {
    labels,
    annotations,
    startsAt: new Date(startsAt).toISOString(),
    ...(endsAt === undefined ? {} : { endsAt: new Date(endsAt).toISOString() }),
    ...(generatorURL === '' ? {} : { generatorURL }),
  };
}

/**
 * An alert of ours keeps the severity of its first telling. Alertmanager routes by labels: once it is graver, the same alert is
 * there with that severity too, and ends with it or by itself when it is not sent again.
 */
function withRise(alert: Alert): readonly Alert[] {
  const { severity_now: now } = alert.annotations;
  const { generator, severity = 'warning' } = alert.labels;
  if (generator !== 'foreshock' || now === undefined || !outranks(now, severity)) return [alert];
  return [alert, { ...alert, labels: { ...alert.labels, severity: now } }];
}

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
        const alerts = notifications.flatMap(({ alert }) => withRise(alert));
        await post(alerts.map(postable), {}, signal);
      },
    };
  },
};
