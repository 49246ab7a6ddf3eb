import { afterEach, describe, expect, it } from 'vitest';
import { createDispatcher } from '../../alerts/outbox.ts';
import type { Notification, Receiver } from '../../core/receiver.ts';
import type { Store } from '../../core/store.ts';
import { openStore } from '../../store/sqlite.ts';
import { firing } from './alerts.ts';

const told = (service: string, status: 'firing' | 'resolved' = 'firing', endsAt?: number): Notification => ({
  key: `${service}/${status}`,
  status,
  alert: { ...firing({ service }), endsAt },
});

const stores: Store[] = [];
afterEach(() => {
  for (const store of stores.splice(0)) store.close();
});

/** A dispatcher with one receiver that forgets after a minute; `sent` holds what it took, a list a delivery. */
function start(store = openStore(':memory:')) {
  if (!stores.includes(store)) stores.push(store);
  const sent: string[][] = [];
  const bodies: Notification[] = [];
  const clock = { now: 0 };
  const receiver: Receiver = {
    name: 'am',
    resendEvery: 60_000,
    deliver: async notifications => {
      sent.push(notifications.map(each => each.key));
      bodies.push(...notifications);
    },
  };
  const dispatcher = createDispatcher({
    store,
    receivers: [receiver],
    clock: () => clock.now,
    random: () => 0,
    observe: () => {},
  });
  const round = async (now: number, ...fresh: Notification[]) => {
    clock.now = now;
    dispatcher.enqueue(fresh, ['am'], now);
    await dispatcher.round();
    return sent.splice(0);
  };
  return { store, round, dispatcher, bodies };
}

describe('what fires', () => {
  it('is not sent again in the round that delivered it, but an interval later', async () => {
    const { round } = start();
    expect(await round(0, told('cart'))).toEqual([['cart/firing']]);
    expect(await round(59_999)).toEqual([]);
    expect(await round(60_000)).toEqual([['cart/firing']]);
  });

  it('is sent again as it is now, with what was said of its last change', async () => {
    const { round, dispatcher, bodies } = start();
    const cart = told('cart');
    const annotations = { notification: 'opened', change: 'opened: 1 alert', affected: 'cart' };
    await round(0, { ...cart, alert: { ...cart.alert, annotations } });
    dispatcher.refresh([
      { ...cart.alert, annotations: { affected: 'cart, pay' } },
      { ...told('pay').alert, annotations: { affected: 'pay' } },
    ]);
    expect(await round(59_999)).toEqual([]);
    expect(await round(60_000)).toEqual([['cart/firing']]);
    expect(bodies.at(-1)!.alert.annotations).toEqual({ ...annotations, affected: 'cart, pay' });
  });

  it('is told at once to a receiver that came into the config while it fired', async () => {
    const { round, dispatcher } = start();
    const { alert } = told('cart');
    dispatcher.refresh([alert]);
    expect(await round(0)).toEqual([[`${alert.fingerprint}/${alert.startsAt}/firing`]]);
    dispatcher.refresh([alert, told('pay').alert]);
    expect(await round(60_000)).toHaveLength(1);
  });

  it('is sent again although others are new in that round', async () => {
    const { round } = start();
    await round(0, told('cart'));
    expect(await round(60_000, told('pay'))).toEqual([['pay/firing'], ['cart/firing']]);
    expect(await round(120_000)).toEqual([['cart/firing', 'pay/firing']]);
  });

  it('is replaced by its end, which is kept up for 5 minutes', async () => {
    const { round } = start();
    await round(0, told('cart'));
    expect(await round(60_000, told('cart', 'resolved', 60_000))).toEqual([['cart/resolved']]);
    expect(await round(120_000)).toEqual([['cart/resolved']]);
    expect(await round(360_000)).toEqual([['cart/resolved']]);
    expect(await round(420_000)).toEqual([]);
  });

  it('is sent again at once after a restart, for nobody knows how long it took', async () => {
    const { store, round } = start();
    await round(0, told('cart'));
    expect(await start(store).round(1000)).toEqual([['cart/firing']]);
  });
});
