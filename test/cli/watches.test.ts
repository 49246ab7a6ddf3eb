import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { changeQueries } from '../../cli/change-queries.ts';
import { createChangeWatch } from '../../cli/change-watch.ts';
import { createTopologyWatch } from '../../cli/topology-watch.ts';
import { type RangeQuery, type SeriesSet, type SeriesSource, SourceError } from '../../core/series.ts';
import type { TopologyBatch, TopologyMoment, TopologySource } from '../../core/topology.ts';
import { openStore } from '../../store/sqlite.ts';

const minute = 60_000;
const step = 15_000;
const { signal } = new AbortController();

describe('who calls whom, as the passes see it', () => {
  /** A source that answers in turn what is given: edges `a -> name`, or a failure. */
  function sourceOf(answers: readonly (readonly string[] | Error)[]) {
    const asked: TopologyMoment[] = [];
    const source: TopologySource = {
      name: 'mesh',
      async read(moment): Promise<TopologyBatch> {
        const answer = answers[asked.push(moment) - 1]!;
        if (answer instanceof Error) throw answer;
        const edges = answer.map(to => ({ from: 'a', to }));
        return { t: moment.t, source: 'mesh', confidence: 1, edges };
      },
    };
    return { asked, source };
  }

  it('is asked for every five minutes, the first time for the hours before, and no pass waits for it', async () => {
    const { asked, source } = sourceOf([['b'], ['b', 'c']]);
    const watch = createTopologyWatch([source], { step, signal, warn: () => {} });
    expect(watch.at(0).edges).toEqual([]);
    await turn();
    expect(watch.at(step).edges).toEqual([{ from: 'a', to: 'b' }]);
    watch.at(5 * minute);
    await turn();
    expect(watch.at(6 * minute).edges).toHaveLength(2);
    expect(asked.map(({ t, since }) => [t, since])).toEqual([
      [0, -240 * minute],
      [5 * minute, undefined],
    ]);
  });

  it('stays what it was where the source fails, which is said once; the graph is the same object while nothing is new', async () => {
    const away = new SourceError('mesh is away', { retryable: true });
    const { source } = sourceOf([['b'], away, away, ['b'], away]);
    const told: string[] = [];
    const watch = createTopologyWatch([source], { step, signal, warn: message => told.push(message) });
    watch.at(0);
    await turn();
    const graph = watch.at(step);
    for (const t of [5, 10]) {
      watch.at(t * minute);
      await turn();
      expect(watch.at(t * minute + step)).toBe(graph);
    }
    expect(told).toEqual(['topology of mesh: mesh is away']);
    for (const t of [15, 20]) {
      watch.at(t * minute);
      await turn();
      watch.at(t * minute + step);
    }
    expect(told).toHaveLength(2);
  });
});

describe('changes in metrics, as the passes see them', () => {
  const labels = { namespace: 'shop', deployment: 'cart' };
  const answer = (value: number, range: RangeQuery): SeriesSet => ({
    series: [{ labels, t: Float64Array.of(range.end), v: Float64Array.of(value) }],
    warnings: [],
    partial: false,
  });
  const nothing: SeriesSet = { series: [], warnings: [], partial: false };

  /** A cluster whose deployment has this state; undefined = it does not answer. */
  function cluster() {
    const state: { now: { generation: number; replicas: number } | undefined } = {
      now: { generation: 1, replicas: 3 },
    };
    const asked: RangeQuery[] = [];
    const source: SeriesSource = {
      async queryRange(range) {
        asked.push(range);
        if (state.now === undefined) throw new SourceError('the cluster is away', { retryable: true });
        if (range.query.includes('generation')) return answer(state.now.generation, range);
        return range.query.includes('replicas') ? answer(state.now.replicas, range) : nothing;
      },
    };
    return { state, asked, source };
  }

  async function passes(watch: ReturnType<typeof createChangeWatch>, from: number, to: number) {
    const found = [];
    for (let t = from; t <= to; t += step) {
      found.push(...watch.at(t));
      await turn();
    }
    return found;
  }

  it('tell another number of replicas as scaling, another specification as a deploy, with the labels of the source', async () => {
    const store = openStore(':memory:');
    const { state, source } = cluster();
    const sources = [{ name: 'eu', source, labels: { source: 'eu' } }];
    const watch = createChangeWatch(sources, { store, step, signal, warn: () => {} });
    expect(await passes(watch, 0, 4 * step)).toEqual([]);
    state.now = { generation: 2, replicas: 5 };
    const scaled = await passes(watch, 5 * step, 8 * step);
    expect(scaled).toMatchObject([
      {
        t: 6 * step,
        kind: 'scaling',
        entity: { ...labels, source: 'eu' },
        text: expect.stringContaining('5 replicas'),
      },
    ]);
    state.now = { generation: 3, replicas: 5 };
    const deployed = await passes(watch, 9 * step, 12 * step);
    expect(deployed).toMatchObject([{ kind: 'deploy', text: expect.stringContaining('generation 3') }]);
    store.close();
  });

  it('are asked for from where the last answer ended, also after a time without answers, which is said once', async () => {
    const store = openStore(':memory:');
    const { state, asked, source } = cluster();
    const told: string[] = [];
    const warn = (message: string) => told.push(message);
    const watch = createChangeWatch([{ name: 'eu', source, labels: {} }], { store, step, signal, warn });
    await passes(watch, 0, step);
    state.now = undefined;
    await passes(watch, 2 * step, 9 * step);
    expect(told).toEqual(['changes of eu: the cluster is away']);
    state.now = { generation: 2, replicas: 3 };
    expect(await passes(watch, 10 * step, 12 * step)).toHaveLength(1);
    const last = asked.filter(({ end }) => end === 10 * step);
    expect(last.map(({ start }) => start)).toEqual(changeQueries.map(() => step));
    store.close();
  });
});
