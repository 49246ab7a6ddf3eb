import { chmodSync, mkdirSync, readdirSync, readlinkSync, symlinkSync } from 'node:fs';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { until } from '../integration/loopback-server.ts';
import { createTailedFolder, type TailedFolder } from './tailed-folder.ts';

let folder: TailedFolder;
beforeEach(() => {
  folder = createTailedFolder();
});
const at = (name: string) => folder.at(name);
const append: TailedFolder['append'] = (name, text) => folder.append(name, text);
const tail: TailedFolder['tail'] = (options, how) => folder.tail(options, how);
const goOn: TailedFolder['goOn'] = (before, options) => folder.goOn(before, options);

/** Root may read everything: the test goes on as nobody, and is itself again at its end. */
function giveUpRights(): void {
  const self = process.getuid?.() ?? -1;
  if (self !== 0) return;
  process.seteuid?.(65_534);
  onTestFinished(() => process.seteuid?.(self));
}

describe('files that grow', () => {
  it('are read from their beginning and as they grow, with the labels of the config and their name', async () => {
    append('a.log', 'one\r\ntwo\n');
    const reading = tail({ labels: { team: 'shop' } });
    await reading.got(2);
    append('a.log', '\nthree\n');
    await reading.got(3);
    expect(reading.texts()).toEqual(['one', 'two', 'three']);
    expect(reading.records[2]).toEqual({ text: 'three', labels: { team: 'shop', filename: at('a.log') } });
  });

  it('are read from their end where asked: from the first line that begins after it', async () => {
    append('a.log', 'old\nhalf of an');
    const reading = tail({ start_at: 'end' });
    await until('reading has begun', () => reading.batches.length > 0);
    append('a.log', ' old line\nnew\n');
    append('later.log', 'a later file from its beginning\n');
    await reading.got(2);
    expect(reading.texts().toSorted()).toEqual(['a later file from its beginning', 'new']);
  });

  it('are read on from a position, what came meanwhile too, and nothing twice', async () => {
    append('a.log', 'one\ntwo\n');
    const before = tail();
    await before.got(2);
    await before.stop();
    append('a.log', 'three\n');
    append('b.log', 'of b\n');
    const after = await goOn(before, { start_at: 'end' });
    await after.got(2);
    expect(after.texts().toSorted()).toEqual(['of b', 'three']);
  });

  it('keep a line without end until it has one', async () => {
    append('a.log', 'whole\nhal');
    const before = tail();
    await before.got(1);
    append('a.log', 'f\n');
    await before.got(2);
    expect(before.texts()).toEqual(['whole', 'half']);
  });

  it('give a line without end after the time that the config names', async () => {
    append('a.log', 'prompt> ');
    const reading = tail({ partial_line_timeout: '10ms' });
    await reading.got(1);
    append('a.log', 'answer\n');
    await reading.got(2);
    expect(reading.texts()).toEqual(['prompt> ', 'answer']);
  });

  it('are found by their globs, also later, but not where excluded, and a link does not double them', async () => {
    append('a.log', 'a\n');
    append('debug.log', 'no\n');
    symlinkSync(at('a.log'), at('link.log'));
    symlinkSync(at('nowhere'), at('broken.log'));
    const reading = tail({ exclude: [at('debug*')], paths: [at('**/*.log')] });
    await reading.got(1);
    mkdirSync(at('deep'));
    append('deep/b.log', 'b\n');
    await reading.got(2);
    expect(reading.texts()).toEqual(['a', 'b']);
  });

  it('that may not be read are told of, and read from their beginning when they may', async () => {
    append('a.log', 'a\n');
    append('b.log', 'b\n');
    chmodSync(folder.folder, 0o755);
    chmodSync(at('b.log'), 0);
    giveUpRights();
    const reading = tail({ start_at: 'end' });
    await until('it is told', () => reading.troubles.length > 0);
    expect(reading.troubles[0]).toMatch(/cannot read .*b\.log: EACCES/);
    process.seteuid?.(process.getuid?.() ?? 0);
    chmodSync(at('b.log'), 0o644);
    await reading.got(1);
    await until('it is over', () => reading.troubles.at(-1) === undefined);
    expect(reading.texts()).toEqual(['b']);
  });

  it('may lie under links that lead in a circle', async () => {
    mkdirSync(at('deep'));
    append('deep/a.log', 'a\n');
    symlinkSync(folder.folder, at('deep/circle'));
    symlinkSync('self.log', at('self.log'));
    const reading = tail({ paths: [at('**/*.log')] });
    await reading.got(1);
    append('deep/a.log', 'b\n');
    await reading.got(2);
    expect(reading.texts()).toEqual(['a', 'b']);
  });
});

