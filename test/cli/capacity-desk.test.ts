import { describe, expect, it } from 'vitest';
import { openStore } from '../../store/sqlite.ts';
import { day, disk, filling, noise, open, since, stateOf, today } from './capacity-disks.ts';
import { DailySource } from './capacity-source.ts';

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
