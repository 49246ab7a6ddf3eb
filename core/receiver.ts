import type { Alert } from './alert.ts';

/** What leaves: one state change of one alert, with a key that stays the same over restarts and retries. */
export interface Notification {
  /** fingerprint + startsAt + status: a receiver that can, drops a second one with the same key. */
  readonly key: string;
  readonly status: 'firing' | 'resolved';
  readonly alert: Alert;
}

/** Made from config, fed by the outbox. `deliver` resolves when the other side has taken it, else rejects with a `SourceError`. */
export interface Receiver {
  readonly name: string;
  /** Alertmanager forgets an alert that is not re-sent: interval in ms, 0 = send once. */
  readonly resendEvery: number;
  deliver(notifications: readonly Notification[], signal?: AbortSignal): Promise<void>;
}
