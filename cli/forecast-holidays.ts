import type { History } from '../core/forecaster.ts';
import { holidayCalendars } from '../forecasters/holiday-calendar.ts';
import { holidayRegressors } from '../forecasters/holiday-effects.ts';
import { InputError } from './exit.ts';
import type { RegressorInput } from './forecast-regressors.ts';

const day = 86_400_000;
const yearOf = (t: number) => new Date(t).getUTCFullYear();

async function calendarsOf(places: string, { from, to }: { readonly from: number; readonly to: number }) {
  const asked = places.split(',').map(place => place.trim());
  try {
    return await holidayCalendars(asked, { from: yearOf(from), to: yearOf(to) });
  } catch (error) {
    if (error instanceof RangeError) throw new InputError(`--holidays ${places}: ${error.message}`);
    throw error;
  }
}

/** What the public holidays of `places` (`DE,US-CA`) do to a history; notes say of which ones nothing can be seen. */
export async function readHolidays(
  places: string | undefined,
  history: History,
  steps: number,
): Promise<RegressorInput> {
  if (places === undefined) return { regressors: [], notes: [] };
  const { t, step } = history;
  const calendars = await calendarsOf(places, { from: t[0]!, to: t[t.length - 1]! + steps * step });
  if (step > day) return { regressors: [], notes: ['holidays count only for steps of a day or less'] };
  const regressors = holidayRegressors(history, { calendars, steps, stamp: 'start' });
  const silent = calendars.filter(
    ({ place }) =>
      !regressors.some(({ name }) => name === `holidays ${place}` || name.startsWith(`holidays ${place} `)),
  );
  return {
    regressors,
    notes: silent.map(
      ({ place }) =>
        `holidays of ${place} are left out: at least 3 in the history must differ clearly from the same day of other weeks`,
    ),
  };
}
