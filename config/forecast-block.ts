import { z } from 'zod';
import { positive } from '../core/duration-field.ts';
import { count } from './field.ts';

const day = 86_400_000;

const regionNames = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });

/** True for `DE` and `DE-BY`; whether a part is known, the calendars tell. */
function isPlace(text: string): boolean {
  const [country = '', ...parts] = text.split('-');
  return (
    /^[A-Z]{2}$/.test(country) && regionNames.of(country) !== undefined && parts.every(part => part !== '')
  );
}

/** The block `forecast`. */
export const forecastBlock = z.strictObject({
  enabled: z.boolean().default(true).describe('Forecast the resources that packs declare under `capacity`.'),
  horizon: positive
    .default(30 * day)
    .refine(ms => ms >= day, 'must be at least 1d')
    .describe('How far ahead.'),
  history: positive
    .default(395 * day)
    .describe('How far back daily values are read at the start; those that were read once are kept.'),
  holidays: z
    .array(z.string().refine(isPlace, 'must be a country such as DE, or a part of one such as DE-BY'))
    .default([])
    .describe('Countries, or parts of them, whose public holidays move what is forecast.'),
  plan: z
    .string()
    .min(1)
    .optional()
    .describe(
      'CSV `timestamp,<name>...` of what is planned: factors on regressors of packs, and counts of launches.',
    ),
  warning: positive.default(7 * day).describe('A resource that is full within it is told as a warning.'),
  critical: positive.default(2 * day).describe('The same, as critical.'),
  series: count
    .default(10_000)
    .describe('Most resources that are forecast; those beyond are left out, and it is said.'),
});
