import type { Alert } from '../core/alert.ts';
import { drainOutbox } from '../core/drain.ts';
import { pick } from '../core/labels.ts';
import type { Notification, Receiver } from '../core/receiver.ts';
import type { KeyValues, OutboxEntry, Store } from '../core/store.ts';
import { readNotification, writeNotification } from './wire-format.ts';

/** What happened at a receiver, for metrics and the log: once a delivery attempt. */
export interface DeliveryEvent {
  readonly receiver: string;
  readonly kind: 'delivered' | 'retry' | 'rejected' | 'resent';
  readonly count: number;
  readonly message: string;
  /** What was delivered for the first time. */
  readonly notifications?: readonly Notification[];
}

/** Everything that the dispatcher needs: `clock` in ms, `random` in [0, 1). */
export interface DispatcherOptions {
  readonly store: Store;
  readonly receivers: readonly Receiver[];
  readonly clock: () => number;
  readonly random: () => number;
  readonly observe: (event: DeliveryEvent) => void;
}

/** Made once; `enqueue` is durable when it returns; `round` is run again and again; `stop` ends what is under way. */
export interface Dispatcher {
  /** Queues for the named receivers. Throws a RangeError for a name that is not there. */
  enqueue(notifications: readonly Notification[], receivers: readonly string[], at: number): void;
  /**
   * What those receivers hear again that need it again: the annotations of what fires and was delivered, as they are now. One that
   * was never told anything hears all of it: it came into the config while that fired.
   */
  refresh(alerts: readonly Alert[]): void;
  /** One attempt at each receiver that is due. May be called while a slow receiver is still busy. */
  round(): Promise<void>;
  stop(): void;
}

const batchSize = 64;
const longestBackoff = 300_000;
/** Alertmanager needs a resolved alert again if it missed or lost the first one: kept up this long, in ms. */
const resolvedFor = 300_000;

const bytes = (text: string) => new TextEncoder().encode(text);
const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** One receiver's lane: its order, its backoff, what it must be sent again. */
class Lane {
  readonly receiver: Receiver;
  readonly #options: DispatcherOptions;
  readonly #told: KeyValues;
  readonly #dead: KeyValues;
  #busy = false;
  #met = false;
  #failures = 0;
  #notBefore = Number.NEGATIVE_INFINITY;
  #resentAt = Number.NEGATIVE_INFINITY;
  /** Fingerprints of what this round delivered: they need no reminder in it. */
  readonly #fresh = new Set<string>();

  constructor(receiver: Receiver, options: DispatcherOptions) {
    this.receiver = receiver;
    this.#options = options;
    this.#told = options.store.values(`told/${receiver.name}`);
    this.#dead = options.store.values(`dead_letters/${receiver.name}`);
  }

  async round(signal: AbortSignal): Promise<void> {
    if (this.#busy || this.#options.clock() < this.#notBefore || signal.aborted) return;
    this.#busy = true;
    this.#fresh.clear();
    try {
      await this.#drain(signal);
      await this.#resend(signal);
      this.#failures = 0;
    } catch (error) {
      this.#backOff(error);
    } finally {
      this.#busy = false;
    }
  }

  async #drain(signal: AbortSignal): Promise<void> {
    await drainOutbox(
      {
        outbox: this.#options.store.outbox,
        receiver: this.receiver.name,
        read: readNotification,
        deliver: notifications => this.receiver.deliver(this.#outgoing(notifications), signal),
        settle: (entries, notifications) => this.#settle(entries, notifications),
        bury: (entry, message) => this.#bury(entry, message),
      },
      signal,
    );
  }

  #settle(entries: readonly OutboxEntry[], notifications: readonly Notification[]): void {
    const { store, clock, observe } = this.#options;
    store.transaction(() => {
      store.outbox.delivered(
        entries.map(entry => entry.id),
        clock(),
      );
      if (this.receiver.resendEvery > 0)
        for (const told of notifications)
          this.#told.set(told.alert.fingerprint, bytes(writeNotification(told)));
    });
    for (const told of notifications) this.#fresh.add(told.alert.fingerprint);
    const { name } = this.receiver;
    observe({ receiver: name, kind: 'delivered', count: entries.length, message: '', notifications });
  }

