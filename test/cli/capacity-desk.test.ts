import { describe, expect, it } from 'vitest';
import { createMute } from '../../alerts/overrides.ts';
import { openCapacityBook } from '../../cli/capacity-book.ts';
import { CapacityDesk, type CapacityEvent } from '../../cli/capacity-desk.ts';
import { forecastCapacity } from '../../cli/capacity-forecast.ts';
import type { CapacityMaker } from '../../cli/capacity-pool.ts';
import { capacitySeries, lookbackOf } from '../../cli/capacity-series.ts';
import { CapacityWarnings } from '../../cli/capacity-warnings.ts';
import { createResultTarget } from '../../cli/results.ts';
import type { Alert } from '../../core/alert.ts';
import { createRandom } from '../../core/random.ts';
import type { Store } from '../../core/store.ts';
import { openStore } from '../../store/sqlite.ts';
import { DailySource, type Thing } from './capacity-source.ts';

const day = 86_400_000;
const today = Math.round(Date.UTC(2026, 5, 1) / day);
const here: CapacityMaker = {
  make: async ({ tasks, how }) => tasks.map(task => forecastCapacity(task, how)),
  rest: async () => {},
};

const random = createRandom(4);
const jitter = Array.from({ length: 4000 }, () => random() - 0.5);
const noise = (d: number) => jitter[d % jitter.length]!;
const since = (d: number, first: number, value: number) => (d < first ? Number.NaN : value);

function disk(name: string, used: (d: number) => number, limit = (_: number) => 100): Thing {
  return { labels: { instance: name }, used, limit };
}

/** Full `left` days after today, after 90 days of growth. */
const filling = (name: string, left: number): Thing =>
  disk(name, d => since(d, today - 90, 100 - 0.5 * (today + left - d) + 0.3 * noise(d)));

function open(
  source: DailySource,
  store: Store,
  { start = today, series = 1000, holidays = [] as readonly string[] } = {},
) {
  const said: string[] = [];
  const events: CapacityEvent[] = [];
  const say = (message: string) => void said.push(message);
  const told: Alert[] = [];
  const table = store.values('capacity-warnings');
  const put = (alerts: readonly Alert[]) => void told.push(...alerts);
  const warnings = new CapacityWarnings({ table, put, url: 'http://here' });
  let now = start * day + 3_600_000;
  const desk = new CapacityDesk({
    resources: [
      {
        ...{ pack: 'node', resource: 'filesystem', unit: 'bytes', daily: 'max', about: '' },
        ...{ action: 'Remove old data.', used: 'disk_used', limit: 'disk_limit', regressors: [] },
        ...{ source: { name: 'here', source }, labels: {} },
      },
    ],
    book: openCapacityBook(store, say),
    maker: here,
    ...{ horizon: 30 * day, history: 395 * day, series, holidays },
    thresholds: { warning: 7 * day, critical: 2 * day },
    clock: () => now,
    random: () => 0.5,
    log: { info: say, warn: say, error: say },
    observe: event => void events.push(event),
    tell: (troubles, at) => warnings.tell(troubles, at),
  });
  const later = (ms: number) => {
    now += ms;
  };
  const goTo = async (d: number) => {
    now = d * day + 3_600_000;
    await desk.step(new AbortController().signal);
  };
  return { desk, said, events, told, goTo, later };
}

const stateOf = (desk: CapacityDesk, instance: string) =>
  desk.forecasts().find(({ entity }) => entity.instance === instance)?.exhaustion;

