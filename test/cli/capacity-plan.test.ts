import { describe, expect, it } from 'vitest';
import { forecastCapacity } from '../../cli/capacity-forecast.ts';
import { howNow } from '../../cli/capacity-how.ts';
import { readPlan } from '../../cli/capacity-plan.ts';
import { createRandom } from '../../core/random.ts';
import { temporaryFile } from './command.ts';

const day = 86_400_000;
const known = 120;
const first = Date.UTC(2026, 0, 2);
const last = first + (known - 1) * day;
const date = (daysAhead: number) => new Date(last + (daysAhead - 1) * day).toISOString().slice(0, 10);

const random = createRandom(8);
const traffic = Float64Array.from(
  { length: known },
  (_, i) => 100 + 20 * Math.sin(i) + 20 * (random() - 0.5),
);
const noise = Float64Array.from({ length: known }, () => random() - 0.5);

/** CPU that follows traffic, or what is live, day by day; 90 is the limit. */
function forecastOf(plan: string, used: (i: number) => number, regressors = { traffic }) {
  const history = {
    ...{ pack: 'node', resource: 'cpu', entity: { instance: 'a' }, from: first, regressors },
    used: Float64Array.from({ length: known }, (_, i) => used(i) + noise[i]!),
    limit: new Float64Array(known).fill(90),
  };
  const how = {
    days: 30,
    madeAt: last,
    calendars: [],
    plan: plan === '' ? [] : readPlan(temporaryFile('plan.csv', plan)),
  };
  return forecastCapacity({ history, factors: [1, 1], unit: 'percent' }, how);
}

const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value / values.length, 0);
const byTraffic = (i: number) => 10 + 0.4 * traffic[i]!;
const launched = (i: number) => 20 + (i >= 30 ? 15 : 0) + (i >= 80 ? 15 : 0);
const launches = `timestamp,launches\n${date(31 - known)},1\n${date(81 - known)},2\n${date(11)},4\n`;

describe('a plan for all resources', () => {
  it('multiplies a regressor of the pack from a day on, and the date of full follows', () => {
    const plan = `timestamp,traffic\n${date(11)},2.5\n`;
    const before = forecastOf('', byTraffic);
    const after = forecastOf(plan, byTraffic);
    const rise = after.forecast.yhat.map((value, h) => value - before.forecast.yhat[h]!);
    expect(Math.abs(mean(rise.slice(0, 10)))).toBeLessThan(3);
    expect(mean(rise.slice(10))).toBeGreaterThan(30);
    expect(before.exhaustion.state).toBe('clear');
    if (after.exhaustion.state !== 'fills') throw new Error(after.exhaustion.reason);
    expect((after.exhaustion.date.median - last) / day).toBeGreaterThan(9);
    expect((after.exhaustion.date.median - last) / day).toBeLessThan(14);
  });

  it('counts launches: what the earlier ones added, the next ones add', () => {
    const { forecast } = forecastOf(launches, launched);
    expect(mean(forecast.yhat.slice(0, 10))).toBeGreaterThan(47);
    expect(mean(forecast.yhat.slice(0, 10))).toBeLessThan(53);
    expect(mean(forecast.yhat.slice(10))).toBeGreaterThan(70);
  });

  it('changes nothing where a resource has no regressors, where it says nothing of the days ahead, or where it moves nothing', () => {
    const none = { ...forecastOf('', launched, Object.create(null)) };
    expect(forecastOf(launches, launched, Object.create(null))).toEqual(none);
    expect(forecastOf(`timestamp,traffic\n${date(60)},3\n`, byTraffic)).toEqual(forecastOf('', byTraffic));
    expect(forecastOf(launches, () => 40)).toEqual(forecastOf('', () => 40));
  });

  it('that cannot be read is told and left out', async () => {
    const told: string[] = [];
    const hints = {
      horizon: 30 * day,
      holidays: [],
      plan: temporaryFile('bad.csv', 'timestamp,a\nsoon,1\n'),
    };
    const { plan } = await howNow(hints, last, message => told.push(message));
    expect(plan).toEqual([]);
    expect(told).toEqual([
      expect.stringMatching(/^forecast\.plan: .*bad\.csv:2:1: "soon" is not a timestamp/),
    ]);
  });
});
