import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Database from 'libsql';
import { describe, expect, it } from 'vitest';
import { openModels } from '../../store/models.ts';
import { openStore } from '../../store/sqlite.ts';

const directory = () => mkdtempSync(path.join(tmpdir(), 'models-'));
const version = (name: string, at: number) => ({
  class: name,
  at,
  t: at,
  why: 'refresh' as const,
  rows: 10,
  entities: 2,
  signature: 's',
});
const bytes = (n: number) => new Uint8Array([n]);

describe('stored models', () => {
  it('are numbered by class, and the last three of a class are kept', () => {
    const { models } = openStore(':memory:');
    expect([1, 2, 3, 4].map(n => models.add(version('a/a', n), bytes(n)))).toEqual([1, 2, 3, 4]);
    expect(models.add(version('b/b', 9), bytes(9))).toBe(1);
    expect(models.versions('a/a').map(each => each.version)).toEqual([2, 3, 4]);
    expect(models.versions().map(each => each.class)).toEqual(['a/a', 'a/a', 'a/a', 'b/b']);
    expect(models.bytes('a/a', 1)).toBeUndefined();
    expect(models.bytes('a/a', 4)).toEqual(bytes(4));
  });

  it('are replaced while they learn, and one that was dropped does not come back', () => {
    const { models } = openStore(':memory:');
    for (const n of [1, 2, 3, 4]) models.add(version('a/a', n), bytes(n));
    models.replace({ class: 'a/a', version: 4, t: 50, entities: 3 }, bytes(44));
    models.replace({ class: 'a/a', version: 1, t: 50, entities: 3 }, bytes(11));
    expect(models.versions('a/a').at(-1)).toMatchObject({ version: 4, t: 50, entities: 3, at: 4 });
    expect(models.bytes('a/a', 4)).toEqual(bytes(44));
    expect(models.bytes('a/a', 1)).toBeUndefined();
  });

  it('are read and written beside a daemon that has the store open', () => {
    const dir = directory();
    const store = openStore(dir);
    store.models.add(version('a/a', 1), bytes(1));
    const beside = openModels(dir);
    expect(beside?.versions()).toHaveLength(1);
    beside?.add({ ...version('a/a', 1), why: 'rollback' }, bytes(1));
    beside?.close();
    expect(store.models.versions('a/a').map(each => each.why)).toEqual(['refresh', 'rollback']);
    store.close();
  });

  it('keep the last refusal of a class until a version is added', () => {
    const { models } = openStore(':memory:');
    models.refuse({ class: 'a/a', at: 5, reason: 'worse' });
    models.refuse({ class: 'a/a', at: 6, reason: 'worse again' });
    models.refuse({ class: 'b/b', at: 7, reason: 'worse' });
    expect(models.refusals()).toEqual([
      { class: 'a/a', at: 6, reason: 'worse again' },
      { class: 'b/b', at: 7, reason: 'worse' },
    ]);
    models.add(version('a/a', 8), bytes(1));
    expect(models.refusals().map(each => each.class)).toEqual(['b/b']);
  });

  it('of an older store are read too', () => {
    const dir = directory();
    openStore(dir).close();
    const old = new Database(path.join(dir, 'foreshock.db'));
    old.exec('DROP TABLE audit; DROP TABLE audit_head; DROP TABLE refusals');
    old.exec('ALTER TABLE models DROP COLUMN race; PRAGMA user_version = 2;');
    old.close();
    const beside = openModels(dir);
    beside?.add({ ...version('a/a', 1), race: 0.5 }, bytes(1));
    expect(beside?.versions().map(each => each.race)).toEqual([0.5]);
    beside?.close();
  });

  it('are not there without a store', () => {
    expect(openModels(directory())).toBeUndefined();
  });
});
