import { describe, expect, it } from 'vitest';
import { levelOfName, levelOfNumber } from '../../core/log-level.ts';

describe('levels', () => {
  it('are known by all usual names', () => {
    const of = (names: string) => [...new Set(names.split(' ').map(levelOfName))];
    expect(of('TRACE verbose FINEST')).toEqual(['trace']);
    expect(of('Debug DBG DEBUG5 fine')).toEqual(['debug']);
    expect(of('INFO Information notice [info] LOG')).toEqual(['info']);
    expect(of('WARN Warning wrn W')).toEqual(['warn']);
    expect(of('ERROR err SEVERE E')).toEqual(['error']);
    expect(of('FATAL critical alert emerg PANIC ftl')).toEqual(['fatal']);
    expect(of('basement kitchen')).toEqual([undefined]);
  });

  it('are known by the numbers of syslog, pino and Monolog', () => {
    expect([0, 3, 4, 6, 7].map(levelOfNumber)).toEqual(['fatal', 'error', 'warn', 'info', 'debug']);
    expect([10, 20, 30, 35, 40, 50, 60].map(levelOfNumber)).toEqual([
      'trace',
      'debug',
      'info',
      'info',
      'warn',
      'error',
      'fatal',
    ]);
    expect([100, 200, 250, 300, 400, 550].map(levelOfNumber)).toEqual([
      'debug',
      'info',
      'info',
      'warn',
      'error',
      'fatal',
    ]);
    expect([-1, 8.5, 99, 1000, Number.NaN].map(levelOfNumber)).toEqual(new Array(5).fill(undefined));
  });
});