  refresh(alerts: readonly Alert[]): void {
    const isNew = !this.#met && this.#told.entries().length === 0 && this.#dead.entries().length === 0;
    this.#met = true;
    for (const alert of alerts)
      if (isNew) this.#remember(alert);
      else this.#renew(alert);
  }

  #remember(alert: Alert): void {
    const key = `${alert.fingerprint}/${alert.startsAt}/firing`;
    this.#resentAt = Number.NEGATIVE_INFINITY;
    this.#told.set(alert.fingerprint, bytes(writeNotification({ key, status: 'firing', alert })));
  }

  /** What was said of the last change stays. */
  #renew({ fingerprint, annotations }: Alert): void {
    const stored = this.#told.get(fingerprint);
    if (stored === undefined) return;
    const told = readNotification(new TextDecoder().decode(stored));
    if (told.status !== 'firing') return;
    const now = { ...annotations, ...pick(told.alert.annotations, ['notification', 'change']) };
    const text = writeNotification({ ...told, alert: { ...told.alert, annotations: now } });
    if (text !== writeNotification(told)) this.#told.set(fingerprint, bytes(text));
  }

  #bury(entry: OutboxEntry, message: string): void {
    const { store, clock, observe } = this.#options;
    store.transaction(() => {
      this.#dead.set(entry.key, bytes(entry.body));
      store.outbox.delivered([entry.id], clock());
    });
    observe({ receiver: this.receiver.name, kind: 'rejected', count: 1, message });
  }

  /** A firing alert for a receiver that forgets ends by itself four intervals after the last word from us. */
  #outgoing(notifications: readonly Notification[]): readonly Notification[] {
    const { resendEvery } = this.receiver;
    if (resendEvery === 0) return notifications;
    const endsAt = this.#options.clock() + 4 * resendEvery;
    return notifications.map(each =>
      each.status === 'firing' ? { ...each, alert: { ...each.alert, endsAt } } : each,
    );
  }

  async #resend(signal: AbortSignal): Promise<void> {
    const now = this.#options.clock();
    const { resendEvery, name } = this.receiver;
    if (resendEvery === 0 || now - this.#resentAt < resendEvery) return;
    const told = this.#told.entries().map(([key, value]) => {
      return { key, notification: readNotification(new TextDecoder().decode(value)) };
    });
    const over = told.filter(({ notification: { status, alert } }) => {
      return status === 'resolved' && now - (alert.endsAt ?? now) > resolvedFor;
    });
    for (const { key } of over) this.#told.delete(key);
    const again = told
      .filter(each => !over.includes(each) && !this.#fresh.has(each.key))
      .map(each => each.notification);
    for (let from = 0; from < again.length; from += batchSize)
      await this.receiver.deliver(this.#outgoing(again.slice(from, from + batchSize)), signal);
    this.#resentAt = now;
    if (again.length > 0)
      this.#options.observe({ receiver: name, kind: 'resent', count: again.length, message: '' });
  }

  #backOff(error: unknown): void {
    const { clock, random, observe } = this.#options;
    const wait = Math.min(longestBackoff, 1000 * 2 ** this.#failures) * (0.5 + random() / 2);
    this.#failures = Math.min(this.#failures + 1, 20);
    this.#notBefore = clock() + wait;
    observe({ receiver: this.receiver.name, kind: 'retry', count: 1, message: messageOf(error) });
  }
}

/** Queues notifications in the store before they leave and delivers them in order, each receiver by itself. */
export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const lanes = new Map(options.receivers.map(receiver => [receiver.name, new Lane(receiver, options)]));
  const stopped = new AbortController();
  return {
    enqueue(notifications, receivers, at) {
      for (const name of receivers)
        if (!lanes.has(name))
          throw new RangeError(`no receiver "${name}": there are ${[...lanes.keys()].join(', ')}`);
      options.store.transaction(() => {
        for (const each of notifications)
          for (const name of receivers)
            options.store.outbox.enqueue(name, each.key, writeNotification(each), at);
      });
    },
    refresh(alerts) {
      const again = [...lanes.values()].filter(({ receiver }) => receiver.resendEvery > 0);
      for (const lane of again) lane.refresh(alerts);
    },
    async round() {
      await Promise.all([...lanes.values()].map(lane => lane.round(stopped.signal)));
    },
    stop: () => stopped.abort(),
  };
}
