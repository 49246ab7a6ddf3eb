import { setImmediate as nextTurn } from 'node:timers/promises';
import { openCapacityBook } from '../cli/capacity-book.ts';
import { CapacityDesk } from '../cli/capacity-desk.ts';
import { createCapacityThread } from '../cli/capacity-pool.ts';
import { createRandom } from '../core/random.ts';
import type { Series, SeriesSource } from '../core/series.ts';
import { openStore } from '../store/sqlite.ts';

/**
 * The daily refresh of many resources: 390 days of each are known, a day is read, all are forecast and kept. CPU of the whole
 * process, threads included; the longest time that the main thread was held. Run: `node dist/bench/capacity.js [COUNT]`.
 */
const day = 86_400_000;
const count = Number(process.argv[2] ?? 1000);
const today = Math.round(Date.UTC(2026, 5, 1) / day);
const random = createRandom(1);
const jitter = Float64Array.from({ length: 5000 }, () => random() - 0.5);

function usedOf(k: number, d: number): number {
  const noise = jitter[(d * 131 + k * 17) % jitter.length]!;
  const week = Math.sin((2 * Math.PI * d) / 7);
  const growth = k % 3 === 0 ? 0.05 * (d - today) : 0;
  return 1e9 * (60 + growth + (k % 5) * week + 3 * noise);
}

/** Answers any question about use with `count` series, about the limit with as many. */
const source: SeriesSource = {
  async queryRange({ query, start, end }) {
    const t = Float64Array.from({ length: Math.floor((end - start) / day) + 1 }, (_, i) => start + i * day);
    const value = query.includes('limit') ? () => 1e11 : usedOf;
    const series: Series[] = [];
    for (let k = 0; k < count; k++) {
      // What makes the answer is not what is measured: it leaves the thread free.
      if (k % 20 === 0) await nextTurn();
      series.push({ labels: { instance: `host-${k}` }, t, v: t.map(at => value(k, Math.round(at / day))) });
    }
    return { series, warnings: [], partial: false };
  },
};

let now = (today - 1) * day + 3_600_000;
const store = openStore(':memory:');
const desk = new CapacityDesk({
  resources: [
    {
      ...{ pack: 'node', resource: 'disk', unit: 'bytes', daily: 'max', about: '', action: '' },
      ...{ used: 'used', limit: 'limit', regressors: [], source: { name: 'here', source }, labels: {} },
    },
  ],
  book: openCapacityBook(store, console.error),
  maker: createCapacityThread(),
  ...{ horizon: 30 * day, history: 390 * day, series: count, holidays: [] },
  thresholds: { warning: 7 * day, critical: 2 * day },
  clock: () => now,
  random: Math.random,
  log: { info: console.log, warn: console.error, error: console.error },
  observe: () => {},
  tell: () => {},
});

async function refresh(name: string): Promise<void> {
  let held = 0;
  let last = performance.now();
  const watch = setInterval(() => {
    held = Math.max(held, performance.now() - last - 5);
    last = performance.now();
  }, 5);
  const before = process.cpuUsage();
  await desk.step(new AbortController().signal);
  const { user, system } = process.cpuUsage(before);
  clearInterval(watch);
  const cpu = (user + system) / 1e6;
  const rss = Math.round(process.memoryUsage.rss() / 2 ** 20);
  console.log(
    `${name}: ${count} resources, ${cpu.toFixed(1)} s of CPU, ${((1e3 * cpu) / count).toFixed(1)} ms each; main thread held for ${held.toFixed(0)} ms at most; resident ${rss} MiB`,
  );
}

await refresh('first');
for (const _ of [1, 2]) {
  now += day;
  await refresh('daily');
}
const states = desk.forecasts().map(({ exhaustion }) => exhaustion.state);
if (states.length !== count || desk.outcomes(0).length === 0)
  throw new Error(`forecasts of ${states.length} resources`);
store.close();
