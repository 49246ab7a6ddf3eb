import { describe, expect, it } from 'vitest';
import { OddsHours } from '../../cli/odds-hours.ts';
import { everywhere } from '../../cli/odds-onsets.ts';
import { openStore } from '../../store/sqlite.ts';

const hour = 3_600_000;
const day = 24 * hour;
const fpr = 0.01;

/** A class of so many instances, of which every tenth is abnormal. */
function rows(count: number) {
  const entities = Array.from({ length: count }, (_, k) => ({ instance: `n${k}` }));
  return { entities, states: { judgement: { p: entities.map((_, k) => (k % 10 === 0 ? 0.001 : 0.5)) } } };
}

describe('the hours of the passes', () => {
  it('tell the whole and the thousand places with the most abnormal rows, also after a restart', () => {
    const table = openStore(':memory:').values('odds-hours');
    const hours = new OddsHours(table);
    hours.observe(rows(5000), hour - 1, fpr);
    hours.observe(rows(1), hour + 1, fpr);
    for (const each of [hours, new OddsHours(table)]) {
      expect(each.at(hour, everywhere)).toEqual([0.1, 3]);
      const kept = Array.from({ length: 5000 }, (_, k) => each.at(hour, `n${k}`)).filter(Boolean);
      expect(kept).toHaveLength(1000);
      expect(kept.filter(seen => seen![0] === 1)).toHaveLength(500);
    }
  });

  it('forget what is older than thirty days, whether odds are learned or not', () => {
    const table = openStore(':memory:').values('odds-hours');
    const hours = new OddsHours(table);
    for (const t of [hour, 2 * hour, 31 * day, 31 * day + hour]) hours.observe(rows(2), t, fpr);
    expect(hours.at(hour, everywhere)).toBeUndefined();
    expect(hours.at(31 * day, everywhere)).toBeDefined();
    expect(table.entries()).toHaveLength(1);
  });
});
