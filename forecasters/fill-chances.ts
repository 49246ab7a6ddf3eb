import type { History } from '../core/forecaster.ts';
import { bentLine } from './bent-line.ts';
import { drift } from './drift.ts';
import { Ensemble, type FittedEnsemble } from './ensemble.ts';
import { slope28 } from './envelope-slope.ts';
import { levelMembers } from './forecasters.ts';
import { fillGaps } from './gaps.ts';
import type { PathMethod } from './path-method.ts';
import { belowEnvelope, type SawTooth, sawTooth } from './saw-tooth.ts';
import { seasonOf, stepsOfDay } from './season.ts';

/** Methods that go on growing: what fills is told by them, while a level would say "never". */
const growing: readonly PathMethod[] = [slope28, drift, bentLine];
/** They speak as long as they err at most so many times as much as those that know levels. */
const patience = 1.4;
const folds = 15;
const day = 86_400_000;
/** Days ahead, and days known, from which on the highs of whole days are looked at. */
const longHorizon = 3;
const longHistory = 14;

/** When a resource is full, step by step ahead. */
export interface FillChances {
  /** Times of the steps ahead (ms). */
  readonly t: Float64Array;
  /** P(at or beyond the limit) at that step. */
  readonly chance: Float64Array;
  /** What it was read as. */
  readonly shape: 'growth' | 'level' | 'saw-tooth';
}

/** The highest value of each day of a finer history, the newest day ending with it, where days are enough; else as it is. */
export function dailyHighs(history: History, ahead: number): History {
  const k = stepsOfDay(history.step);
  const days = history.v.length / k;
  if (k === 1 || ahead < longHorizon * day || days < longHistory) return history;
  const y = fillGaps(history.v, seasonOf(history.step, history.v.length));
  const start = y.length % k;
  const v = Float64Array.from({ length: (y.length - start) / k }, (_, i) =>
    y.subarray(start + i * k, start + (i + 1) * k).reduce((top, value) => Math.max(top, value)),
  );
  const last = history.t[history.t.length - 1]!;
  const step = history.step * k;
  return { t: v.map((_, i) => last - (v.length - 1 - i) * step), v, step };
}

function fitOf(
  methods: readonly PathMethod[],
  history: History,
  horizon: number,
): FittedEnsemble | undefined {
  const fitted = new Ensemble(methods, { horizon, folds, own: 1 }).fitAlone(history);
  return 'unfit' in fitted ? undefined : fitted;
}

/** The methods that grow, unless those that know levels clearly do better in this history. */
function fitBest(history: History, horizon: number): { fitted: FittedEnsemble; grows: boolean } | undefined {
  const growth = fitOf(growing, history, horizon);
  const level = fitOf(levelMembers, history, horizon);
  if (growth === undefined || level === undefined) return undefined;
  const grows = growth.meanError <= patience * level.meanError;
  return { fitted: grows ? growth : level, grows };
}

/** The upper edge of a saw-tooth up to its last peak, or the course as it is. */
function edgeOf(history: History, y: Float64Array, saw: SawTooth | undefined): History {
  const v = saw?.envelope ?? y;
  const last = history.t[history.t.length - 1]! - (saw?.since ?? 0) * history.step;
  return { t: v.map((_, i) => last - (v.length - 1 - i) * history.step), v, step: history.step };
}

/**
 * Chances of being at or above `limit[h]` at each step after the history; undefined when nothing can be fitted. A
 * saw-tooth is read at its upper edge, which it touches only before the next cleaning.
 */
export function fillChances(history: History, limit: Float64Array): FillChances | undefined {
  const y = fillGaps(history.v, seasonOf(history.step, history.v.length));
  const saw = sawTooth(y);
  const since = saw?.since ?? 0;
  const best = fitBest(edgeOf(history, y, saw), limit.length * history.step);
  if (best === undefined) return undefined;
  const below = saw === undefined ? new Float64Array(limit.length) : belowEnvelope(saw, limit.length);
  const asked = new Float64Array(limit.length + since);
  asked.set(
    limit.map((value, h) => value + below[h]!),
    since,
  );
  const last = history.t[history.t.length - 1]!;
  return {
    t: limit.map((_, h) => last + (h + 1) * history.step),
    chance: best.fitted.chanceAbove(asked).subarray(since),
    shape: saw !== undefined ? 'saw-tooth' : best.grows ? 'growth' : 'level',
  };
}
