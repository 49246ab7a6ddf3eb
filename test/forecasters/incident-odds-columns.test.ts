import { describe, expect, it } from 'vitest';
import { columnsOf, columnsToLearnFrom, profilesOf } from '../../forecasters/incident-odds-columns.ts';
import { featureColumns, usualColumns, usualFeatures } from '../../forecasters/incident-odds-features.ts';
import { type HourlyPast, hour } from '../../forecasters/incident-odds-past.ts';
import { monday, world } from './odds-world.ts';

const week = 7 * 24;
const usualIncidents = 2;

function lessonOf(pasts: readonly HourlyPast[]) {
  const until = monday + pasts[0]!.rows * hour;
  return { pasts, used: pasts.map(({ rows }) => new Uint8Array(rows).fill(1)), ahead: 4, until };
}

function columnsFor(past: HourlyPast) {
  const lesson = lessonOf([past]);
  const asked = columnsOf(lesson, profilesOf(lesson));
  return { asked: asked[0]!, learned: columnsToLearnFrom(lesson, asked)[0]! };
}

/** The same past with an incident in each hour of its second week. */
function storm(past: HourlyPast): HourlyPast {
  const more = Array.from({ length: week }, (_, k) => past.from + (week + k) * hour + 1);
  const begun = Float64Array.from([...past.begun, ...more]).sort();
  return { ...past, begun };
}

const calm = world('calm', 28, 1);

describe('the columns that the members of the odds are fitted on', () => {
  it('say nothing of the week that a row lies in, and what is usual by the others', () => {
    const before = columnsFor(calm).learned[usualIncidents]!;
    const after = columnsFor(storm(calm)).learned[usualIncidents]!;
    for (let i = week; i < 2 * week; i++) expect(after[i], `row ${i}`).toBeCloseTo(before[i]!, 9);
    for (let i = 0; i < week; i++) expect(after[i]! - before[i]!, `row ${i}`).toBeGreaterThan(0.1);
  });

  it('are those that are asked about, where nothing is usual about them', () => {
    const { asked, learned } = columnsFor(calm);
    for (const [c, column] of asked.entries())
      if (usualFeatures.includes(c)) expect(learned[c]).not.toEqual(column);
      else expect(learned[c]).toEqual(column);
  });

  it('are those that are asked about, of a single week', () => {
    const { asked, learned } = columnsFor(world('young', 7, 1));
    expect(learned).toEqual(asked);
  });

  it('stand where the features are named', () => {
    const [profile] = profilesOf(lessonOf([calm]));
    const all = featureColumns(calm, profile!, 4);
    expect(usualFeatures.map(c => all[c])).toEqual(usualColumns(calm, profile!, 4));
  });
});
