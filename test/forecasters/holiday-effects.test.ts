import { describe, expect, it } from 'vitest';
import { Ensemble } from '../../forecasters/ensemble.ts';
import { members } from '../../forecasters/forecasters.ts';
import { type HolidayCalendar, holidayCalendars } from '../../forecasters/holiday-calendar.ts';
import { holidayRegressors } from '../../forecasters/holiday-effects.ts';
import { day, made } from './series.ts';

const start = Date.UTC(2025, 0, 1);
const weekend = (i: number) => [0, 6].includes(new Date(start + i * day).getUTCDay());

/** Orders of a shop: quiet weekends, slow growth, and `open` of the usual on weekdays that are holidays. */
function orders(off: ReadonlySet<number>, length: number, { open = 0.3, seed = 1 } = {}): Float64Array {
  return made(
    length,
    (i, noise) =>
      (weekend(i) ? 60 : 100) *
      (1 + i / 2000 + 0.04 * noise) *
      (!weekend(i) && off.has(start / day + i) ? open : 1),
    seed,
  );
}

function historyOf(v: Float64Array, step = day) {
  return { t: v.map((_, i) => start + i * step), v, step };
}

const error = (yhat: Float64Array, truth: Float64Array) =>
  yhat.reduce((sum, value, h) => sum + Math.abs(value - truth[h]!) / yhat.length, 0);

async function calendars(place = 'DE'): Promise<readonly HolidayCalendar[]> {
  return holidayCalendars([place], { from: 2025, to: 2026 });
}

describe('public holidays in the ensemble', () => {
  it('halve the error of a month with holidays where they are days of rest', async () => {
    const [calendar] = await calendars();
    const ensemble = new Ensemble(members, { horizon: 30 * day, folds: 8 });
    let [blind, aware] = [0, 0];
    // Known until the end of March 2026, until the 10th of December and the 1st of May 2025: Easter, Christmas, Ascension are ahead.
    for (const known of [455, 344, 120]) {
      const whole = orders(calendar!.days, known + 30, { seed: known });
      const history = historyOf(whole.slice(0, known));
      const regressors = holidayRegressors(history, { calendars: [calendar!], steps: 30, stamp: 'start' });
      for (const [which, each] of [[], regressors].entries()) {
        const fitted = ensemble.fit(history, each);
        if ('unfit' in fitted) throw new Error(fitted.unfit);
        const wrong = error(fitted.forecast(30, []).yhat, whole.slice(known));
        if (which === 0) blind += wrong;
        else aware += wrong;
      }
    }
    expect(aware).toBeLessThan(blind / 2);
  });

  it('are a share of what is usual at that hour of the week', async () => {
    const [calendar] = await calendars();
    const hourly = Float64Array.from({ length: 150 * 24 }, (_, h) => {
      const i = Math.floor(h / 24);
      const off = calendar!.days.has(start / day + i) && !weekend(i);
      return (weekend(i) ? 60 : 100) * (1 + Math.sin((h * Math.PI) / 12)) * (off ? 0.5 : 1);
    });
    const history = historyOf(hourly, day / 24);
    const [effect] = holidayRegressors(history, { calendars: [calendar!], steps: 48, stamp: 'start' });
    expect(effect!.name).toBe('holidays DE');
    expect(effect!.effect).toBeCloseTo(-0.5);
    const easter = (Date.UTC(2025, 3, 21) - start) / (day / 24);
    expect([...effect!.past.slice(easter, easter + 24)]).toEqual(
      [...hourly.slice(easter, easter + 24)].map(value => expect.closeTo(2 * value)),
    );
  });

  it('count for days that are stamped by their end as for those that are stamped by their start', async () => {
    const [calendar] = await calendars();
    const history = historyOf(orders(calendar!.days, 300));
    const ended = { ...history, t: history.t.map(t => t + day) };
    const of = (known: typeof history, stamp: 'start' | 'end') =>
      holidayRegressors(known, { calendars: [calendar!], steps: 30, stamp });
    expect(of(ended, 'end')).toEqual(of(history, 'start'));
  });

  it('are left out where they are days as others, where fewer than three are known, and for steps of a week', async () => {
    const known = await calendars();
    const asked = { calendars: known, steps: 30, stamp: 'start' } as const;
    for (let seed = 0; seed < 20; seed++)
      expect(holidayRegressors(historyOf(orders(new Set(), 400, { seed })), asked)).toEqual([]);
    expect(holidayRegressors(historyOf(orders(known[0]!.days, 80)), asked)).toEqual([]);
    expect(
      holidayRegressors(
        historyOf(
          made(60, i => i),
          7 * day,
        ),
        asked,
      ),
    ).toEqual([]);
  });
});