describe('the desk of capacity', () => {
  it('says when a disk is full, what is over already, what is not near, and what cannot be told', async () => {
    const source = new DailySource([
      filling('full in 12 days', 12),
      disk('quiet', d => since(d, today - 200, 40 + noise(d))),
      disk('over', d => since(d, today - 60, 101)),
      disk(
        'no limit',
        d => since(d, today - 60, 40 + noise(d)),
        () => Number.NaN,
      ),
      disk('new', d => since(d, today - 1, 40)),
    ]);
    const { desk, goTo } = open(source, openStore(':memory:'));
    await goTo(today);
    const date = stateOf(desk, 'full in 12 days');
    if (date?.state !== 'fills') throw new Error(`${date?.state}`);
    expect(Math.abs(date.date.median / day - (today + 12))).toBeLessThan(3);
    expect(date.date.earliest).toBeLessThan(date.date.median);
    expect(stateOf(desk, 'quiet')?.state).toBe('clear');
    expect(stateOf(desk, 'over')).toMatchObject({ state: 'over', reason: 'full since 2026-04-01' });
    expect(stateOf(desk, 'no limit')).toMatchObject({ state: 'unknown', reason: 'no limit is known' });
    expect(stateOf(desk, 'new')).toMatchObject({ state: 'unknown' });
    for (const { forecast } of desk.forecasts())
      for (const { lower, upper } of forecast.intervals)
        expect([...lower].every((low, h) => low >= 0 && low <= upper[h]!)).toBe(true);
  });

  it('warns of what is full within a week, calls it critical within two days, and names what to do', async () => {
    const { desk, goTo } = open(
      new DailySource([filling('a', 5), filling('b', 1), filling('c', 20)]),
      openStore(':memory:'),
    );
    await goTo(today);
    const troubles = desk.troubles();
    expect(troubles.map(({ alertname, labels }) => [alertname, labels.instance])).toEqual([
      ['ForeshockResourceFilling', 'a'],
      ['ForeshockResourceAlmostFull', 'b'],
    ]);
    expect(troubles[0]!.summary).toMatch(
      /filesystem of a is full on 2026-06-0\d \(80 %: .*\); .* are used\. Remove old data\./,
    );
  });

  it('goes on telling while the date moves a little, and ends when it has gone far away', async () => {
    let cleaned = false;
    const source = new DailySource([
      disk('a', d =>
        since(
          d,
          today - 90,
          cleaned && d > today + 3 ? 30 + noise(d) : 100 - 0.5 * (today + 5 - Math.min(d, today)),
        ),
      ),
    ]);
    const { desk, goTo } = open(source, openStore(':memory:'));
    await goTo(today);
    const [first] = desk.troubles();
    for (let d = 1; d <= 3; d++) await goTo(today + d);
    expect(desk.troubles().map(({ since: began }) => began)).toEqual([first!.since]);
    cleaned = true;
    for (let d = 4; d <= 20; d++) await goTo(today + d);
    expect(desk.troubles()).toEqual([]);
  });

  it('expects public holidays of the config, and tells of a place that it does not know', async () => {
    const off = new Set(['2026-05-14', '2026-05-25', '2026-05-01', '2026-04-06', '2026-04-03', '2026-01-01']);
    const at = Math.round(Date.UTC(2026, 4, 20) / day);
    const date = (d: number) => new Date((d - 1) * day).toISOString().slice(0, 10);
    const source = new DailySource([
      disk('cpu', d => since(d, at - 139, (off.has(date(d)) ? 20 : 60) + noise(d))),
    ]);
    const forecastOf = async (holidays: readonly string[]) => {
      const { desk, goTo, said } = open(source, openStore(':memory:'), { start: at, holidays });
      await goTo(at);
      const { t, yhat } = desk.forecasts()[0]!.forecast;
      return { said, whitMonday: yhat[t.indexOf(Date.UTC(2026, 4, 26))]! };
    };
    expect((await forecastOf([])).whitMonday).toBeGreaterThan(55);
    const aware = await forecastOf(['DE-XX', 'DE']);
    expect(aware.whitMonday).toBeLessThan(25);
    expect(aware.said).toEqual([expect.stringContaining('forecast.holidays: no part "XX" of DE')]);
  });

  it('compares forecasts with what came, and intervals follow: 80 % hold about 80 %', async () => {
    const things = Array.from({ length: 8 }, (_, k) =>
      disk(
        `n${k}`,
        d => since(d, today - 120, 40 + 0.05 * (d - today) + 4 * noise(31 * k + d)),
        () => 1000,
      ),
    );
    const { desk, goTo, events } = open(new DailySource(things), openStore(':memory:'));
    for (let d = 0; d < 16; d++) await goTo(today + d);
    const judged = events.flatMap(event => event.judged).filter(({ outcome }) => outcome.ahead === day);
    const inside = judged.filter(({ missed }) => !missed[0]).length / judged.length;
    expect(judged.length).toBe(8 * 15);
    expect(inside).toBeGreaterThan(0.7);
    expect(inside).toBeLessThan(0.92);
    expect(
      desk.outcomes((today + 12) * day).every(({ madeAt, ahead }) => madeAt + ahead >= (today + 12) * day),
    ).toBe(true);
    expect(new Set(desk.outcomes(0).map(({ ahead }) => ahead / day))).toEqual(new Set([1, 7]));
  });

  it('reads a day once, and goes on after a restart with what it had said', async () => {
    const store = openStore(':memory:');
    const source = new DailySource([
      filling('a', 5),
      disk('quiet', d => since(d, today - 200, 40 + noise(d))),
    ]);
    const before = open(source, store);
    await before.goTo(today);
    const asked = source.asked.length;
    await before.goTo(today);
    const after = open(source, store);
    expect(after.desk.forecasts()).toEqual(before.desk.forecasts());
    expect(after.desk.troubles()).toEqual(before.desk.troubles());
    await after.goTo(today);
    expect(source.asked.length).toBe(asked);
    await after.goTo(today + 1);
    expect(after.desk.outcomes(0).length).toBe(2);
  });

  it('keeps what it knows while the source fails, says so once a try, and tries again later', async () => {
    const source = new DailySource([filling('a', 5)]);
    const { desk, goTo, said, later } = open(source, openStore(':memory:'));
    await goTo(today);
    source.failure = new Error('no answer');
    await goTo(today + 1);
    await desk.step(new AbortController().signal);
    expect(said).toEqual([expect.stringContaining('node/filesystem@here: no answer')]);
    expect(desk.troubles().length).toBe(1);
    source.failure = undefined;
    later(3_600_000);
    await desk.step(new AbortController().signal);
    expect(desk.outcomes(0).length).toBe(1);
  });

  it('forgets what is gone, and what is damaged in the store is read anew', async () => {
    const store = openStore(':memory:');
    const source = new DailySource([
      filling('stays', 40),
      disk('gone', d => (d > today ? Number.NaN : since(d, today - 90, 99 + 0.1 * noise(d)))),
    ]);
    const { desk, goTo } = open(source, store);
    await goTo(today);
    expect(desk.forecasts().length).toBe(2);
    await goTo(today + 10);
    expect(desk.forecasts().map(({ entity }) => entity.instance)).toEqual(['stays']);
    for (const [key] of store.values('capacity').entries())
      store.values('capacity').set(key, new Uint8Array(9));
    const after = open(source, store, { start: today + 10 });
    expect(after.said).toEqual([expect.stringContaining('read from the sources anew')]);
    await after.goTo(today + 10);
    expect(after.desk.forecasts().map(({ entity }) => entity.instance)).toEqual(['stays']);
  });

  it('gives the places of nodes that are gone to those that are there', async () => {
    const until = (last: number) => (d: number) => (d > last ? Number.NaN : since(d, today - 90, 50));
    const source = new DailySource([
      disk('gone long ago', until(today - 20)),
      disk('goes', until(today)),
      disk('stays', d => since(d, today - 90, 40)),
      disk('comes', d => since(d, today + 8, 40)),
    ]);
    const { desk, goTo, events } = open(source, openStore(':memory:'), { series: 2 });
    const names = () => desk.forecasts().map(({ entity }) => entity.instance);
    await goTo(today);
    expect(names()).toEqual(['goes', 'stays']);
    await goTo(today + 12);
    expect(names()).toEqual(['stays', 'comes']);
    expect(events.map(({ leftOut }) => leftOut)).toEqual([0, 0]);
  });

  it('never fails of values that no resource has', async () => {
    const odd = (name: string, value: (d: number) => number, limit = (_: number) => 100) =>
      disk(name, value, limit);
    const source = new DailySource([
      odd('negative', d => since(d, today - 60, -5 - noise(d))),
      odd('infinite', d => since(d, today - 60, d % 9 === 0 ? Number.POSITIVE_INFINITY : 5)),
      odd('zero', d => since(d, today - 60, 0)),
      odd('holes', d => (d % 3 === 0 ? since(d, today - 60, d % 50) : Number.NaN)),
      odd(
        'limit moves',
        d => since(d, today - 60, 50 + noise(d)),
        d => (d > today - 5 ? 40 : 100),
      ),
      odd(
        'limit is zero',
        d => since(d, today - 60, 0),
        () => 0,
      ),
      odd(
        'negative limit',
        d => since(d, today - 60, 5),
        () => -1,
      ),
      odd(
        'huge',
        d => since(d, today - 60, 1e300 + 1e298 * noise(d)),
        () => 1e307,
      ),
    ]);
    const { desk, goTo, said } = open(source, openStore(':memory:'));
    await goTo(today);
    await goTo(today + 1);
    expect(said).toEqual([]);
    expect(desk.forecasts().length).toBe(8);
    expect(stateOf(desk, 'limit moves')?.state).toBe('over');
    for (const { forecast } of desk.forecasts()) expect([...forecast.yhat].every(Number.isFinite)).toBe(true);
  });
});

