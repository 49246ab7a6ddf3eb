import { describe, expect, it } from 'vitest';
import { calendarOf } from '../../core/say-day.ts';
import { clipped, visibleText } from '../../core/visible-text.ts';

const now = Date.UTC(2026, 10, 30, 7);

describe('a calendar', () => {
  it('says days in the zone of the reader', () => {
    const late = Date.UTC(2026, 11, 3, 23, 30);
    expect(calendarOf('UTC', now).day(late)).toBe('3 December');
    expect(calendarOf('Europe/Berlin', now).day(late)).toBe('4 December');
  });

  it('names the year only where it is another one', () => {
    const { day, days } = calendarOf('UTC', now);
    expect(day(Date.UTC(2027, 2, 14))).toBe('14 March 2027');
    expect(days(Date.UTC(2026, 11, 9), Date.UTC(2026, 11, 22))).toBe('9 to 22 December');
    expect(days(Date.UTC(2026, 11, 9), Date.UTC(2027, 0, 2))).toBe('9 December to 2 January 2027');
    expect(days(Date.UTC(2027, 1, 27), Date.UTC(2027, 2, 3))).toBe('27 February to 3 March 2027');
    expect(days(Date.UTC(2026, 11, 9, 1), Date.UTC(2026, 11, 9, 5))).toBe('9 December');
    expect(days(Date.UTC(2025, 10, 9), Date.UTC(2026, 10, 2))).toBe('9 November 2025 to 2 November');
  });

  it('finds the beginning of a day, also where the clocks change in it', () => {
    const { startOfDay } = calendarOf('Europe/Berlin', now);
    expect(startOfDay(Date.UTC(2026, 9, 25, 12))).toBe(Date.UTC(2026, 9, 24, 22));
    expect(startOfDay(Date.UTC(2026, 2, 29, 12))).toBe(Date.UTC(2026, 2, 28, 23));
    expect(startOfDay(Date.UTC(2026, 9, 24, 22))).toBe(Date.UTC(2026, 9, 24, 22));
  });

  it('says a moment with its weekday', () => {
    expect(calendarOf('Europe/Berlin', now).moment(now)).toBe('Monday, 30 November 2026, 08:00');
    expect(calendarOf('Asia/Kolkata', now).shortMoment(now)).toBe('30 Nov, 12:30');
  });

  it('refuses a zone that is not known', () => {
    expect(() => calendarOf('Mars/Olympus', now)).toThrow(RangeError);
  });
});

describe('a text that others wrote', () => {
  it('is one line in which all is seen', () => {
    expect(visibleText('a\r\n b\t\u00a0c')).toBe('a b c');
    expect(visibleText('ab\u202ecd\u200b\u0007')).toBe('ab\\u{202e}cd\\u{200b}\\u{7}');
    expect(visibleText('x\ud800y')).toBe('x\\u{d800}y');
    expect(visibleText('Ж 中文 é')).toBe('Ж 中文 é');
  });

  it('keeps both ends when it is too long', () => {
    expect(clipped('0123456789', 5)).toBe('01…89');
    expect(clipped('0123456789', 10)).toBe('0123456789');
    expect([...clipped('𝒳'.repeat(50), 9)]).toHaveLength(9);
  });
});
