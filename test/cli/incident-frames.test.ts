import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { ClassWatch } from '../../cli/class-watch.ts';
import { FrameReads } from '../../cli/frame-reads.ts';
import { readIncidentFrames } from '../../cli/incident-frames.ts';
import { onlySource } from '../../cli/sources.ts';
import type { Labels } from '../../core/labels.ts';
import type { SignalKind } from '../../core/pack.ts';
import { createRandom } from '../../core/random.ts';
import { type RangeQuery, type SeriesSource, SourceError } from '../../core/series.ts';

const step = 15_000;
const T = Date.UTC(2026, 0, 1, 3);

/** A class of one signal that has learned its entities. */
function watchOf(name: string, kind: SignalKind, entities: readonly Labels[], rows = 100): ClassWatch {
  const spec = { name, kind, query: name, unit: 's', bad: 'high' as const, floor: 0, about: '' };
  const each = { name: `shop/${name}`, step, signals: [spec] };
  const entityLabels = Object.keys(entities[0]!);
  const watch = new ClassWatch(
    { class: each, entityLabels, absent: 'missing', queries: [name] },
    { fpr: 0.01, seed: 1 },
  );
  const random = createRandom(1);
  const batches = Array.from({ length: rows }, (_, i) => {
    const values = Float64Array.from(entities, () => random());
    return { class: each, t: i * step, entities, values, partial: false };
  });
  watch.fit({ batches, entities, failures: [] });
  return watch;
}

/** Answers each query with a sample a step for the given things; a query without any fails. */
function sourceOf(lives: Readonly<Record<string, readonly Labels[]>>) {
  const asked: string[] = [];
  const source: SeriesSource = {
    async queryRange({ query, start, end, step: every }) {
      asked.push(query);
      const some = lives[query.replace(/\{.*/, '')];
      if (some === undefined) throw new SourceError('no route to host', { retryable: false });
      const t = Float64Array.from({ length: (end - start) / every + 1 }, (_, i) => start + i * every);
      return {
        series: some.map(labels => ({ labels, t, v: t.map(() => 1) })),
        warnings: [],
        partial: false,
      };
    },
  };
  return { source, asked };
}

const latency = [{ service: 'checkout' }, { service: 'catalog' }];
const calls = [{ service: 'checkout', peer_service: 'redis' }];
const wanted = { incident: '1', names: ['checkout', 'redis'], start: T - 3_600_000, end: T };

describe('the frames that an incident wants', () => {
  const watches = [watchOf('latency', 'latency', latency), watchOf('call_latency', 'latency', calls)];

  it('hold all that is measured of each thing, by itself or by its callers', async () => {
    const { source } = sourceOf({ latency, call_latency: calls });
    const { frames } = await readIncidentFrames(wanted, { watches, sources: onlySource(source) });
    expect(frames.map(({ entity, signals }) => [entity.service, signals])).toEqual([
      ['checkout', ['latency']],
      ['redis', ['call_latency from checkout']],
    ]);
    expect(frames.map(({ meanings }) => meanings.map(({ caller }) => caller))).toEqual([
      [undefined],
      ['checkout'],
    ]);
    expect(frames[0]!.t).toHaveLength(241);
  });

  it('go without what cannot be read', async () => {
    const { source } = sourceOf({ latency });
    const { frames } = await readIncidentFrames(wanted, { watches, sources: onlySource(source) });
    expect(frames.map(({ signals }) => signals)).toEqual([['latency']]);
  });

  it('of a large class are asked for by name', async () => {
    const many = Array.from({ length: 201 }, (_, i) => ({ service: i === 0 ? 'check.out"' : `s${i}` }));
    const { source, asked } = sourceOf({ latency: many });
    const large = [watchOf('latency', 'latency', many, 10)];
    const some = { ...wanted, names: ['check.out"', 's7'] };
    await readIncidentFrames(some, { watches: large, sources: onlySource(source) });
    expect(asked).toEqual(['latency{service=~"check\\\\.out\\"|s7"}']);
  });
});

describe('reads beside the passes', () => {
  const watches = [watchOf('latency', 'latency', latency)];

  it('bring nothing while a source hangs, and what it had to say once it answers', async () => {
    const { source } = sourceOf({ latency });
    const gate = new EventTarget();
    const slow: SeriesSource = {
      async queryRange(range: RangeQuery) {
        await once(gate, 'open');
        return source.queryRange(range);
      },
    };
    const end = new AbortController();
    const reads = new FrameReads({ watches, sources: onlySource(slow), signal: end.signal });
    reads.ask([wanted]);
    expect(reads.take()).toEqual([]);
    gate.dispatchEvent(new Event('open'));
    await expect.poll(() => reads.take()[0]?.frames.length).toBe(1);
    expect(reads.take()).toEqual([]);
  });

  it('of many wishes of one incident only the newest waits', async () => {
    const { source, asked } = sourceOf({ latency });
    const end = new AbortController();
    const reads = new FrameReads({ watches, sources: onlySource(source), signal: end.signal });
    for (let k = 0; k < 5; k++) reads.ask([{ ...wanted, end: T + k * step }]);
    const came: number[] = [];
    await expect
      .poll(() => {
        came.push(...reads.take().flatMap(({ frames }) => frames[0]!.t.at(-1)!));
        return came;
      })
      .toEqual([T, T + 4 * step]);
    expect(asked).toHaveLength(2);
  });
});