describe('warnings of capacity', () => {
  const growing = () =>
    disk('a', d => since(d, today - 90, d > today + 4 ? 30 + noise(d) : 100 - 0.5 * (today + 5 - d)));

  it('go the way of other alerts: begin, become critical under a name of their own, and end', async () => {
    const { goTo, told } = open(new DailySource([growing()]), openStore(':memory:'));
    for (let d = 0; d <= 20; d++) await goTo(today + d);
    const course = told.map(
      ({ labels, endsAt }) => `${labels.alertname} ${endsAt === undefined ? 'on' : 'off'}`,
    );
    expect(course.filter((each, i) => each !== course[i - 1])).toEqual([
      'ForeshockResourceFilling on',
      'ForeshockResourceAlmostFull on',
      'ForeshockResourceFilling off',
      'ForeshockResourceAlmostFull on',
      'ForeshockResourceAlmostFull off',
    ]);
    expect(told[0]).toMatchObject({
      labels: { generator: 'foreshock', severity: 'warning', pack: 'node', resource: 'filesystem' },
      annotations: {
        summary: expect.stringMatching(/^filesystem of a is full on 2026-06-/),
        runbook_url: expect.stringContaining('ForeshockResourceFilling'),
      },
      startsAt: today * day + 3_600_000,
    });
  });

  it('are put again every five minutes, so that one that was held back is told when that ends', async () => {
    const { desk, goTo, told, later } = open(new DailySource([growing()]), openStore(':memory:'));
    await goTo(today);
    for (let minutes = 0.5; minutes <= 20; minutes += 0.5) {
      later(30_000);
      await desk.step(new AbortController().signal);
    }
    expect(told.length).toBe(5);
    expect(new Set(told.map(({ startsAt, fingerprint }) => `${startsAt}${fingerprint}`)).size).toBe(1);
  });

  it('are held back by a mute, which says so', async () => {
    const { goTo, told } = open(new DailySource([growing()]), openStore(':memory:'));
    await goTo(today);
    const mute = createMute([{ match: { resource: 'filesystem', instance: 'a' }, mute: true }]);
    expect(mute(0, told).held).toMatchObject([
      { by: 'muted: override of resource="filesystem", instance="a"', alert: { labels: { pack: 'node' } } },
    ]);
  });

  it('end after a restart of what is over, damaged keys too, and go on as what they were', async () => {
    const store = openStore(':memory:');
    const first = open(new DailySource([growing()]), store);
    await first.goTo(today);
    store.values('capacity-warnings').set('no labels', new Uint8Array(3));
    const second = open(new DailySource([growing()]), store);
    await second.goTo(today + 1);
    expect(second.told).toMatchObject([{ startsAt: first.told[0]!.startsAt, endsAt: undefined }]);
    for (let d = 5; d <= 20; d++) await second.goTo(today + d);
    expect(second.told.at(-1)!.endsAt).toBeDefined();
    expect(store.values('capacity-warnings').entries()).toEqual([]);
  });
});

