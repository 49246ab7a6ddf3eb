import { describe, expect, it } from 'vitest';
import { readBatches } from '../../collectors/class-reader.ts';
import { framesOf } from '../../core/frames.ts';
import { signalSchema } from '../../core/pack.ts';
import { type Series, type SeriesSource, SourceError } from '../../core/series.ts';
import type { WatchedClass } from '../../core/watched-class.ts';

function series(labels: Record<string, string>, samples: Record<number, number>): Series {
  const t = Float64Array.from(Object.keys(samples), Number);
  return { labels, t, v: Float64Array.from(Object.values(samples)) };
}

function answering(answers: Record<string, readonly Series[] | Error>, partial = false): SeriesSource {
  return {
    async queryRange({ query }) {
      const answer = answers[query];
      if (answer instanceof Error) throw answer;
      return { series: answer ?? [], warnings: [], partial };
    },
  };
}

const signals = ['a', 'b'].map(name => signalSchema.parse({ name, kind: 'cpu', query: name }));
const watch: WatchedClass = {
  class: { name: 'node/host', signals, step: 10 },
  entityLabels: ['host'],
  absent: 'missing',
  queries: ['a', 'b'],
};
const x = series({ host: 'x', extra: '1' }, { 10: 1, 20: 2 });
const y = series({ host: 'y' }, { 20: 5 });

describe('readBatches', () => {
  it('joins the signals on the entity labels, one batch a step', async () => {
    const history = await readBatches(answering({ a: [x], b: [y, x] }), watch, { start: 3, end: 25 });
    expect(history.entities).toEqual([{ host: 'x' }, { host: 'y' }]);
    expect(history.batches.map(batch => batch.t)).toEqual([10, 20]);
    expect([...history.batches[0]!.values]).toEqual([1, 1, Number.NaN, Number.NaN]);
    expect([...history.batches[1]!.values]).toEqual([2, 2, Number.NaN, 5]);
    expect(history.batches.every(batch => batch.entities === history.entities && !batch.partial)).toBe(true);
    expect(framesOf(history)[1]).toMatchObject({ entity: { host: 'y' }, signals: ['a', 'b'], step: 10 });
    expect([...framesOf(history)[0]!.columns[0]!]).toEqual([1, 2]);
  });

  it('keeps the array of known entities until another one appears', async () => {
    const entities = [{ host: 'x' }, { host: 'y' }];
    const same = await readBatches(answering({ a: [y] }), watch, { start: 10, end: 20, entities });
    expect(same.entities).toBe(entities);
    const z = series({ host: 'z' }, { 10: 1 });
    const grown = await readBatches(answering({ a: [z] }), watch, { start: 10, end: 20, entities });
    expect(grown.entities).toEqual([...entities, { host: 'z' }]);
  });

  it('reads no sample as zero where the class says so', async () => {
    const zero = { ...watch, absent: 'zero' as const };
    const { batches } = await readBatches(answering({ a: [x], b: [] }), zero, { start: 10, end: 30 });
    expect([...batches[2]!.values]).toEqual([0, 0]);
  });

  it('lives on when one signal fails, and says that it is partial', async () => {
    const down = new SourceError('down', { retryable: true });
    const zero = { ...watch, absent: 'zero' as const };
    const { batches, failures } = await readBatches(answering({ a: [x], b: down }), zero, {
      start: 10,
      end: 20,
    });
    expect(failures).toEqual([{ signal: 'b', message: 'down' }]);
    expect([...batches[0]!.values]).toEqual([1, Number.NaN]);
    expect(batches[0]!.partial).toBe(true);
    await expect(readBatches(answering({ a: down, b: down }), watch, { start: 10, end: 20 })).rejects.toThrow(
      /node\/host: down/,
    );
  });

  it('marks what was answered in part', async () => {
    const { batches } = await readBatches(answering({ a: [x], b: [x] }, true), watch, { start: 10, end: 20 });
    expect(batches.every(batch => batch.partial)).toBe(true);
  });
});
