import { z } from 'zod';
import type { AuditRecord } from '../core/audit.ts';
import { auditEvent } from '../core/event.ts';
import type { PassResult } from '../core/pipeline.ts';
import type { Notification } from '../core/receiver.ts';
import { sayCount } from '../core/say-name.ts';
import type { Store } from '../core/store.ts';
import { version } from '../core/version.ts';
import type { EventDispatcher } from '../sinks/dispatch.ts';

/** What a daemon writes down of its own doing; who did it is `foreshock` unless said otherwise. */
type Deed = Omit<AuditRecord, 'at' | 'actor'> & { readonly actor?: string };

const ourselves = 'foreshock';
const atOnce = 1000;
const suppressionsSchema = z.array(z.string());
const decode = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/**
 * Where a daemon writes down what it decides and does, and hands it to the sinks of events: also what commands wrote
 * meanwhile. Made with the store; each call is durable when it returns, or part of the store's transaction.
 */
export class AuditDesk {
  readonly #store: Store;
  readonly #events: Pick<EventDispatcher, 'enqueue'>;
  readonly #clock: () => number;

  constructor(store: Store, events: Pick<EventDispatcher, 'enqueue'>, clock: () => number) {
    this.#store = store;
    this.#events = events;
    this.#clock = clock;
  }

  write(record: AuditRecord): void {
    this.#store.audit.append([record]);
  }

  note({ actor = ourselves, ...deed }: Deed): void {
    this.write({ at: this.#clock(), actor, ...deed });
  }

  started(url: string): void {
    this.note({
      action: 'foreshock-started',
      message: `foreshock ${version} began to watch`,
      details: { url },
    });
    this.forward();
  }

  stopped(): void {
    this.note({ action: 'foreshock-stopped', message: 'foreshock ended' });
  }

  /** How a reload went; `message` says what is wrong with a config that was not taken. */
  reloaded({ ok, message }: { readonly ok: boolean; readonly message: string }): void {
    const actor = 'operator';
    if (ok)
      this.note({ actor, action: 'config-reloaded', message: 'the config was read again and is taken up' });
    else this.note({ actor, action: 'config-refused', message });
  }

  /** What a pass decided to tell, and what it began or ceased to hold back. */
  pass({ t, suppressed, notifications }: PassResult): void {
    const told = notifications.map(({ status, alert, key }) => ({
      at: t,
      actor: ourselves,
      action: 'incident-told',
      message: `incident ${alert.labels.incident ?? alert.fingerprint}: ${alert.annotations.change ?? status}`,
      details: {
        key,
        status,
        incident: alert.labels.incident,
        severity: alert.annotations.severity_now,
        escalation: alert.annotations.escalation,
      },
    }));
    this.#store.audit.append([...told, ...this.#switched(t, suppressed)]);
  }

  /** What a receiver took, or refused for good. */
  delivered(receiver: string, notifications: readonly Notification[]): void {
    for (const { key, status, alert } of notifications)
      this.note({
        action: 'notification-sent',
        message: `${receiver} was told: ${alert.labels.alertname ?? 'an alert'} ${status}`,
        details: { receiver, key, status, incident: alert.labels.incident },
      });
  }

  /** Queues what the sinks were not given yet. */
  forward(): void {
    const state = this.#store.values('audit');
    this.#store.transaction(() => {
      let number = Number(decode(state.get('forwarded')) || '0');
      const entries = this.#store.audit.after(number, atOnce);
      if (entries.length === 0) return;
      this.#events.enqueue(entries.map(auditEvent), this.#clock());
      number = entries.at(-1)!.number;
      state.set('forwarded', encode(String(number)));
    });
  }

  /** Rules that hold alerts back now and did not in the last pass, and those that ceased to. */
  #switched(t: number, suppressed: PassResult['suppressed']): readonly AuditRecord[] {
    const state = this.#store.values('audit');
    const before = new Set(suppressionsSchema.parse(JSON.parse(decode(state.get('suppressions')) || '[]')));
    const now = new Map<string, number>();
    for (const { by } of suppressed) now.set(by, (now.get(by) ?? 0) + 1);
    const began = [...now].filter(([by]) => !before.has(by));
    const ended = [...before].filter(by => !now.has(by));
    if (began.length + ended.length === 0) return [];
    state.set('suppressions', encode(JSON.stringify([...now.keys()])));
    const record = (action: string, message: string, by: string): AuditRecord => ({
      at: t,
      actor: ourselves,
      action,
      message,
      details: { by },
    });
    return [
      ...began.map(([by, n]) =>
        record('suppression-began', `${sayCount(n, 'alert')} held back by ${by}`, by),
      ),
      ...ended.map(by => record('suppression-ended', `nothing is held back any more by ${by}`, by)),
    ];
  }
}
