import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../core/random.ts';
import { foreshock, temporaryFile, temporaryFolder } from './command.ts';

const day = 86_400;
const start = Date.UTC(2024, 0, 1) / 1000;

/** `timestamp,<name>` with one row a day, made from the index and a repeatable noise between -1 and 1. */
function rows(count: number, value: (i: number, noise: number) => number | string, name = 'value'): string {
  const random = createRandom(3);
  const lines = Array.from({ length: count }, (_, i) => `${start + i * day},${value(i, 2 * random() - 1)}`);
  return `timestamp,${name}\n${lines.join('\n')}\n`;
}

interface Summary {
  readonly methods: readonly { readonly name: string; readonly weight: number }[];
  readonly backtest: { readonly coverage: Readonly<Record<string, number>> };
  readonly exhaustion: { readonly state: string; readonly days: number; readonly days_80: readonly number[] };
  readonly scenario: { readonly mean_before: number; readonly mean_after: number };
  readonly regressors?: readonly { readonly name: string; readonly adds_per_unit: number }[];
  readonly notes: readonly string[];
}

/** What the command writes for a text on its standard input. */
function forecast(text: string, ...flags: string[]): { table: string[][]; summary: Summary } {
  const args = ['forecast', '--input', '-', '--output', '-', '--horizon', '10d', ...flags];
  const { code, stdout, stderr } = foreshock(args, text);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(code).toBe(0);
  return {
    table: stdout
      .trimEnd()
      .split('\n')
      .map(line => line.split(',')),
    summary: JSON.parse(stderr),
  };
}

/** What the command says when it refuses a text. */
function refusal(text: string, ...flags: string[]): string {
  const args = ['forecast', '--input', '-', '--output', '-', '--horizon', '10d', ...flags];
  const { code, stdout, stderr } = foreshock(args, text);
  expect(code).toBe(2);
  expect(stdout).toBe('');
  return stderr.trimEnd();
}

const level = rows(60, (_, noise) => 20 + noise);

describe('the table', () => {
  it('has a row for each step after the input, with both ends of each interval', () => {
    const { table } = forecast(level);
    expect(table[0]).toEqual(
      'timestamp,yhat,yhat_lower_80,yhat_upper_80,yhat_lower_95,yhat_upper_95'.split(','),
    );
    expect(table).toHaveLength(11);
    expect(table[1]![0]).toBe('2024-03-01T00:00:00Z');
    const [, yhat, low80, high80, low95, high95] = table[5]!.map(Number);
    expect([low95, low80, yhat, high80, high95]).toEqual(
      [low95!, low80!, yhat!, high80!, high95!].sort((a, b) => a - b),
    );
  });

  it('has the levels that were asked for', () => {
    expect(forecast(level, '--levels', '0.5,0.999').table[0]!.slice(2)).toEqual([
      'yhat_lower_50',
      'yhat_upper_50',
      'yhat_lower_99.9',
      'yhat_upper_99.9',
    ]);
  });

  it('goes into a file, and the summary onto standard output', () => {
    const file = `${temporaryFolder()}/f.csv`;
    const { stdout } = foreshock(['forecast', '--input', '-', '--horizon', '3d', '--output', file], level);
    expect(JSON.parse(stdout)).toMatchObject({ steps: 3, history: { step: '1d', values: 60 } });
    expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(5);
  });

  it('stays within 0 and the limit that the input kept to', () => {
    const { table } = forecast(
      rows(60, (_, noise) => 1 + noise),
      '--limit',
      '2.1',
    );
    const values = table.slice(1).flatMap(row => row.slice(1).map(Number));
    expect(Math.min(...values)).toBe(0);
    expect(Math.max(...values)).toBe(2.1);
  });

  it('follows steps of half a second', () => {
    const lines = Array.from({ length: 100 }, (_, i) => `${1000 + i / 2},${i % 4}`);
    const { table } = forecast(`timestamp,value\n${lines.join('\n')}\n`, '--horizon', '2s');
    expect(table.slice(1).map(row => row[0])).toEqual([
      '1970-01-01T00:17:30Z',
      '1970-01-01T00:17:30.500Z',
      '1970-01-01T00:17:31Z',
      '1970-01-01T00:17:31.500Z',
    ]);
  });
});

describe('the summary', () => {
  it('tells the methods with their weights, and how often they were right', () => {
    const { methods, backtest } = forecast(level).summary;
    expect(methods.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 1);
    expect(backtest.coverage['80']).toBeGreaterThan(0.5);
  });

  it('tells when a disk is full', () => {
    const disk = rows(60, (i, noise) => 100 + 2 * i + noise);
    const { state, days, days_80 } = forecast(disk, '--horizon', '40d', '--limit', '258').summary.exhaustion;
    expect(state).toBe('fills');
    expect(days).toBeGreaterThan(18);
    expect(days).toBeLessThan(22);
    expect(days_80[0]!).toBeLessThan(days);
    expect(days_80[1]!).toBeGreaterThan(days);
  });

  it('tells what is over already', () => {
    expect(forecast(level, '--limit', '5').summary.exhaustion).toMatchObject({ state: 'over', days: -1 });
  });

  it('tells what runs out where the limit is 0 below the series', () => {
    const { exhaustion } = forecast(
      rows(40, i => 45 - i),
      '--limit',
      '0',
    ).summary;
    expect(exhaustion.days).toBeGreaterThan(5);
    expect(exhaustion.days).toBeLessThanOrEqual(6);
  });
});

