import { beforeEach, describe, expect, it } from 'vitest';
import { DueReports, ReportSchedule } from '../../cli/report-schedule.ts';
import type { Store } from '../../core/store.ts';
import { openStore } from '../../store/sqlite.ts';

const berlin = new ReportSchedule('0 8 * * 1', 'Europe/Berlin');
const at = (text: string) => Date.parse(text);
/** Mondays 08:00 in Berlin: two in summer time, two in winter time. */
const mondays = ['2026-10-12T06:00Z', '2026-10-19T06:00Z', '2026-10-26T07:00Z', '2026-11-02T07:00Z'].map(at);
const minute = 60_000;

describe('a schedule', () => {
  it('is that of the clock on the wall, over its changes', () => {
    for (const monday of mondays) {
      expect(berlin.last(monday)).toBe(monday);
      expect(berlin.last(monday + 5 * minute)).toBe(monday);
    }
    expect(mondays.slice(1).map(monday => berlin.last(monday - 1))).toEqual(mondays.slice(0, -1));
    expect(mondays.slice(0, -1).map(monday => berlin.next(monday))).toEqual(mondays.slice(1));
  });
});

describe('what is due', () => {
  let store: Store;
  const book = (now: number, schedule = berlin) => new DueReports(schedule, store.values('report'), now);
  beforeEach(() => {
    store = openStore(':memory:');
  });

  it('is nothing at the first start, then each Monday once', () => {
    const due = book(mondays[0]! + minute);
    expect(due.due(mondays[0]! + 2 * minute)).toBeUndefined();
    expect(due.due(mondays[1]! - 1)).toBeUndefined();
    expect(due.due(mondays[1]!)).toBe(mondays[1]);
    due.done(mondays[1]!);
    expect(due.due(mondays[1]! + 60 * minute)).toBeUndefined();
  });

  it('is what was missed while nothing ran, the newest only', () => {
    book(mondays[0]!).done(mondays[0]!);
    const after = book(mondays[3]! + 90 * minute);
    expect(after.due(mondays[3]! + 90 * minute)).toBe(mondays[3]);
    after.done(mondays[3]!);
    expect(book(mondays[3]! + 91 * minute).due(mondays[3]! + 92 * minute)).toBeUndefined();
  });

  it('is nothing of the past of a schedule that was changed', () => {
    book(mondays[0]!).done(mondays[0]!);
    const daily = new ReportSchedule('0 8 * * *', 'Europe/Berlin');
    const now = mondays[1]! - 3 * 60 * minute;
    expect(book(now, daily).due(now)).toBeUndefined();
    expect(book(now, daily).due(mondays[1]!)).toBe(mondays[1]);
  });

  it('is not lost for good when the clock ran ahead once', () => {
    book(mondays[0]!).done(mondays[3]!);
    const due = book(mondays[1]! - minute);
    expect(due.due(mondays[1]!)).toBe(mondays[1]);
  });

  it('begins anew where what is stored cannot be read', () => {
    store.values('report').set('schedule', new TextEncoder().encode('{'));
    expect(book(mondays[0]! + minute).due(mondays[0]! + minute)).toBeUndefined();
  });
});
