import { z } from 'zod';

const mode = z.enum(['additive', 'multiplicative']);
const prior = z.number().positive();
const order = z.union([z.literal('auto'), z.int().min(0).max(100)]);

/** In which part of the calendar (UTC) a season is at work; a list that is left out holds for all. */
const calendarSchema = z.strictObject({
  months: z.array(z.int().min(1).max(12)).optional().describe('Months, 1 is January.'),
  weekdays: z.array(z.int().min(0).max(6)).optional().describe('Days of the week, 0 is Sunday.'),
  hours: z.array(z.int().min(0).max(23)).optional().describe('Hours of the day.'),
});
export type CalendarCondition = z.output<typeof calendarSchema>;

const seasonSchema = z.strictObject({
  name: z.string().min(1).describe('Its name among the components.'),
  period: z.number().positive().describe('Its length in days.'),
  order: z.int().min(1).max(100).describe('Fourier terms.'),
  prior: prior.optional().describe('Standard deviation of its coefficients; `seasonPrior` when left out.'),
  mode: mode.optional().describe('Added to the trend or a share of it; `seasonMode` when left out.'),
  when: calendarSchema.optional().describe('The part of the calendar in which it is at work.'),
  condition: z.string().optional().describe('Name of a column of 0 and 1 that says when it is at work.'),
});
export type SeasonOptions = z.output<typeof seasonSchema>;

const holidaySchema = z.strictObject({
  name: z.string().min(1).describe('Its name; all its dates share one effect.'),
  dates: z.array(z.iso.date()).min(1).describe('Its dates, past and future, as YYYY-MM-DD (UTC).'),
  before: z
    .int()
    .min(0)
    .max(60)
    .default(0)
    .describe('Days before each date that have an effect of their own.'),
  after: z.int().min(0).max(60).default(0).describe('Days after each date that have an effect of their own.'),
  prior: prior.optional().describe('Standard deviation of its effects; `holidayPrior` when left out.'),
});
export type HolidayOptions = z.output<typeof holidaySchema>;

const regressorSchema = z.strictObject({
  prior: prior.optional().describe('Standard deviation of its coefficient; `holidayPrior` when left out.'),
  mode: mode.optional().describe('Added to the trend or a share of it; `seasonMode` when left out.'),
  standardize: z
    .enum(['auto', 'yes', 'no'])
    .default('auto')
    .describe('Whether its mean is taken off and its deviation made 1; `auto`: unless it is 0 and 1.'),
});

/** The options of `prophet`, named after those of the reference implementation. */
export const prophetOptions = z.strictObject({
  growth: z
    .enum(['linear', 'logistic', 'flat'])
    .default('linear')
    .describe('The shape of the trend; `logistic` needs a cap.'),
  cap: z
    .number()
    .optional()
    .describe('Where logistic growth ends, when the history brings no cap of its own.'),
  floor: z.number().optional().describe('Where logistic growth begins, when the history brings no floor.'),
  changepoints: z
    .array(z.number())
    .optional()
    .describe('Times (ms) at which the trend may change, in place of those that are spread evenly.'),
  changepointCount: z.int().min(0).max(200).default(25).describe('Changes of the trend that are sought.'),
  changepointRange: z
    .number()
    .min(0)
    .max(1)
    .default(0.8)
    .describe('First share of the history in which they are sought.'),
  changepointPrior: prior.default(0.05).describe('Scale of the Laplace prior on changes of the trend.'),
  yearly: order.default('auto').describe('Fourier terms of the year; 0 is none, `auto` 10 from 2 years on.'),
  weekly: order.default('auto').describe('Fourier terms of the week; 0 is none, `auto` 3 from 2 weeks on.'),
  daily: order
    .default('auto')
    .describe('Fourier terms of the day; 0 is none, `auto` 4 for steps below a day.'),
  seasons: z.array(seasonSchema).default([]).describe('Further seasons.'),
  seasonMode: mode
    .default('additive')
    .describe('Whether seasons are added to the trend or are a share of it.'),
  seasonPrior: prior.default(10).describe('Standard deviation of the coefficients of seasons.'),
  holidays: z.array(holidaySchema).default([]).describe('Days with an effect of their own.'),
  holidayMode: mode.optional().describe('As `seasonMode`, for holidays; `seasonMode` when left out.'),
  holidayPrior: prior.default(10).describe('Standard deviation of the effects of holidays and regressors.'),
  regressors: z.record(z.string(), regressorSchema).default({}).describe('How named regressors enter.'),
  scaling: z
    .enum(['absmax', 'minmax'])
    .default('absmax')
    .describe('Whether values are divided by the largest one or mapped from lowest to highest.'),
  samples: z
    .int()
    .min(100)
    .max(10_000)
    .default(1000)
    .describe('Paths drawn for intervals of logistic growth.'),
  seed: z.int().min(0).default(1).describe('Seed of those paths.'),
});
export type ProphetOptions = z.output<typeof prophetOptions>;

/** The times that a model is asked about, with all that it needs to know of each; arrays are of the length of `t`. */
export interface ProphetTimes {
  /** ms. */
  readonly t: Float64Array;
  readonly regressors?: Readonly<Record<string, Float64Array>>;
  /** Columns of 0 and 1 that seasons name as their `condition`. */
  readonly conditions?: Readonly<Record<string, ArrayLike<number>>>;
  /** Varying cap and floor of logistic growth; the options' constants when left out. */
  readonly cap?: Float64Array;
  readonly floor?: Float64Array;
}

/** What a model is fitted on: times in any order, at any distance; NaN in `y` is missing. */
export interface ProphetHistory extends ProphetTimes {
  readonly y: Float64Array;
}
