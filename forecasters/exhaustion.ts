import type { Exhaustion, FillDate } from '../core/capacity.ts';
import type { History } from '../core/forecaster.ts';
import { clockFill } from './clock-fill.ts';
import { dailyHighs, type FillChances, fillChances } from './fill-chances.ts';

/** What a resource is measured against, and how far ahead is looked. */
export interface FillQuestion {
  /** One value for each step ahead in the unit of the history, as limits may change; the last one goes on. */
  readonly limit: Float64Array;
  /** Which side of the limit is the bad one: what is used rises to it, what is left falls to it. */
  readonly bad: 'above' | 'below';
  /** ms. */
  readonly horizon: number;
}

/** Values below which nothing is said, and the chance from which on a date is. */
const leastValues = 7;
const worthADate = 0.1;

/** The largest chance up to each step: what was full once was full. */
function byThen(chance: Float64Array): Float64Array {
  let most = 0;
  return chance.map(each => {
    most = Math.max(most, each);
    return most;
  });
}

/** The time at which the chance of being full reaches `share`, on a straight line between two steps; NaN: not so soon. */
export function fillQuantile({ t, chance }: Pick<FillChances, 't' | 'chance'>, share: number): number {
  const full = byThen(chance);
  const h = full.findIndex(each => each >= share);
  if (h < 0) return Number.NaN;
  if (h === 0) return t[0]!;
  const part = (share - full[h - 1]!) / (full[h]! - full[h - 1]!);
  return t[h - 1]! + part * (t[h]! - t[h - 1]!);
}

/** The date at which it is full: the median, and what holds 80 %. */
export function fillDate(chances: Pick<FillChances, 't' | 'chance'>): FillDate {
  return {
    median: fillQuantile(chances, 0.5),
    earliest: fillQuantile(chances, 0.1),
    latest: fillQuantile(chances, 0.9),
    chance: chances.chance.reduce((most, each) => Math.max(most, each), 0),
  };
}

/** The question turned so that above is bad. */
function upright(history: History, { limit, bad }: FillQuestion): { history: History; limit: Float64Array } {
  if (bad === 'above') return { history, limit };
  return { history: { ...history, v: history.v.map(value => -value) }, limit: limit.map(value => -value) };
}

/** The limit for each step of the history's coarser form: the lowest of those it covers. */
function limitsOf(limit: Float64Array, per: number, steps: number): Float64Array {
  return Float64Array.from({ length: steps }, (_, h) => {
    let low = Number.POSITIVE_INFINITY;
    for (let j = h * per; j < (h + 1) * per; j++) low = Math.min(low, limit[Math.min(j, limit.length - 1)]!);
    return low;
  });
}

function moved(v: Float64Array): boolean {
  const first = v.find(value => !Number.isNaN(value));
  return v.some(value => !Number.isNaN(value) && value !== first);
}

function lastKnown(v: Float64Array): number {
  return v.findLast(value => !Number.isNaN(value)) ?? Number.NaN;
}

const reasons: Readonly<Record<FillChances['shape'], string>> = {
  growth: 'it goes on as it did, and its slopes at earlier times tell how far they can be trusted',
  level: 'it keeps to a level, and its errors at earlier times tell how far it may stray',
  'saw-tooth': 'it fills and is cleaned, and is read at its upper edge',
};

/** The date of an age, unless it lies beyond the horizon. */
function onTime(date: FillDate, { t }: History, { horizon }: FillQuestion): Exhaustion {
  const reason = 'it is an age: it rises by a second a second';
  if (date.median <= t[t.length - 1]! + horizon) return { state: 'fills', date, reason };
  const day = new Date(date.median).toISOString().slice(0, 10);
  return { state: 'clear', reason: `${reason}, and meets its limit on ${day}` };
}

/** When a resource is full, as a distribution of dates; over already, not so soon, or unknown, each with its reason. */
export function exhaustion(history: History, question: FillQuestion): Exhaustion {
  const turned = upright(history, question);
  const known = history.v.reduce((sum, value) => sum + (Number.isNaN(value) ? 0 : 1), 0);
  if (question.limit.length === 0 || question.limit.some(Number.isNaN))
    return { state: 'unknown', reason: 'no limit is known' };
  if (known > 0 && lastKnown(turned.history.v) >= turned.limit[0]!)
    return { state: 'over', reason: `its last value, ${lastKnown(history.v)}, is at or past the limit` };
  const clock = clockFill(turned.history, turned.limit[0]!);
  if (clock !== undefined) return onTime(clock, history, question);
  if (known < leastValues)
    return { state: 'unknown', reason: `there are ${known} values; at least ${leastValues} are needed` };
  if (!moved(history.v)) return { state: 'clear', reason: 'it has not moved in all of its history' };
  const highs = dailyHighs(turned.history, question.horizon);
  const per = Math.round(highs.step / history.step);
  const steps = Math.max(1, Math.round(question.horizon / highs.step));
  const chances = fillChances(highs, limitsOf(turned.limit, per, steps));
  if (chances === undefined) return { state: 'unknown', reason: 'no method can say anything of it' };
  const date = fillDate(chances);
  const reason = reasons[chances.shape];
  if (date.chance >= worthADate) return { state: 'fills', date, reason };
  return { state: 'clear', reason: `${reason}: the chance is ${(100 * date.chance).toFixed(1)} %` };
}
