import { lstatSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { detectors } from '../../detectors/index.ts';
import { foreshock, temporaryFile, temporaryFolder } from './command.ts';

const header = 'timestamp,score,p_value,anomaly,top_signal,top_share';

/** A repeatable number of [0, 1) for the row `i`. */
function noise(i: number): number {
  const x = Math.sin(12.9898 * (i + 1)) * 43758.5453;
  return x - Math.floor(x);
}

/** Two noisy signals, one row a minute from 0 s; `cpu` jumps over the rows 350 to 359. */
function jump(rows = 400): string {
  const lines = Array.from({ length: rows }, (_, i) => {
    const cpu = 10 + noise(i) + (i >= 350 && i < 360 ? 50 : 0);
    return `${60 * i},${cpu},${noise(i + 1000)}`;
  });
  return `timestamp,cpu,memory\n${lines.join('\n')}\n`;
}

/** A file with one column `a`, and a row a minute. */
function filled(a: (row: number) => string | number, rows = 300): string {
  return `timestamp,a,b\n${Array.from({ length: rows }, (_, i) => `${60 * i},${a(i)},${noise(i)}\n`).join('')}`;
}

interface Row {
  readonly timestamp: string;
  readonly score: string;
  readonly p: string;
  readonly anomaly: string;
  readonly signal: string;
  readonly share: string;
}

function rowsOf(stdout: string): Row[] {
  const [first, ...lines] = stdout.trimEnd().split('\n');
  expect(first).toBe(header);
  return lines.map(line => {
    const [timestamp = '', score = '', p = '', anomaly = '', signal = '', share = ''] = line.split(',');
    return { timestamp, score, p, anomaly, signal, share };
  });
}

function detect(text: string, ...flags: string[]): { rows: Row[]; stderr: string } {
  const { code, stdout, stderr } = foreshock(['detect', '--input', '-', '--output', '-', ...flags], text);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(code).toBe(0);
  return { rows: rowsOf(stdout), stderr };
}

describe('the rows that come out', () => {
  it('are one for each row after the first 15 %, in order', () => {
    const { rows } = detect(jump());
    expect(rows.map(row => Date.parse(row.timestamp) / 60_000)).toEqual(
      Array.from({ length: 340 }, (_, i) => i + 60),
    );
  });

  it('follow a training time that is part of the training', () => {
    for (const until of ['6000', '1970-01-01T01:40:00Z', '1970-01-01 01:40:00'])
      expect(detect(jump(), '--train-until', until).rows[0]?.timestamp).toBe('1970-01-01T01:41:00Z');
  });

  it('are all rows of the input where training has a file of its own, whatever the order of its columns', () => {
    const trained = jump(300);
    const lines = trained.trimEnd().split('\n');
    const swapped = lines.map(line => {
      const [t, cpu, memory] = line.split(',');
      return `${t},${memory},ignored,${cpu}`.replace('ignored', t === 'timestamp' ? 'disk' : '7');
    });
    const input = jump(60);
    const a = detect(input, '--train', temporaryFile('a.csv', trained));
    const b = detect(input, '--train', temporaryFile('b.csv', `${swapped.join('\n')}\n`));
    expect(a.rows).toHaveLength(60);
    expect(b.rows).toEqual(a.rows);
  });

  it('have a score, a p-value of (0, 1], a mark, and the signal with its share', () => {
    for (const { score, p, anomaly, signal, share } of detect(jump()).rows) {
      expect(Number(score)).toBeGreaterThanOrEqual(0);
      expect(Number(p)).toBeGreaterThan(0);
      expect(Number(p)).toBeLessThanOrEqual(1);
      expect(['0', '1']).toContain(anomaly);
      expect(['cpu', 'memory']).toContain(signal);
      expect(Number(share)).toBeGreaterThan(0);
      expect(Number(share)).toBeLessThanOrEqual(1);
    }
  });

  it('mark a jump, name its signal, and leave what came before alone', () => {
    const { rows, stderr } = detect(jump(), '--train-until', '12000');
    const marked = rows.map((row, i) => ({ ...row, i: i + 201 })).filter(row => row.anomaly === '1');
    expect(marked.filter(({ i }) => i >= 350 && i < 360).length).toBeGreaterThanOrEqual(5);
    expect(marked.filter(({ i }) => i < 350).length).toBeLessThanOrEqual(5);
    expect(rows[351 - 201]?.signal).toBe('cpu');
    expect(stderr).toMatch(/199 rows judged, \d+ in an episode; trained on 201 rows/);
  });

  it('are the same at the same seed', () => {
    expect(detect(jump(), '--seed', '7').rows).toEqual(detect(jump(), '--seed', '7').rows);
  });

  it('use nothing of later rows', () => {
    const whole = detect(jump(400), '--train-until', '12000').rows;
    const cut = detect(jump(300), '--train-until', '12000').rows;
    expect(whole.slice(0, cut.length)).toEqual(cut);
  });

  it('stay apart where timestamps are equal', () => {
    const doubled = jump()
      .split('\n')
      .flatMap((line, i) => (i === 300 || i === 20 ? [line, line] : [line]))
      .join('\n');
    const { rows, stderr } = detect(doubled, '--train-until', '6000');
    expect(rows).toHaveLength(300);
    expect(rows.filter(row => row.timestamp === '1970-01-01T04:59:00Z')).toHaveLength(2);
    expect(stderr).toContain('2 rows share the timestamp of the row above');
  });

  it('quote a signal whose name needs it', () => {
    const text = jump().replace('cpu', '"cpu, busy"').replace('memory', '"cpu ""idle"""');
    const { code, stdout } = foreshock(['detect', '--input', '-', '--output', '-'], text);
    expect(code).toBe(0);
    expect(stdout).toMatch(/,"cpu, busy",0\.\d{4}$/m);
    expect(stdout).toMatch(/,"cpu ""idle""",0\.\d{4}$/m);
  });

  it('keep fractions of a second', () => {
    const { rows } = detect('timestamp,a\n1.25,1\n2.5,2\n', '--train-until', '1.25');
    expect(rows.map(row => row.timestamp)).toEqual(['1970-01-01T00:00:02.500Z']);
  });
});

describe('rows that cannot be scored', () => {
  const unscored = { score: '', p: '', anomaly: '0', signal: '', share: '' };

  test.each([
    ['a row without any value', jump().replace(/^(6060),.*$/m, '$1,,'), 1, 101],
    ['columns that are all empty', 'timestamp,a,b\n1,,\n2,,\n3,,\n4,,\n', 4, 0],
    ['nothing to train on', 'timestamp,a\n1,1\n2,1\n', 2, 0],
  ])('%s: they say so in the summary', (_, text, count, at) => {
    const { rows, stderr } = detect(text, '--train-until', '0');
    const { rows: trained, stderr: told } = at > 0 ? detect(text, '--train-until', '6000') : { rows, stderr };
    const empty = trained.filter(row => row.score === '');
    expect(empty).toHaveLength(count);
    for (const row of empty) expect(row).toMatchObject(unscored);
    expect(told).toMatch(new RegExp(`^${count} rows? without a score: .+`, 'm'));
  });

  it('leaves the others as they are when one column is empty', () => {
    const { rows } = detect(filled(() => ''));
    expect(rows).toHaveLength(255);
    expect(new Set(rows.map(row => row.signal))).toEqual(new Set(['b']));
  });
});

describe('odd but good input', () => {
  it.each([
    ['a header only', 'timestamp,a\n', 0],
    ['one row', 'timestamp,a\n1,1\n', 1],
    ['two rows', 'timestamp,a\n1,1\n2,1\n', 2],
  ])('%s', (_, text, count) => {
    expect(detect(text).rows).toHaveLength(count);
  });

  it('a constant series is never an anomaly', () => {
    const { rows } = detect(filled(() => 5).replace(/,[^,]*$/gm, (tail, at) => (at < 20 ? tail : ',5')));
    expect(rows.filter(row => row.anomaly === '1')).toEqual([]);
  });

  it.each([
    ['now and then 1e300', (i: number) => (i % 50 === 0 ? '1e300' : 1)],
    ['always about 1e300', (i: number) => `${1 + noise(i)}e300`],
    ['from end to end of the doubles', (i: number) => (i % 2 === 0 ? '1e308' : '-1e308')],
    ['the smallest numbers', (i: number) => `${1 + noise(i)}e-300`],
  ])('%s: all scores are finite', (_, a) => {
    const { rows } = detect(filled(a));
    expect(rows).toHaveLength(255);
    expect(rows.filter(row => row.score === '')).toEqual([]);
    for (const { score, p } of rows)
      expect([score, p].every(each => Number.isFinite(Number(each)))).toBe(true);
  });

  it('infinite values are missing, and counted', () => {
    expect(detect(filled(i => (i % 100 === 0 ? '+Inf' : noise(i + 500)))).stderr).toContain(
      '3 infinite values were read as missing',
    );
  });
});

describe('bad usage is exit 2, says what would do, and writes nothing', () => {
  const known = detectors.map(({ name }) => name).join(', ');
  const file = 'm.csv';

  test.each([
    [['--detectors', 'crystal-ball'], `"crystal-ball" is not known; there are ${known}`],
    [['--detectors', ','], `there are ${known}`],
    [['--fpr', '2'], '--fpr 2: must be a share between 0 and 0.5'],
    [['--fpr', 'few'], '--fpr few: must be a share'],
    [['--fpr', '0'], '--fpr 0: must be a share'],
    [['--refresh', 'daily'], '--refresh daily: must be a duration above 0, like 1d'],
    [['--refresh', '0'], '--refresh 0: must be a duration above 0'],
    [['--seed', 'x'], '--seed x: must be a whole number'],
    [['--seed', '1.5'], '--seed 1.5: must be a whole number'],
    [['--train-until', 'noon'], '--train-until noon: not a timestamp'],
    [['--train-until', '1', '--train', 'x.csv'], '--train and --train-until exclude each other'],
    [['--train', '/no/such.csv'], '/no/such.csv: cannot be read (ENOENT)'],
    [['--colour'], "unknown option '--colour'"],
    [['more'], 'too many arguments'],
  ])('%j', (flags, message) => {
    const output = path.join(temporaryFolder(), 'scores.csv');
    const input = temporaryFile(file, jump(20));
    const { code, stdout, stderr } = foreshock(['detect', '--input', input, '--output', output, ...flags]);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stdout).toBe('');
    expect(code).toBe(2);
    expect(lstatSync(output, { throwIfNoEntry: false })).toBeUndefined();
  });

  test.each([
    ['timestamp,a\n1,1\n2,fast\n', ':3 column "a": "fast" is not a number'],
    ['timestamp,a\n2,1\n1,1\n', ':3:1: timestamp 1 lies before the row above'],
    ['', ':1: the file is empty'],
  ])('the input %j', (text, message) => {
    const input = temporaryFile(file, text);
    const { code, stderr } = foreshock(['detect', '--input', input, '--output', '-']);
    expect(stderr).toBe(`foreshock: ${input}${message}${stderr.split(message)[1]}`);
    expect(code).toBe(2);
  });

  it('a training file without a column of the input', () => {
    const train = temporaryFile('train.csv', 'timestamp,cpu\n1,1\n');
    const { code, stderr } = foreshock(
      ['detect', '--input', '-', '--train', train, '--output', '-'],
      jump(20),
    );
    expect(stderr).toContain(`${train}:1: column "memory" of the input is missing in the training file`);
    expect(code).toBe(2);
  });

  it.each([['--input'], ['--output']])('no %s', flag => {
    const other = flag === '--input' ? '--output' : '--input';
    const { code, stderr } = foreshock(['detect', other, '-'], jump(20));
    expect(stderr).toContain(`required option '${flag} <file>' not specified`);
    expect(code).toBe(2);
  });
});