describe('what if', () => {
  const traffic = (i: number) => 100 + 30 * Math.sin(i * i);
  const cpu = rows(80, (i, noise) => 5 + 0.3 * traffic(i) + noise);
  const past = temporaryFileOf(rows(80, i => traffic(i), 'traffic'));
  const plan = temporaryFileOf(rows(90, i => (i < 80 ? traffic(i) : 100), 'traffic'));

  function temporaryFileOf(text: string): () => string {
    return () => temporaryFile('regressors.csv', text);
  }

  it('traffic doubles', () => {
    const { scenario, regressors, notes } = forecast(
      cpu,
      '--regressors',
      plan(),
      '--scenario',
      'traffic=+100%',
    ).summary;
    expect(regressors![0]!.adds_per_unit).toBeCloseTo(0.3, 1);
    expect(scenario.mean_before).toBeGreaterThan(32);
    expect(scenario.mean_after - scenario.mean_before).toBeGreaterThan(25);
    expect(notes).toEqual([]);
  });

  it('a regressor without a plan is forecast itself, which is said', () => {
    expect(forecast(cpu, '--regressors', past()).summary.notes).toEqual([
      'regressor traffic has no values after the history: its own forecast stands in',
    ]);
  });

  it('a regressor that is not there is refused with those that are', () => {
    expect(refusal(cpu, '--scenario', 'traffic=+5%')).toContain('give its history with --regressors');
    expect(refusal(cpu, '--regressors', past(), '--scenario', 'trafic=+5%')).toContain('there are traffic');
    expect(refusal(cpu, '--regressors', past(), '--scenario', 'traffic+5%')).toContain('must be NAME=+100%');
  });
});

describe('input that is hardly one', () => {
  const odd: readonly (readonly [string, string, string])[] = [
    ['two rows', rows(2, i => i), 'too few to try any method on'],
    ['equal values', rows(40, () => 7), 'all values are equal'],
    ['zeros', rows(40, () => 0), 'all values are equal'],
    ['gaps', rows(40, i => (i % 7 === 3 ? '' : i % 5)), 'steps have no value: the gaps were bridged'],
    ['infinite values', rows(40, i => (i === 9 ? 'inf' : i % 5)), '1 infinite value was read as missing'],
    ['a horizon longer than itself', rows(8, i => i % 3), 'the horizon is longer than the history'],
  ];
  for (const [what, text, note] of odd)
    it(`is answered with what is to be known of it: ${what}`, () => {
      const { table, summary } = forecast(text);
      expect(
        table.slice(1).every(row => row.slice(1).every(each => Number.isFinite(Number.parseFloat(each)))),
      ).toBe(true);
      expect(summary.notes.join('\n')).toContain(note);
    });

  it('says which rows share a timestamp, and which lie in the future', () => {
    const far = Date.UTC(2999, 0, 1) / 1000;
    const lines = Array.from({ length: 40 }, (_, i) => `${far + (i >> 1) * day},${i % 5}`);
    const { notes } = forecast(`timestamp,value\n${lines.join('\n')}\n`).summary;
    expect(notes[0]).toBe('20 rows share a timestamp: their mean was taken');
    expect(notes[1]).toMatch(/^40 rows lie after now/);
  });

  it('says that negative values break the lower bound', () => {
    const { notes } = forecast(
      rows(40, (_, noise) => noise),
      '--limit',
      '5',
    ).summary;
    expect(notes).toContain('some values are negative: 0 is no lower bound');
  });

  it('is refused with its place where nothing can be said', () => {
    expect(refusal(rows(1, () => 5))).toContain('less than two different times');
    expect(refusal('timestamp,value\n')).toContain('at least 2 rows are needed');
    expect(refusal('timestamp,value\n2,1\n1,1\n')).toContain('-:3:1: timestamp 1 lies before the row above');
    expect(refusal('timestamp,a,b\n1,2,3\n')).toContain('forecast reads one');
    expect(refusal('timestamp,value\n1,x\n')).toContain('-:2 column "value": "x" is not a number');
  });

  it('is refused where a flag makes no sense', () => {
    expect(refusal(level, '--horizon', '1h')).toContain('is shorter than a step of the input');
    expect(refusal(level, '--horizon', 'soon')).toContain('must be a duration');
    expect(refusal(level, '--levels', '80')).toContain('must be shares between 0 and 1');
    expect(refusal(level, '--limit', 'much')).toContain('must be a number');
  });
});

describe('public holidays', () => {
  const off = new Set(['2024-01-01', '2024-03-29', '2024-04-01', '2024-05-01', '2024-05-09', '2024-05-20']);
  const dateOf = (i: number) => new Date((start + i * day) * 1000).toISOString().slice(0, 10);
  const shop = rows(134, (i, noise) => (off.has(dateOf(i)) ? 30 : 100) + noise);

  it('are expected again, as a share of the usual', () => {
    const { table, summary } = forecast(shop, '--holidays', 'DE');
    const [before, whitMonday] = ['2024-05-19', '2024-05-20'].map(date =>
      Number(table.find(([t]) => t!.startsWith(date))![1]),
    );
    expect(before).toBeGreaterThan(95);
    expect(whitMonday).toBeLessThan(35);
    expect(summary.regressors).toEqual([{ name: 'holidays DE', adds_per_unit: expect.closeTo(-0.7, 1) }]);
  });

  it('of which nothing can be seen are left out, and it is said', () => {
    expect(forecast(level, '--holidays', 'DE').summary.notes.join()).toContain('holidays of DE are left out');
  });

  it('of a place that nobody knows are refused', () => {
    expect(refusal(level, '--holidays', 'DE,Atlantis')).toContain(
      '--holidays DE,Atlantis: no holidays are known of "Atlantis": write a country as DE',
    );
  });
});
