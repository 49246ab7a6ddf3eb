import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HeaderReader } from '../../detectors/log-header.ts';
import { createHeaderView, type HeaderView } from '../../detectors/log-header-view.ts';
import { headerStyles, messages } from './log-styles.ts';

const reference = Date.UTC(2026, 10, 30);

function readOne(line: string): HeaderView & { message: string } {
  const view = createHeaderView();
  new HeaderReader().read(line, view, reference);
  return { ...view, message: line.slice(view.from, view.to) };
}

const iso = (t: number) => new Date(t).toISOString();

describe('the time of a line', () => {
  it.each([
    ['Jun 14 15:16:01 combo sshd[1]: hello', '2026-06-14T15:16:01.000Z'],
    ['081109 203615 148 INFO dfs.DataNode: hello', '2008-11-09T20:36:15.000Z'],
    ['03-17 16:13:38.811  1702  2395 D WindowManager: hello', '2026-03-17T16:13:38.811Z'],
    ['[Sun Dec 04 04:47:44 2005] [notice] hello', '2005-12-04T04:47:44.000Z'],
    ['2005-06-03-15.42.50.363779 R02 INFO hello', '2005-06-03T15:42:50.363Z'],
    ['17/06/09 20:10:40 INFO executor.Backend: hello', '2017-06-09T20:10:40.000Z'],
    ['2015-10-18 18:01:47,978 INFO [main] org.Main: hello', '2015-10-18T18:01:47.978Z'],
    ['20171223-22:15:29:606|Step_LSC|30002312|hello', '2017-12-23T22:15:29.606Z'],
    ['I0614 12:34:56.789012       1 server.go:123] hello', '2026-06-14T12:34:56.789Z'],
    ['2024-05-05T10:00:00+02:00 INFO hello', '2024-05-05T08:00:00.000Z'],
    ['10.0.0.1 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 1', '2000-10-10T20:55:36.000Z'],
    ['1:M 01 Jan 2020 00:00:00.000 * Ready', '2020-01-01T00:00:00.000Z'],
    ['06/14/2015 03:04:05 PM INFO hello', '2015-06-14T15:04:05.000Z'],
    ['1117838570 INFO hello', '2005-06-03T22:42:50.000Z'],
    ['1117838570123 INFO hello', '2005-06-03T22:42:50.123Z'],
    ['time="2020-01-01T00:00:01Z" level=info msg="hello"', '2020-01-01T00:00:01.000Z'],
    ['<34>1 2003-10-11T22:14:15.003Z host su 1 ID47 - hello', '2003-10-11T22:14:15.003Z'],
  ])('%s', (line, t) => {
    expect(iso(readOne(line).t)).toBe(t);
  });

  it('without a year is the one before the reference, also over the turn of a year', () => {
    const view = createHeaderView();
    const reader = new HeaderReader();
    reader.read('Dec 31 23:59:59 a b[1]: x', view, Date.UTC(2026, 0, 1, 0, 0, 5));
    expect(iso(view.t)).toBe('2025-12-31T23:59:59.000Z');
    reader.read('Jan  1 00:00:01 a b[1]: x', view, Date.UTC(2025, 11, 31, 23, 59));
    expect(iso(view.t)).toBe('2026-01-01T00:00:01.000Z');
  });

  it('is NaN where the line names none, and nothing that only looks like one is taken', () => {
    for (const line of ['10.251.71.97:50010 Served block', '1.4.1: restart', 'took 12:30 minutes', ''])
      expect(readOne(line).t).toBeNaN();
  });
});

