import { describe, expect, it } from 'vitest';
import { instantOfNumber, instantOfText } from '../../core/log-instant.ts';
import { t } from './log-records.ts';

describe('times', () => {
  it('are seconds, ms, us or ns by their size', () => {
    for (const scale of [1e-3, 1, 1e3, 1e6]) expect(instantOfNumber(t * scale)).toBe(t);
    for (const none of [0, -1, 12.5, 2026, 1e30, Number.NaN]) expect(instantOfNumber(none)).toBeUndefined();
  });

  const texts: readonly (readonly [string, number | undefined])[] = [
    ['2026-11-30T13:00:00.250Z', t],
    ['2026-11-30 13:00:00,250', t],
    ['2026-11-30T14:00:00.250000000+0100', t],
    ['2026-11-30T08:00:00.25-05:00', t],
    ['2026-11-30', Date.UTC(2026, 10, 30)],
    ['30/Nov/2026:13:00:00 +0000', t - 250],
    ['Mon, 30 Nov 2026 13:00:00 GMT', t - 250],
    [`${t}`, t],
    [`${t / 1000}`, t],
    ['yesterday', undefined],
    ['', undefined],
  ];
  for (const [text, ms] of texts) it(JSON.stringify(text), () => expect(instantOfText(text)).toBe(ms));
});