describe('the output file', () => {
  it('holds what standard output would, in folders that are made', () => {
    const output = path.join(temporaryFolder(), 'deep', 'er', 'scores.csv');
    expect(foreshock(['detect', '--input', '-', '--output', output], jump(20)).code).toBe(0);
    expect(readFileSync(output, 'utf8')).toBe(
      foreshock(['detect', '--input', '-', '--output', '-'], jump(20)).stdout,
    );
  });

  it('is written through a link, which stays', () => {
    const folder = temporaryFolder();
    writeFileSync(path.join(folder, 'target.csv'), 'old');
    symlinkSync('target.csv', path.join(folder, 'link.csv'));
    foreshock(['detect', '--input', '-', '--output', path.join(folder, 'link.csv')], jump(20));
    expect(lstatSync(path.join(folder, 'link.csv')).isSymbolicLink()).toBe(true);
    expect(readFileSync(path.join(folder, 'target.csv'), 'utf8')).toContain(header);
  });

  it('that is a folder is exit 2', () => {
    const folder = temporaryFolder();
    const { code, stderr } = foreshock(['detect', '--input', '-', '--output', folder], jump(20));
    expect(stderr).toBe(`foreshock: ${folder}: cannot be written (EISDIR)\n`);
    expect(code).toBe(2);
  });
});

test('--refresh fits again and still answers every row', () => {
  const { rows } = detect(jump(), '--refresh', '1h', '--detectors', 'robust-z');
  expect(rows).toHaveLength(340);
});
