import { autoregression } from './autoregression.ts';
import { bentLine } from './bent-line.ts';
import { calendarTrend } from './calendar-trend.ts';
import { dampedTrend } from './damped-trend.ts';
import { slope7, slope28 } from './envelope-slope.ts';
import { ets } from './ets.ts';
import { naive } from './naive.ts';
import type { PathMethod } from './path-method.ts';
import { patientSmoothing } from './patient-smoothing.ts';
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
