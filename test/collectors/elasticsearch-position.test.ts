import { describe, expect, it } from 'vitest';
import {
  documentKey,
  readElasticsearchPosition,
  SeenDocuments,
} from '../../collectors/elasticsearch-position.ts';

const key = (id: number) => documentKey('logs', String(id));

describe('documents that were read', () => {
  it('are known again, also after a restart', () => {
    const seen = new SeenDocuments(100, {});
    for (let id = 0; id < 50; id++) expect(seen.add(id * 100, key(id))).toBe(true);
    const again = new SeenDocuments(100, JSON.parse(JSON.stringify(seen)));
    for (let id = 0; id < 50; id++) expect(again.add(id * 100, key(id))).toBe(false);
    expect(again.add(100, key(50))).toBe(true);
    expect(again.size).toBe(51);
  });

  it('are counted by whole seconds, and forgotten with them', () => {
    const seen = new SeenDocuments(100, {});
    for (let id = 0; id < 50; id++) seen.add(id * 100, key(id));
    expect(seen.count(1000, 3000)).toBe(20);
    seen.forget(2500);
    expect([seen.size, seen.count(0, 2000), seen.count(2000, 5000)]).toEqual([30, 0, 30]);
  });

  it('are given up from the oldest on where there are too many, the newest second never', () => {
    const seen = new SeenDocuments(25, {});
    for (let id = 0; id < 50; id++) seen.add(id * 100, key(id));
    expect(seen.bound()).toBe(3000);
    expect(seen.size).toBe(20);
    for (let id = 50; id < 100; id++) seen.add(4500, key(id));
    expect(seen.bound()).toBe(4000);
    expect(seen.size).toBe(60);
    expect(seen.bound()).toBeUndefined();
  });

  it('have a time before 1970 too', () => {
    const seen = new SeenDocuments(25, {});
    seen.add(-1500, key(1));
    expect(new SeenDocuments(25, seen.toJSON()).add(-1500, key(1))).toBe(false);
  });
});

describe('a position of Elasticsearch', () => {
  it('is refused with words where it is none', () => {
    expect(() => readElasticsearchPosition('nonsense')).toThrow(/is no position in Elasticsearch: remove it/);
    expect(() => readElasticsearchPosition('{"newest":"now","seen":{}}')).toThrow(RangeError);
  });

  it('forgets documents that are no longer there, so that others in their second are missed by their number', () => {
    const seen = new SeenDocuments(100, {});
    seen.add(1000, key(1));
    seen.add(1500, key(2));
    const before = seen.names();
    before.delete(key(2));
    seen.drop(before);
    expect(seen.count(1000, 2000)).toBe(1);
    expect(new SeenDocuments(100, seen.toJSON()).add(1500, key(2))).toBe(false);
    expect(seen.add(1000, key(1))).toBe(true);
  });
});
