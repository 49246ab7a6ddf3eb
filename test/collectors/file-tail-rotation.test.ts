import { copyFileSync, readdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
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

describe('rotation by rename', () => {
  it('loses and doubles nothing: the old file is read to its end, then the new one', async () => {
    append('a.log', 'one\n');
    const reading = tail();
    await reading.got(1);
    append('a.log', 'two\n');
    renameSync(at('a.log'), at('a.log.1'));
    append('a.log', 'three\n');
    await reading.got(3);
    append('a.log.1', 'late\n');
    await reading.got(4);
    expect(reading.texts()).toEqual(['one', 'two', 'three', 'late']);
  });

  it('is followed when no glob matches the new name, over a restart too', async () => {
    append('a.log', 'one\n');
    const before = tail({ paths: [at('a.log')] });
    await before.got(1);
    await before.stop();
    append('a.log', 'two\n');
    renameSync(at('a.log'), at('a.log.1'));
    append('a.log', 'three\n');
    const after = await goOn(before, { paths: [at('a.log')] });
    await after.got(2);
    expect(after.texts()).toEqual(['two', 'three']);
    expect(after.records.map(({ labels }) => labels.filename)).toEqual([at('a.log'), at('a.log')]);
  });

  it('gives the last line of the old file although it has no end', async () => {
    append('a.log', 'one\nno end');
    const reading = tail();
    await reading.got(1);
    renameSync(at('a.log'), at('a.log.1'));
    await reading.got(2);
    expect(reading.texts()).toEqual(['one', 'no end']);
  });

  it('gives the rest of a file that was deleted while it was read', async () => {
    append('a.log', 'one\n');
    const reading = tail();
    await reading.got(1);
    append('a.log', 'two\nno end');
    rmSync(at('a.log'));
    await reading.got(3);
    expect(reading.texts()).toEqual(['one', 'two', 'no end']);
    await until('its position is given up', () => reading.position()?.includes('"ino":0') === true);
  });

  it('by deletion begins the new file of the same name at once', async () => {
    append('a.log', 'one\n');
    const reading = tail({ rotated_wait: '1h' });
    await reading.got(1);
    rmSync(at('a.log'));
    append('a.log', 'another one\n');
    await reading.got(2);
    expect(reading.texts()).toEqual(['one', 'another one']);
  });

  it('of one log does not give its name to another log', async () => {
    append('worker-1.log', 'of the first\n');
    const reading = tail();
    await reading.got(1);
    renameSync(at('worker-1.log'), at('worker-1.log.1'));
    append('worker-1.log', 'of the first again\n');
    append('worker-2.log', 'of the second\n');
    await reading.got(3);
    const names = Object.fromEntries(reading.records.map(({ text, labels }) => [text, labels.filename]));
    expect(names['of the first again']).toBe(at('worker-1.log'));
    expect(names['of the second']).toBe(at('worker-2.log'));
  });

  it('several times while nobody reads gives all files, the oldest first', async () => {
    append('a.log', 'one\n');
    const before = tail();
    await before.got(1);
    await before.stop();
    for (const text of ['two', 'three', 'four']) {
      append('a.log', `${text}\n`);
      for (const n of [3, 2, 1])
        if (readdirSync(folder.folder).includes(`a.log.${n}`))
          renameSync(at(`a.log.${n}`), at(`a.log.${n + 1}`));
      renameSync(at('a.log'), at('a.log.1'));
    }
    append('a.log', 'five\n');
    const after = await goOn(before);
    await after.got(4);
    expect(after.texts()).toEqual(['two', 'three', 'four', 'five']);
  });
});

describe('rotation by copy and cut', () => {
  const rotate = (copy: string) => {
    copyFileSync(at('a.log'), at(copy));
    truncateSync(at('a.log'));
  };

  it('loses and doubles nothing, neither when the file has grown beyond the mark again', async () => {
    append('a.log', 'one of the first file\n');
    const reading = tail();
    await reading.got(1);
    append('a.log', 'two of the first file\n');
    rotate('a.log.1');
    append('a.log', 'three of the next file\nfour of the next file\nfive of the next file\n');
    await reading.got(5);
    expect(reading.texts().map(text => text.split(' ')[0])).toEqual(['one', 'two', 'three', 'four', 'five']);
  });

  it('is followed into a copy that no glob matches, and while nobody reads', async () => {
    const only = { paths: [at('a.log')] };
    append('a.log', 'one\n');
    const before = tail(only);
    await before.got(1);
    await before.stop();
    append('a.log', 'two\n');
    rotate('a-20261130.log');
    append('a.log', 'three is longer than that\n');
    const after = await goOn(before, only);
    await after.got(2);
    expect(after.texts()).toEqual(['two', 'three is longer than that']);
  });

  it('without a copy gives the new content, and what was not read is counted', async () => {
    append('a.log', 'one\nhalf');
    const reading = tail();
    await reading.got(1);
    truncateSync(at('a.log'));
    append('a.log', 'new\n');
    await reading.got(2);
    await until('the loss is counted', () => reading.refused.get('gone') === 1);
    expect(reading.texts()).toEqual(['one', 'new']);
    expect(reading.said.join()).toContain('4 bytes unread');
  });
});

describe('gzip', () => {
  it('of old files is read once, when asked', async () => {
    writeFileSync(at('a.log.2.gz'), gzipSync('old\nno end'));
    append('a.log', 'new\n');
    const without = tail();
    await without.got(1);
    const before = tail({ gzip: true });
    await before.got(3);
    expect(before.texts().toSorted()).toEqual(['new', 'no end', 'old']);
    await until('it is done', () => before.position()?.includes('"finished":true') === true);
    const after = await goOn(before, { gzip: true });
    append('a.log', 'newer\n');
    await after.got(1);
    expect(after.texts()).toEqual(['newer']);
    expect(without.texts()).not.toContain('old');
  });

  it('of a file that was read before is read on from where it was left', async () => {
    append('a.log', 'one\ntwo\n');
    const before = tail({ gzip: true });
    await before.got(2);
    await before.stop();
    append('a.log', 'three\n');
    writeFileSync(at('a.log.1.gz'), gzipSync('one\ntwo\nthree\n'));
    rmSync(at('a.log'));
    append('a.log', 'four\n');
    const after = await goOn(before, { gzip: true });
    await after.got(2);
    expect(after.texts()).toEqual(['three', 'four']);
  });

  it('that is damaged is counted and done with, and what could be read of it is read', async () => {
    const whole = gzipSync('one\ntwo\n'.repeat(100_000), { level: 0 });
    writeFileSync(at('torn.log.gz'), whole.subarray(0, 700_000));
    writeFileSync(at('none.log.gz'), 'this is no gzip');
    append('a.log', 'good\n');
    const reading = tail({ gzip: true });
    await until('both are counted', () => reading.refused.get('binary') === 2);
    expect(reading.texts()).toContain('good');
    expect(reading.texts()).toContain('two');
    expect(reading.troubles).toEqual([]);
  });
});