describe('level, process and host', () => {
  it('come from a syslog line', () => {
    const { host, process, pid, message } = readOne(
      'Jun 14 15:16:01 combo sshd(pam_unix)[19939]: check pass',
    );
    expect({ host, process, pid, message }).toEqual({
      host: 'combo',
      process: 'sshd(pam_unix)',
      pid: '19939',
      message: 'check pass',
    });
  });

  it('come from RFC 5424, the level from its priority', () => {
    const { host, process, level, message } = readOne(
      '<11>1 2003-10-11T22:14:15.003Z web01 su 77 ID47 [a b="c d"] it failed',
    );
    expect({ host, process, level, message }).toEqual({
      host: 'web01',
      process: 'su',
      level: 'error',
      message: 'it failed',
    });
  });

  it.each([
    ['2020-01-01 00:00:00 WARNING x', 'warn'],
    ['2020-01-01 00:00:00 [crit] x', 'fatal'],
    ['E0614 12:34:56.789012 1 a.go:1] x', 'error'],
    ['2020-01-01T00:00:00Z error: x', 'error'],
    ['INFO:root:x', 'info'],
    ['03-17 16:13:38.811 1 2 V Tag: x', 'trace'],
  ])('level of %s', (line, level) => {
    expect(readOne(line)).toMatchObject({ level, message: 'x' });
  });

  it('is not made of a word of the message', () => {
    expect(readOne('2020-01-01 00:00:00 no error was found').level).toBeUndefined();
  });
});

describe('where the message begins', () => {
  it.each(Object.entries(headerStyles))('%s', (_, style) => {
    const all = messages(400);
    const lines = all.map((message, k) => style(message, k));
    const reader = new HeaderReader();
    for (const line of lines.slice(0, 100)) reader.learn(line);
    const view = createHeaderView();
    const read = lines.map(line => {
      reader.read(line, view, reference);
      return line.slice(view.from, view.to);
    });
    expect(read).toEqual(all);
  });

  it('is the beginning where lines have no header, though some name a time', () => {
    const lines = Array.from({ length: 200 }, (_, k) =>
      k % 3 === 0
        ? `connection from 10.0.0.${k} at Fri Jun 17 07:07:00 2005`
        : `check pass; user ${k} unknown`,
    );
    const reader = new HeaderReader();
    const view = createHeaderView();
    for (const line of lines) {
      reader.read(line, view, reference);
      expect(view).toMatchObject({ from: 0, header: false });
    }
  });

  it('is found where most lines are those of stack traces', () => {
    const reader = new HeaderReader();
    const view = createHeaderView();
    const texts = messages(300);
    for (const [k, text] of texts.entries()) {
      const line = headerStyles.openstack!(text, k);
      reader.read(line, view, reference);
      if (k > 100) expect(line.slice(view.from, view.to)).toBe(text);
      for (let depth = 0; depth < 4; depth++) {
        reader.read(`    at com.example.App.run(App.java:${depth})`, view, reference);
        expect(view.header).toBe(false);
      }
    }
  });

  it('is learned anew when the program changes how it writes', () => {
    const reader = new HeaderReader();
    const view = createHeaderView();
    const { logback, python } = headerStyles;
    const texts = messages(4000);
    for (const [k, text] of texts.entries()) reader.read(logback!(text, k), view, reference);
    let line = '';
    for (const [k, text] of texts.entries()) {
      line = python!(text, k);
      reader.read(line, view, reference);
    }
    expect(line.slice(view.from, view.to)).toBe(texts.at(-1));
  });

  it('is the same after a restart', () => {
    const texts = messages(3000);
    const lines = texts.map((text, k) => headerStyles.openstack!(text, k));
    const whole = new HeaderReader();
    let half = new HeaderReader();
    const a = createHeaderView();
    const b = createHeaderView();
    for (const [k, line] of lines.entries()) {
      if (k % 333 === 332) {
        const state: unknown = JSON.parse(JSON.stringify(half.state()));
        half = new HeaderReader();
        half.restore(state);
      }
      whole.read(line, a, reference);
      half.read(line, b, reference);
      expect(b).toEqual(a);
    }
  });

  it('refuses a state that is none', () => {
    expect(() => new HeaderReader().restore({ lines: 'many' })).toThrow(RangeError);
  });
});

describe('whatever stands in a line', () => {
  it('a message within the line is found', () => {
    const reader = new HeaderReader();
    const view = createHeaderView();
    const part = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '[',
        ']',
        '|',
        ' - ',
        'INFO',
        '2020-01-01 00:00:00',
        'a[1]:',
        '<34>1 ',
        'msg="',
        '\u0000',
      ),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), parts => {
        const line = parts.join('');
        reader.read(line, view, reference);
        expect(view.from).toBeGreaterThanOrEqual(0);
        expect(view.to).toBeGreaterThanOrEqual(view.from);
        expect(view.to).toBeLessThanOrEqual(line.length);
      }),
      { numRuns: 2000, seed: 1 },
    );
  });
});
