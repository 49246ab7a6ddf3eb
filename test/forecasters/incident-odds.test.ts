import { describe, expect, it } from 'vitest';
import { figuresOf } from '../../bench/odds-figures.ts';
import { fitIncidentOdds, incidentOddsOptions } from '../../forecasters/incident-odds.ts';
import { type HourlyPast, hour, hourOfWeek, outcomes } from '../../forecasters/incident-odds-past.ts';
import { knownBefore, monday, world } from './odds-world.ts';

const day = 24 * hour;
const until = monday + 42 * day;
const span = { from: until, until: until + 14 * day - 4 * hour };
const signals = [{ name: 'pressure', say: (value: number) => `pressure is ${value}` }];
const settings = { ...incidentOddsOptions.parse({}), until, signals };

const pasts = [1, 2, 3].map(seed => world(`service ${seed}`, 56, seed));
const model = fitIncidentOdds(
  pasts.map(past => knownBefore(past, until)),
  settings,
);

/** Whether an incident came within four hours of each answer. */
function came(past: HourlyPast, at: number): 0 | 1 {
  return outcomes(past, 4)[(at - past.from) / hour] === 1 ? 1 : 0;
}

/** The share of weeks before with an incident, by hour of the week. */
function climatology(past: HourlyPast): Float64Array {
  const sum = new Float64Array(168);
  const count = new Float64Array(168);
  for (const [i, y] of outcomes(past, 4).entries()) {
    const t = past.from + i * hour;
    if (t + 4 * hour > until) break;
    sum[hourOfWeek(t)]! += y;
    count[hourOfWeek(t)]! += 1;
  }
  return sum.map((each, k) => each / count[k]!);
}

const answers = pasts.flatMap(past =>
  model
    .over(past, span)
    .map(odds => ({ ...odds, y: came(past, odds.at), usual: climatology(past)[hourOfWeek(odds.at)]! })),
);

describe('the odds of an incident in the next four hours', () => {
  it('are told for every hour that is asked for, and held back for a fifth of them at most', () => {
    expect(answers).toHaveLength(3 * (14 * 24 - 4));
    expect(answers.filter(({ p }) => p === undefined).length / answers.length).toBeLessThan(0.2);
  });

  it('know more than the hour of the week, and are honest about it, on weeks that were not learned from', () => {
    const told = answers.filter(({ p }) => p !== undefined);
    const ours = figuresOf(told);
    const usual = figuresOf(told.map(({ usual: p, y }) => ({ p, y })));
    expect(ours.AUC).toBeGreaterThan(usual.AUC! + 0.05);
    expect(ours.Brier).toBeLessThan(0.85 * usual.Brier!);
    expect(ours.ECE).toBeLessThan(0.08);
  });

  it('say what drives them', () => {
    const pressed = answers.filter(({ p = 0, drivers }) => p > 0.5 && drivers.includes('pressure is 1'));
    expect(pressed.length).toBeGreaterThan(5);
    expect(answers.filter(({ drivers }) => drivers.length === 0).length).toBeLessThan(answers.length / 4);
  });

  it('are the same for the same past', () => {
    const again = fitIncidentOdds(
      pasts.map(past => knownBefore(past, until)),
      settings,
    );
    expect(again.over(pasts[0]!, span)).toEqual(model.over(pasts[0]!, span));
  });

  it('learn nothing of what came after the time that they were learned until', () => {
    const knowing = fitIncidentOdds(pasts, settings);
    expect(knowing.over(pasts[1]!, span)).toEqual(model.over(pasts[1]!, span));
  });

  it('are not moved by what comes later than their hour', () => {
    const at = until + 5 * day;
    const asked = { from: at, until: at + hour };
    expect(model.over(knownBefore(pasts[0]!, at), asked)).toEqual(model.over(pasts[0]!, asked));
  });

  it('abstain with a reason where there is too little history', () => {
    const early = { ...settings, until: monday + 6 * day };
    const short = fitIncidentOdds(pasts, early).over(pasts[0]!, {
      from: early.until,
      until: early.until + hour,
    });
    expect(short).toEqual([{ at: early.until, p: undefined, drivers: ['5 days of history, 14 are needed'] }]);
    const quiet = pasts.map(past => ({
      ...past,
      begun: past.begun.slice(0, 2),
      known: past.known.slice(0, 2),
    }));
    expect(fitIncidentOdds(quiet, settings).over(quiet[0]!, span)[0]).toMatchObject({
      p: undefined,
      drivers: ['6 incidents so far, 20 are needed'],
    });
  });

  it('abstain for a place that was not there when they were learned', () => {
    const [first] = model.over({ ...pasts[0]!, name: 'new' }, span);
    expect(first).toMatchObject({ p: undefined, drivers: ['this place is new: the next fit knows it'] });
  });

  it('stay finite with signals that are missing, activity that is unknown and incidents that never stop', () => {
    const holes = pasts.map(past => ({
      ...past,
      activity: past.activity.map((value, i) => (i % 3 === 0 ? Number.NaN : value)),
      signals: [past.signals[0]!.map(() => Number.NaN)],
    }));
    const always = Float64Array.from({ length: 56 * 24 * 4 }, (_, k) => monday + k * (hour / 4));
    const odd = [...holes, { ...pasts[0]!, name: 'always', begun: always, known: always }];
    const fitted = fitIncidentOdds(odd, settings);
    for (const past of odd)
      for (const { p = 0.5 } of fitted.over(past, span))
        expect(p > 0 && p < 1, `${past.name}: ${p}`).toBe(true);
  });
});
