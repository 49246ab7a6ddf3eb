import { describe, expect, it } from 'vitest';
import { capacityReport } from '../../reports/report.ts';
import { sayUsed } from '../../reports/say-report.ts';
import { fills, forecastOf, inputsOf, only, over } from './constructed.ts';

describe('cause and action', () => {
  it('tell what pushes most, and how much is to be added by when', () => {
    const causes = [
      { name: 'trend', amount: 14e9 },
      { name: 'disk_written', amount: 22e9 },
      { name: 'holidays', amount: -3e9 },
      { name: 'weekends', amount: 0.1e9 },
    ];
    const { cause, action } = only({
      level: 95e9,
      slope: 0.6e9,
      noise: 0,
      exhaustion: fills(8, 5, 12),
      causes,
    });
    expect(cause).toBe(
      'grows by 600 MB a day: disk written adds 22 GB and its own growth adds 14 GB by 29 January 2027',
    );
    // 95 + 30 x 0.6 is 13 over the limit of 100.
    expect(action).toBe('Free or add 13 GB before 5 December');
  });

  it.each([
    ['memory', /^Add 13 GB of memory, or find what grows before 5 December$/],
    ['db_connections', /^Raise the limit by 13 GB, or find what holds them before 5 December$/],
    ['certificate_expiry', /^Renew it before 5 December$/],
    ['sprockets', /^Add 13 GB or reduce the load before 5 December$/],
  ])('advise by the kind of resource: %s', (resource, action) => {
    expect(
      only({ resource, level: 95e9, slope: 0.6e9, noise: 0, exhaustion: fills(8, 5, 12) }).action,
    ).toMatch(action);
  });

  it('take the advice of the pack where an amount says nothing: of what has no kind, and of an age', () => {
    const advised = (resource: string, unit: string) => {
      const advice = new Map([[`node/${resource}`, 'Exchange it: make a new one. Then tell its users.']]);
      const forecasts = [
        forecastOf({ resource, unit, level: 95e9, slope: 0.6e9, exhaustion: fills(8, 5, 12) }),
      ];
      return capacityReport(inputsOf({ forecasts, advice })).resources[0]!.action;
    };
    expect(advised('sprockets', 'bytes')).toBe('Before 5 December: exchange it: make a new one');
    expect(advised('CPU time of workers', '\u00b5s')).toBe('Before 5 December: exchange it: make a new one');
    expect(advised('filesystem', 'bytes')).toMatch(/^Free or add 1\d\.?\d* GB before 5 December$/);
  });

  it('name no amount where none is needed as it grows now', () => {
    const maybe = { level: 60e9, slope: 0, noise: 0, exhaustion: fills(45, 20, 60) };
    expect(only({ ...maybe, resource: 'memory' }).action).toBe(
      'Add memory, or find what grows before 20 December',
    );
    expect(only(maybe).action).toBe('Free or add room before 20 December');
  });

  it('speak of a certificate as of what expires', () => {
    const certificate = { resource: 'certificate', unit: 's', noise: 0, slope: 86_400, limit: 365 * 86_400 };
    const soon = only({ ...certificate, level: 353 * 86_400, exhaustion: fills(12, 12, 12) });
    expect(soon).toMatchObject({
      answer: 'expires on 12 December',
      cause: 'its lifetime goes by',
      action: 'Renew it before 12 December',
    });
    expect(sayUsed(soon)).toBe('12 d of 365 d left');
    const gone = only({ ...certificate, level: 366 * 86_400, exhaustion: over });
    expect(gone).toMatchObject({ answer: 'expired already', action: 'Renew it now' });
    expect(sayUsed(gone)).toBe('nothing left');
  });

  it('say "now" for what is over, and nothing for what lasts', () => {
    expect(only({ level: 101e9, slope: 0, noise: 0, exhaustion: over }).action).toBe('Free or add 1 GB now');
    expect(only({}).action).toBe('');
  });

  it('call it steady where it hardly moves', () => {
    expect(only({ slope: 1e6 }).cause).toBe('steady');
  });
});