describe('holidays of a place that differ', () => {
  const years = { from: 2020, to: 2025 };
  const first = Date.UTC(2020, 0, 1);
  /** Known until the end of 2024; the year 2025 is ahead. */
  const known = Math.round((Date.UTC(2025, 0, 1) - first) / day);
  const whole = known + 365;
  const usual = (i: number) => ([0, 6].includes(new Date(first + i * day).getUTCDay()) ? 60 : 100);

  /** What each holiday does, and how far days vary: noise of a higher power has heavier tails. */
  interface Shop {
    readonly share: (name: string) => number;
    readonly jitter?: number;
    readonly power?: number;
  }

  /** Mean error of what is expected of the working days of 2025 that are holidays, with effects of their own and with one shared. */
  async function errorsOf({ share, jitter = 0.06, power = 1 }: Shop, seed: number) {
    const [calendar] = await holidayCalendars(['DE'], years);
    const nameOf = new Map([...calendar!.named].flatMap(([name, dates]) => [...dates].map(d => [d, name])));
    const change = (i: number) => {
      const name = nameOf.get(first / day + i);
      return name === undefined || usual(i) === 60 ? 0 : share(name);
    };
    const v = made(known, (i, noise) => usual(i) * (1 + change(i) + jitter * noise ** power), seed);
    const history = { t: v.map((_, i) => first + i * day), v, step: day };
    const ahead = Array.from({ length: whole - known }, (_, h) => h).filter(h => change(known + h) !== 0);
    const errorWith = (named: HolidayCalendar['named']) => {
      const calendars = [{ ...calendar!, named }];
      const regressors = holidayRegressors(history, { calendars, steps: whole - known, stamp: 'start' });
      const expected = (h: number) =>
        regressors.reduce((sum, { effect = 0, future }) => sum + effect * future[h]!, 0);
      const off = ahead.map(h => Math.abs(expected(h) - usual(known + h) * change(known + h)));
      return off.reduce((sum, each) => sum + each, 0) / ahead.length;
    };
    return { own: errorWith(calendar!.named), shared: errorWith(new Map()) };
  }

  async function meanErrors(shop: Shop) {
    let [own, shared] = [0, 0];
    for (let seed = 1; seed <= 40; seed++) {
      const errors = await errorsOf(shop, seed);
      own += errors.own / 40;
      shared += errors.shared / 40;
    }
    return { own, shared };
  }

  it('get an effect each: a quarter of the error of one for all, of a year ahead', async () => {
    const { own, shared } = await meanErrors({
      share: name => (/Christmas|Boxing/.test(name) ? -0.9 : -0.3),
    });
    expect(own).toBeLessThan(shared / 4);
  });

  it.each([
    ['even', { jitter: 0.06 }],
    ['heavy', { jitter: 0.4, power: 9 }],
  ])('are no worse than one for all where they are equal, in noise with %s tails', async (_, noise) => {
    const { own, shared } = await meanErrors({ share: () => -0.4, ...noise });
    expect(own).toBeLessThan(1.05 * shared);
  });

  it('are told by name, and one that was seen once has the shared effect', async () => {
    const [calendar] = await holidayCalendars(['DE'], years);
    const [christmas] = [...calendar!.named].find(([name]) => /Christmas/.test(name))!;
    const v = made(known, (i, noise) => {
      const date = first / day + i;
      const drop = calendar!.named.get(christmas)!.has(date) ? 0.9 : calendar!.days.has(date) ? 0.3 : 0;
      return usual(i) * (1 - (usual(i) === 60 ? 0 : drop) + 0.04 * noise);
    });
    const lately = (days: number) => ({
      t: Float64Array.from({ length: days }, (_, i) => first + (known - days + i) * day),
      v: v.slice(-days),
      step: day,
    });
    const asked = { calendars: [calendar!], steps: 365, stamp: 'start' } as const;
    const effects = new Map(holidayRegressors(lately(731), asked).map(({ name, effect }) => [name, effect]));
    expect(effects.get(`holidays DE (${christmas})`)).toBeCloseTo(-0.9, 1);
    expect(effects.get('holidays DE (Easter Monday)')).toBeCloseTo(-0.3, 1);
    // The first of January 2023 was a Sunday.
    expect(effects.has("holidays DE (New Year's Day)")).toBe(false);
    expect(effects.get('holidays DE')).toBeCloseTo(-0.3, 1);
    expect(holidayRegressors(lately(366), asked).map(({ name }) => name)).toEqual(['holidays DE']);
  });
});
