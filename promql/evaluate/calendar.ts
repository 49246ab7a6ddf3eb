import { omit } from '../../core/labels.ts';
import type { Apply } from './functions.ts';
import { mapElements } from './value.ts';

const dayLength = 86_400_000;

/** A part of a date in UTC; without an argument of the instant itself. */
function calendar(part: (date: Date) => number): Apply {
  const of = (seconds: number) => part(new Date(Math.trunc(seconds) * 1000));
  return (args, grid) => {
    if (args.count > 0)
      return {
        kind: 'vector',
        elements: mapElements(args.vector(0), of, labels => omit(labels, ['__name__'])),
      };
    const v = Float64Array.from({ length: grid.count }, (_, i) => of((grid.start + i * grid.step) / 1000));
    return { kind: 'vector', elements: [{ labels: {}, v, on: new Uint8Array(grid.count).fill(1) }] };
  };
}

function dayOfYear(date: Date): number {
  return Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / dayLength) + 1;
}

/** The functions of date and time, by name. */
export const calendarFunctions: Readonly<Record<string, Apply>> = {
  minute: calendar(date => date.getUTCMinutes()),
  hour: calendar(date => date.getUTCHours()),
  day_of_week: calendar(date => date.getUTCDay()),
  day_of_month: calendar(date => date.getUTCDate()),
  day_of_year: calendar(dayOfYear),
  days_in_month: calendar(date =>
    new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate(),
  ),
  month: calendar(date => date.getUTCMonth() + 1),
  year: calendar(date => date.getUTCFullYear()),
};
