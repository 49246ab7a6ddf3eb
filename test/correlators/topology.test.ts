import { describe, expect, it } from 'vitest';
import { Graph, mergeTopology, tellTopology } from '../../correlators/topology.ts';

const edge = (from: string, to: string) => ({ from, to });

describe('Graph', () => {
  const graph = new Graph({
    nodes: [{ id: 'lone' }],
    edges: [edge('a', 'b'), edge('b', 'c'), edge('c', 'a'), edge('b', 'b')],
  });

  it('counts hops whatever the direction, with cycles and self-loops', () => {
    expect([graph.distance('a', 'b'), graph.distance('a', 'c'), graph.distance('a', 'a')]).toEqual([1, 1, 0]);
  });

  it('has no way to unknown nodes', () => {
    expect(graph.distance('a', 'lone')).toBe(Number.POSITIVE_INFINITY);
    expect(graph.distance('x', 'a')).toBe(Number.POSITIVE_INFINITY);
    expect(graph.reach('x').size).toBe(0);
  });

  it('reaches callees along the calls, not itself', () => {
    expect([...graph.reach('a')]).toEqual([
      ['b', 1],
      ['c', 2],
    ]);
  });
});

describe('mergeTopology', () => {
  const hour = 3_600_000;
  const batch = (source: string, t: number, confidence: number, to: string) => ({
    source,
    t,
    confidence,
    edges: [edge('a', to)],
  });

  it('forgets what nobody has said for long and keeps what is fresh', () => {
    const merged = mergeTopology([batch('mesh', 0, 1, 'old'), batch('mesh', 10 * hour, 0.5, 'new')], {
      now: 10 * hour,
    });
    expect(merged.edges).toEqual([edge('a', 'new')]);
  });

  it('adds up weak sources, not repeated words of one', () => {
    const options = { now: 0, floor: 0.45 };
    expect(mergeTopology([batch('x', 0, 0.3, 'b'), batch('x', 0, 0.3, 'b')], options).edges).toEqual([]);
    expect(mergeTopology([batch('x', 0, 0.3, 'b'), batch('y', 0, 0.3, 'b')], options).edges).toHaveLength(1);
  });
});

describe('tellTopology', () => {
  const hour = 3_600_000;

  it('says what each edge rests on: how sure, by whom, seen when, and what is known of its ends', () => {
    const now = 4 * hour;
    const mesh = {
      source: 'mesh',
      t: now,
      confidence: 1,
      edges: [
        { from: 'a', to: 'b', kind: 'calls', at: now - hour },
        { from: 'a', to: 'b', at: now - 2 * hour },
      ],
      nodes: [{ id: 'a', kind: 'service' }],
    };
    const file = {
      source: 'file',
      t: now,
      confidence: 0.5,
      edges: [edge('a', 'b')],
      nodes: [
        { id: 'a', kind: 'app', labels: { team: 'shop' } },
        { id: 'lone', kind: 'host' },
      ],
    };
    expect(tellTopology([mesh, file], { now })).toEqual({
      nodes: [
        { id: 'a', kind: 'service', labels: { team: 'shop' } },
        { id: 'b' },
        { id: 'lone', kind: 'host' },
      ],
      edges: [
        {
          from: 'a',
          to: 'b',
          kind: 'calls',
          confidence: 0.75,
          saidBy: [
            { source: 'file', at: now },
            { source: 'mesh', at: now - hour },
          ],
        },
      ],
    });
  });

  it('tells as many edges as grouping gets, which sees neither kinds nor nodes that stand alone', () => {
    const batch = {
      source: 'x',
      t: 0,
      confidence: 1,
      edges: [{ ...edge('a', 'b'), kind: 'calls' }],
      nodes: [{ id: 'c' }],
    };
    expect(mergeTopology([batch], { now: 0 })).toEqual({
      nodes: [{ id: 'a' }, { id: 'b' }],
      edges: [edge('a', 'b')],
    });
  });
});