describe('what the query API says of capacity', () => {
  const now = today * day + 3_600_000;

  async function asked(query: string, range: { readonly start: number; readonly end: number }) {
    const { desk, goTo } = open(new DailySource([filling('a', 5)]), openStore(':memory:'));
    await goTo(today);
    const ours = capacitySeries(() => desk.forecasts());
    const target = createResultTarget(ours, { lookback: lookbackOf, now: () => now });
    return (await target.source.queryRange({ query, ...range, step: 6 * 3_600_000 })).series;
  }

  it('has forecasts in the future, by quantile, without a gap from day to day', async () => {
    const range = { start: (today + 1) * day, end: (today + 10) * day };
    const series = await asked('foreshock_capacity_forecast{instance="a"}', range);
    expect(series.map(({ labels }) => labels.quantile).sort()).toEqual([
      '0.025',
      '0.1',
      '0.5',
      '0.9',
      '0.975',
    ]);
    for (const { v } of series) expect(v.length).toBe(37);
  });

  it('tells the days until it is full, and how far they are apart', async () => {
    const series = await asked('foreshock_capacity_days_until_full', { start: now, end: now });
    const days = new Map(series.map(({ labels, v }) => [labels.bound, v[0]!]));
    expect(days.get('median')!).toBeGreaterThan(2);
    expect(days.get('earliest')!).toBeLessThanOrEqual(days.get('median')!);
    expect(days.get('latest')!).toBeGreaterThanOrEqual(days.get('median')!);
  });

  it('can be put into proportion: the share of the limit that is used', async () => {
    const query = 'foreshock_capacity_used / foreshock_capacity_limit';
    const [share] = await asked(query, { start: now, end: now });
    expect(share!.v[0]!).toBeGreaterThan(0.9);
  });
});
