import { setTimeout as sleep } from 'node:timers/promises';
import { normal } from './random.ts';
import { type Context, HttpError } from './service-context.ts';

/** One request as a handler sees it. */
export interface Call {
  readonly url: URL;
  readonly trace: string;
}

/** A route: the method and first path segment that choose it, the label it is counted under, and the work. */
export interface Route {
  readonly match: string;
  readonly label: string;
  run(context: Context, call: Call): Promise<unknown>;
}

/** Work done elsewhere (a database, a payment provider): log-normal around `ms`. */
function wait(ms: number): Promise<void> {
  return sleep(ms * Math.exp(0.35 * normal(Math.random)));
}

/** Work done here: keeps the processor busy for `ms`. */
export function burn(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

const last = (call: Call) => call.url.pathname.split('/').at(-1) ?? '';

async function items(context: Context, count: number): Promise<unknown> {
  const keys = Array.from({ length: count }, () => `item:${Math.floor(Math.random() * 200)}`);
  return context.redis('MGET', ...keys);
}

const catalog: readonly Route[] = [
  {
    match: 'GET items',
    label: '/items',
    async run(context) {
      await wait(4);
      return items(context, 20);
    },
  },
  {
    match: 'GET item',
    label: '/item/:id',
    async run(context, call) {
      const item = await context.redis('GET', `item:${last(call)}`);
      if (item !== null) return item;
      await wait(12);
      await context.redis('SET', `item:${last(call)}`, `item ${last(call)} ${'x'.repeat(200)}`, 'EX', '120');
      return last(call);
    },
  },
  {
    match: 'GET search',
    label: '/search',
    async run(context) {
      burn(1.5);
      await wait(15);
      return items(context, 50);
    },
  },
];

/** Version 1.1.0 of checkout is the bad deploy: slower, and one request in six fails. */
async function newPricing(context: Context): Promise<void> {
  if (context.config.version !== '1.1.0') return;
  await wait(380);
  if (Math.random() < 0.17) throw new HttpError(500, 'pricing rules: cannot read currency of undefined');
}

const checkout: readonly Route[] = [
  {
    match: 'GET cart',
    label: '/cart/:user',
    async run(context, call) {
      await newPricing(context);
      return context.redis('HGETALL', `cart:${last(call)}`);
    },
  },
  {
    match: 'POST order',
    label: '/order',
    async run(context, call) {
      await context.call('catalog', 'GET', `/item/${Math.floor(Math.random() * 200)}`, call.trace);
      await newPricing(context);
      await wait(25);
      if (Math.random() < 0.006) throw new HttpError(502, 'payment provider answered 500');
      await context.redis('HSET', `cart:${last(call)}`, 'last', String(Date.now()));
      return context.redis('INCR', 'orders');
    },
  },
];

const frontend: readonly Route[] = [
  {
    match: 'GET ',
    label: '/',
    run: (context, call) => context.call('catalog', 'GET', '/items', call.trace),
  },
  {
    match: 'GET product',
    label: '/product/:id',
    run: (context, call) => context.call('catalog', 'GET', `/item/${last(call)}`, call.trace),
  },
  {
    match: 'GET search',
    label: '/search',
    run: (context, call) => context.call('catalog', 'GET', '/search', call.trace),
  },
  {
    match: 'GET cart',
    label: '/cart',
    run: (context, call) => context.call('checkout', 'GET', `/cart/${last(call)}`, call.trace),
  },
  {
    match: 'POST checkout',
    label: '/checkout',
    async run(context, call) {
      await context.call('checkout', 'GET', `/cart/${last(call)}`, call.trace);
      return context.call('checkout', 'POST', `/order/${last(call)}`, call.trace);
    },
  },
];

/** The routes of each role. */
export const roles: Readonly<Record<string, readonly Route[]>> = { catalog, checkout, frontend };
