import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Database from 'libsql';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../store/sqlite.ts';

const directory = () => mkdtempSync(path.join(tmpdir(), 'store-'));

describe('the store', () => {
  it('keeps values, also over a restart', () => {
    const dir = directory();
    const store = openStore(dir);
    store.values('a').set('k', new Uint8Array([1, 2]));
    store.close();
    const again = openStore(dir);
    expect(again.values('a').get('k')).toEqual(new Uint8Array([1, 2]));
    expect(again.values('a').entries()).toEqual([['k', new Uint8Array([1, 2])]]);
    expect(again.values('b').entries()).toEqual([]);
    again.close();
  });

  it('ignores a key that the receiver was given already', () => {
    const { outbox } = openStore(':memory:');
    expect(outbox.enqueue('r', 'k', 'x', 1)).toBe(true);
    outbox.delivered([outbox.pending('r', 9)[0]!.id], 2);
    expect(outbox.enqueue('r', 'k', 'x', 3)).toBe(false);
    expect(outbox.pending('r', 9)).toEqual([]);
  });

  it('reads results across blocks, doubles nothing and forgets by age', () => {
    const store = openStore(':memory:');
    const t = Float64Array.from({ length: 300 }, (_, i) => i * 60_000);
    store.results.append('s', t, t);
    store.results.append('s', t.slice(290), t.slice(290));
    expect(store.results.read('s', 60_000, 1e9).t).toEqual(t.slice(1));
    store.expire(7_200_000);
    expect(store.results.read('s', 0, 1e9).t[0]).toBe(7_200_000);
  });

  it('answers what is stored now, whatever it read before', () => {
    const store = openStore(':memory:');
    const t = Float64Array.from({ length: 300 }, (_, i) => i * 60_000);
    const newest = (end: number) => store.results.read('s', 0, end).v.at(-1);
    store.results.append('s', t, t);
    expect(newest(1e9)).toBe(t[299]);
    expect(newest(t[10]! + 1)).toBe(t[10]);
    store.results.append('s', Float64Array.of(t[299]!), Float64Array.of(7));
    expect(newest(1e9)).toBe(7);
    const undone = () =>
      store.transaction(() => {
        store.results.append('s', Float64Array.of(t[299]!), Float64Array.of(8));
        expect(newest(1e9)).toBe(8);
        throw new Error('undone');
      });
    expect(undone).toThrow('undone');
    expect(newest(1e9)).toBe(7);
  });

  it('answers what another connection wrote since it read', () => {
    const place = directory();
    const store = openStore(place);
    store.results.append('s', Float64Array.of(1, 2), Float64Array.of(1, 2));
    expect(store.results.read('s', 0, 9).v).toEqual(Float64Array.of(1, 2));
    const other = new Database(path.join(place, 'foreshock.db'));
    other.exec('DELETE FROM blocks');
    other.close();
    expect(store.results.read('s', 0, 9).v).toEqual(new Float64Array());
    store.close();
  });

  it('commits all of a transaction or none', () => {
    const store = openStore(':memory:');
    const fails = () =>
      store.transaction(() => {
        store.values('a').set('k', new Uint8Array([1]));
        store.outbox.delivered([1], 1);
        throw new Error('no');
      });
    expect(fails).toThrow('no');
    expect(store.values('a').get('k')).toBeUndefined();
  });

  it('lets one process in', () => {
    const dir = directory();
    const store = openStore(dir);
    expect(() => openStore(dir)).toThrow(/in use/);
    store.close();
    openStore(dir).close();
  });

  it('moves a damaged file aside and says so', () => {
    const dir = directory();
    writeFileSync(path.join(dir, 'foreshock.db'), 'not a database, whatever it says on the tin'.repeat(200));
    const said: string[] = [];
    openStore(dir, message => said.push(message)).close();
    expect(said[0]).toMatch(/is damaged/);
    expect(readdirSync(dir)).toContain('foreshock.db.corrupt');
  });

  it('loses and doubles nothing when it is killed', async () => {
    const dir = directory();
    const log = path.join(dir, 'acknowledged');
    writeFileSync(log, '');
    for (let round = 0; round < 4; round++) {
      const child = fork(path.join(import.meta.dirname, 'writer.ts'), [dir, log, String(round)], {
        execArgv: ['--import', path.join(import.meta.dirname, 'typescript-hooks.mjs')],
      });
      await once(child, 'message');
      child.kill('SIGKILL');
      await once(child, 'exit');
      const store = openStore(dir, message => expect.unreachable(message));
      const keys = store.outbox.pending('r', 1e6).map(entry => entry.key);
      const acknowledged = readFileSync(log, 'utf8').split('\n').slice(0, -1);
      expect(acknowledged.length).toBeGreaterThan(round);
      expect(acknowledged.filter(key => !keys.includes(key))).toEqual([]);
      expect(new Set(keys).size).toBe(keys.length);
      store.close();
    }
  });
});
