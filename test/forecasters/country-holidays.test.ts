import { describe, expect, it } from 'vitest';
import { countryHolidays } from '../../forecasters/country-holidays.ts';
import { fitProphet } from '../../forecasters/prophet.ts';
import { prophetOptions } from '../../forecasters/prophet-options.ts';

const day = 86_400_000;

describe('public holidays of a country', () => {
  it('are one effect each, on the dates of all years, movable ones included', async () => {
    const holidays = await countryHolidays('DE', { from: 2025, to: 2026 });
    const dates = new Map(holidays.map(({ name, dates: days }) => [name, days]));
    expect(dates.get("New Year's Day")).toEqual(['2025-01-01', '2026-01-01']);
    expect(dates.get('Good Friday')).toEqual(['2025-04-18', '2026-04-03']);
  });

  it('are more in a part of it that has its own', async () => {
    const years = { from: 2026, to: 2026 };
    const all = (await countryHolidays('DE', years)).flatMap(({ dates }) => dates);
    const bavaria = (await countryHolidays('DE-BY', years)).flatMap(({ dates }) => dates);
    expect(all).not.toContain('2026-01-06');
    expect(bavaria).toContain('2026-01-06');
  });

  it('of a place that nobody knows are an error that says how places are written', async () => {
    await expect(countryHolidays('Atlantis', { from: 2026, to: 2026 })).rejects.toThrow(
      'write a country as DE',
    );
    await expect(countryHolidays('DE-XX', { from: 2026, to: 2026 })).rejects.toThrow('no part "XX" of DE');
  });

  it('are learned and expected again by prophet', async () => {
    const holidays = await countryHolidays('US', { from: 2024, to: 2026 });
    const off = new Set(holidays.flatMap(({ dates }) => dates));
    const t = Float64Array.from({ length: 730 }, (_, i) => Date.UTC(2024, 0, 1) + i * day);
    const y = t.map((time, i) => (off.has(new Date(time).toISOString().slice(0, 10)) ? 40 : 100) + (i % 2));
    const options = prophetOptions.parse({ holidays, yearly: 0, weekly: 0 });
    const fit = fitProphet({ t, y }, options);
    if ('unfit' in fit) throw new Error(fit.unfit);
    const [independence, after] = fit.predict(
      { t: Float64Array.of(Date.UTC(2026, 6, 4), Date.UTC(2026, 6, 8)) },
      [],
    ).yhat;
    expect(independence!).toBeLessThan(50);
    expect(after!).toBeGreaterThan(95);
  });
});
