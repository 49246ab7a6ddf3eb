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
