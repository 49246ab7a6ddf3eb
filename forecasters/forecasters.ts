import { z } from 'zod';
import type { ForecasterComponent } from '../core/forecaster.ts';
import { autoregression } from './autoregression.ts';
import { bentLine } from './bent-line.ts';
import { calendarTrend } from './calendar-trend.ts';
import { dampedTrend } from './damped-trend.ts';
import { drift } from './drift.ts';
import { Ensemble } from './ensemble.ts';
import { slope7, slope28 } from './envelope-slope.ts';
import { ets } from './ets.ts';
import { naive } from './naive.ts';
import type { PathMethod } from './path-method.ts';
import { patientSmoothing } from './patient-smoothing.ts';
import { prophet } from './prophet.ts';
import { recentMedian } from './recent-median.ts';
import { seasonalMean } from './seasonal-mean.ts';
import { seasonalNaive } from './seasonal-naive.ts';
import { theta } from './theta.ts';

/** The methods of the ensemble. One more is one new file and one entry here. */
export const members: readonly PathMethod[] = [
  ets,
  patientSmoothing,
  theta,
  autoregression,
  dampedTrend,
  recentMedian,
  seasonalMean,
  seasonalNaive,
  naive,
  slope7,
  slope28,
  bentLine,
  calendarTrend,
];

/** Those of them that know a level to stay at or to return to, for what may never fill. */
export const levelMembers: readonly PathMethod[] = [ets, patientSmoothing, recentMedian, seasonalMean, naive];

/** What every forecaster that is tried at earlier times is told. */
export const ensembleOptions = z.strictObject({
  horizon: z
    .number()
    .positive()
    .default(30 * 86_400_000)
    .describe('How far ahead it is to look (ms): its intervals are learned that far.'),
  folds: z.int().min(2).max(100).default(15).describe('Earlier times that it is tried at.'),
  own: z
    .number()
    .min(0)
    .max(1)
    .default(0.4)
    .describe('How much of an interval is learned from the series, the rest from simulated ones.'),
});

function declare(
  name: string,
  summary: string,
  methods: readonly PathMethod[],
): ForecasterComponent<typeof ensembleOptions> {
  return { name, summary, options: ensembleOptions, create: options => new Ensemble(methods, options) };
}

/** All of them together. */
export const ensemble = declare(
  'ensemble',
  'All methods at once, each with a say by its errors at earlier times of the series.',
  members,
);

/** All forecasters. One more method is one new file and one entry in `members`; a test runs over this list. */
export const forecasters: readonly ForecasterComponent[] = [
  ensemble,
  prophet,
  ...[...members.filter(({ name }) => name !== prophet.name), drift].map(({ name, summary, ...method }) =>
    declare(name, summary, [{ name, summary, ...method }]),
  ),
];