describe('what is no good line', () => {
  it('is counted by its reason and said once a kind, and the lines beside it are read', async () => {
    append('a.log', `${'x'.repeat(5_000_000)}\n`);
    append('a.log', Buffer.concat([Buffer.of(0xff, 10), Buffer.alloc(700_000), Buffer.from('good\n')]));
    append('a.log', Buffer.concat([Buffer.alloc(10, 'a\0'), Buffer.of(10)]));
    append('a.log', 'last\n');
    const reading = tail();
    await reading.got(4);
    expect(reading.texts()).toEqual(['x'.repeat(1_048_576), '\ufffd', 'good', 'last']);
    expect(Object.fromEntries(reading.refused)).toMatchObject({ too_long: 1, invalid_utf8: 1 });
    expect(reading.refused.get('binary')).toBeGreaterThanOrEqual(2);
  });

  it('is skipped on after a restart in the middle of a line that is too long', async () => {
    append('a.log', 'x'.repeat(1000));
    const before = tail({ max_line_bytes: 100 });
    await before.got(1);
    await before.stop();
    append('a.log', 'still the same\nnext\n');
    const after = await goOn(before, { max_line_bytes: 100 });
    await after.got(1);
    expect(after.texts()).toEqual(['next']);
  });

  it('is a position that cannot be read: that is said, and reading begins anew', async () => {
    append('a.log', 'one\n');
    const reading = tail({}, { from: '{"version":7}' });
    await reading.got(1);
    expect(reading.said.join()).toContain('the stored position is no use');
  });
});

describe('lines that belong together', () => {
  const multiline = { preset: 'stack_traces', timeout: '1h' };

  it('are one record; the position does not pass lines that were not handed out', async () => {
    append('a.log', 'ERROR failed\n  at a\n  at b\nERROR again\n  at c\n');
    const before = tail({ multiline });
    await before.got(1);
    expect(before.texts()).toEqual(['ERROR failed\n  at a\n  at b']);
    const after = await goOn(before, { multiline });
    append('a.log', '  at d\nINFO next\n');
    await after.got(1);
    expect(after.texts()).toEqual(['ERROR again\n  at c\n  at d']);
  });

  it('are complete when no line came for the time that the config names', async () => {
    append('a.log', 'ERROR failed\n  at a\n');
    const reading = tail({ multiline: { ...multiline, timeout: '10ms' } });
    await reading.got(1);
    expect(reading.texts()).toEqual(['ERROR failed\n  at a']);
  });
});

describe('many files', () => {
  const openFiles = () =>
    readdirSync('/proc/self/fd').filter(fd => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`).startsWith(folder.folder);
      } catch {
        return false;
      }
    }).length;

  it('are read with a bounded number of open files', async () => {
    const names = Array.from({ length: 300 }, (_, i) => `${i}x.log`);
    for (const name of names) append(name, `one of ${name}\n`);
    let most = 0;
    const take = async () => {
      most = Math.max(most, openFiles());
    };
    const reading = tail({}, { take });
    await reading.got(300);
    for (const name of names) append(name, `two of ${name}\n`);
    await reading.got(600);
    expect(new Set(reading.texts()).size).toBe(600);
    expect(most).toBeLessThanOrEqual(200);
  });

  it('have their turn beside a huge one', async () => {
    append('huge.log', 'the same line again and again\n'.repeat(200_000));
    append('small.log', 'small\n');
    const reading = tail({}, { take: async () => new Promise(setImmediate) });
    await until('the small file is read', () => reading.texts().includes('small'));
    const before = reading.texts().indexOf('small');
    expect(before).toBeLessThan(50_000);
  });

  it('are read no further while the sink has no room', async () => {
    append('a.log', 'line\n'.repeat(1_000_000));
    let release = () => {};
    const gate = new Promise<void>(resolve => {
      release = resolve;
    });
    const reading = tail({}, { take: () => gate });
    await until('a batch came', () => reading.batches.length === 1);
    await until('the lag is known', () => (reading.collector.lag(0).bytes ?? 0) > 4_000_000);
    expect(reading.records.length).toBeLessThan(100_000);
    release();
    await reading.got(1_000_000);
    expect(reading.collector.lag(0).bytes).toBe(0);
  });
});
