import { expect, test } from 'vitest';
import { formatTimestamp, parseTimestamp } from '../../cli/timestamp.ts';

const noon = Date.UTC(2024, 1, 29, 12);

test.each([
  ['2024-02-29T12:00:00Z', noon],
  ['2024-02-29 12:00:00', noon],
  ['2024-02-29T12:00', noon],
  ['2024-02-29T14:00:00+02:00', noon],
  ['2024-02-29T14:00:00+0200', noon],
  ['2024-02-29 14:00:00+02', noon],
  ['2024-02-29T12:00:00.250Z', noon + 250],
  ['2024-02-29', Date.UTC(2024, 1, 29)],
  [` ${noon / 1000} `, noon],
  [`${noon / 1000}.5`, noon + 500],
  ['1.1', 1100],
  ['1.7092080e9', noon],
  ['-1', -1000],
  ['0', 0],
])('%s is a time', (text, ms) => {
  expect(parseTimestamp(text)).toBe(ms);
});

test.each([
  '',
  'noon',
  '2024-02-31',
  '2023-02-29T00:00:00Z',
  '2024-13-01',
  '2024-02-29T25:00:00Z',
  '1e300',
  '0x10',
  'NaN',
])('%j is none', text => {
  expect(parseTimestamp(text)).toBeNaN();
});

test('times are written in UTC, with a fraction only where there is one', () => {
  expect(formatTimestamp(noon)).toBe('2024-02-29T12:00:00Z');
  expect(formatTimestamp(noon + 250)).toBe('2024-02-29T12:00:00.250Z');
  expect(formatTimestamp(parseTimestamp('1700000000.123'))).toBe('2023-11-14T22:13:20.123Z');
});
