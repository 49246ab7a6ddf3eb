import { setTimeout as sleep } from 'node:timers/promises';
import type { Daemon } from './daemon.ts';
import { expireIncidents } from './daemon-incidents.ts';
import { tendModels } from './daemon-models.ts';
import { spentBudgetOf } from './daemon-parts.ts';
import { passAt } from './daemon-pass.ts';
import { spendBudget } from './spent-budget.ts';

const expireEvery = 86_400_000;

/** The newest step whose samples have all arrived: floor((now - delay) / step) x step. */
export function newestStep({ loaded }: Daemon): number {
  const { step, delay } = loaded.config.global;
  return Math.floor((Date.now() - delay) / step) * step;
}

/** Passes at every step with the classes that have a model, until the signal aborts. */
export async function loop(daemon: Daemon): Promise<void> {
  const { options, loaded } = daemon;
  const { step, delay } = loaded.config.global;
  let last = newestStep(daemon);
  while (!options.signal.aborted) {
    const t = newestStep(daemon);
    if (t > last) {
      daemon.lateSince = t - last > 2 * step ? (daemon.lateSince ?? t) : undefined;
      daemon.logs.step(t);
      for (const source of daemon.alertsIn) source.step();
      spendBudget(spentBudgetOf(daemon), t);
      await passAt(daemon, t);
      last = t;
    }
    tendModels(daemon, t, Date.now());
    daemon.escalation.tend(t);
    if (Date.now() >= daemon.expireAt) {
      const oldest = Date.now() - loaded.config.storage.retention;
      daemon.store.expire(oldest);
      expireIncidents(daemon, oldest);
      daemon.expireAt = Date.now() + expireEvery;
    }
    const next = last + step + delay - Date.now();
    await sleep(Math.max(50, next), undefined, { signal: options.signal }).catch(() => undefined);
  }
}

/** Hands what waits to the receivers, until the signal aborts. */
export async function deliver(daemon: Daemon): Promise<void> {
  const { dispatcher, events, options } = daemon;
  while (!options.signal.aborted) {
    const under = daemon.deliverUnder;
    daemon.deliverUnder = body => body();
    void events.round().catch(error => options.log.error(`events: ${error}`));
    void under(() => dispatcher.round()).catch(error => options.log.error(`delivery: ${error}`));
    await sleep(500, undefined, { signal: options.signal }).catch(() => undefined);
  }
}
