import { z } from 'zod';
import { silenceOf } from '../alerts/silence.ts';
import { readNotification, writeNotification } from '../alerts/wire-format.ts';
import type { Notification } from '../core/receiver.ts';
import type { Silence } from '../core/silence.ts';

const stateSchema = z.array(z.string());

/** The newest word of an alert, as the first one that is told of it where the first was held back. */
function heldOn(before: Notification | undefined, now: Notification): Notification {
  const first = before?.alert.annotations.notification;
  if (first === undefined) return now;
  const annotations = { ...now.alert.annotations, notification: first };
  return { ...now, alert: { ...now.alert, annotations } };
}

/**
 * What an Alertmanager would not pass on while it is silenced, our other receivers do not hear either. It is remembered, also over
 * a restart (`toBytes`): what still fires when its silence is over is told then, and of what ended meanwhile nothing is.
 */
export class SilencedNotices {
  readonly #held = new Map<string, Notification>();

  /** Throws an Error when `stored` is not what `toBytes` wrote. */
  constructor(stored?: Uint8Array) {
    if (stored === undefined) return;
    for (const text of stateSchema.parse(JSON.parse(new TextDecoder().decode(stored)))) {
      const notice = readNotification(text);
      this.#held.set(notice.alert.fingerprint, notice);
    }
  }

  /** What is to be told now: of `notices` those that no silence matches, and what was held back by one that is over. */
  step(notices: readonly Notification[], silences: readonly Silence[]): readonly Notification[] {
    const out: Notification[] = [];
    for (const notice of notices) {
      const { fingerprint, labels } = notice.alert;
      const held = this.#held.get(fingerprint);
      if (notice.status === 'resolved') {
        this.#held.delete(fingerprint);
        const isNews = held === undefined || held.alert.annotations.notification === 'updated';
        if (isNews) out.push(notice);
      } else if (held !== undefined || silenceOf(labels, silences) !== undefined)
        this.#held.set(fingerprint, heldOn(held, notice));
      else out.push(notice);
    }
    for (const [fingerprint, notice] of this.#held) {
      if (silenceOf(notice.alert.labels, silences) !== undefined) continue;
      this.#held.delete(fingerprint);
      out.push(notice);
    }
    return out;
  }

  toBytes(): Uint8Array {
    return new TextEncoder().encode(JSON.stringify([...this.#held.values()].map(writeNotification)));
  }
}
