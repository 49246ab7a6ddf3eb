import type { Topology, TopologyBatch, TopologyEdge } from '../core/topology.ts';

/** How batches of edges become one graph: times in ms, confidence 0..1. */
export interface MergeOptions {
  /** Time at which the graph is wanted. */
  readonly now: number;
  /** After this long a source's word counts half. */
  readonly halfLife?: number;
  /** Edges whose aged confidence is lower are left out. */
  readonly floor?: number;
}

/**
 * One graph from what many sources say. An edge's confidence is the noisy-or of its sources, each aged by half per
 * `halfLife`; of one source only the newest batch that names the edge counts. Edges come out sorted by name.
 */
export function mergeTopology(batches: readonly TopologyBatch[], options: MergeOptions): Topology {
  const { now, halfLife = 3_600_000, floor = 0.1 } = options;
  const edges = new Map<string, { edge: TopologyEdge; bySource: Map<string, number> }>();
  for (const batch of batches) {
    const age = Math.max(0, now - batch.t);
    const weight = Math.min(1, Math.max(0, batch.confidence)) * 2 ** (-age / halfLife);
    for (const edge of batch.edges) {
      const key = JSON.stringify([edge.from, edge.to]);
      const known = edges.get(key) ?? { edge: { from: edge.from, to: edge.to }, bySource: new Map() };
      known.bySource.set(batch.source, Math.max(weight, known.bySource.get(batch.source) ?? 0));
      edges.set(key, known);
    }
  }
  const kept = [...edges.entries()]
    .filter(([, { bySource }]) => 1 - [...bySource.values()].reduce((p, w) => p * (1 - w), 1) >= floor)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { edge }]) => edge);
  const ids = [...new Set(kept.flatMap(edge => [edge.from, edge.to]))].sort();
  return { nodes: ids.map(id => ({ id })), edges: kept };
}

/** A node near another: `hops` >= 1 calls away, `callee` = it is called (directly or not), else it calls. */
export interface Neighbour {
  readonly id: string;
  readonly hops: number;
  readonly side: 'callee' | 'caller';
}

const cacheLimit = 2048;
/** Neighbours are asked for with every alert, and are few. */
const nearLimit = 16_384;

/** A topology made ready for questions. Made once per topology, then only read; answers are cached. */
export class Graph {
  readonly #callees = new Map<string, Set<string>>();
  readonly #callers = new Map<string, Set<string>>();
  readonly #distances = new Map<string, ReadonlyMap<string, number>>();
  readonly #reach = new Map<string, ReadonlyMap<string, number>>();
  readonly #near = new Map<string, readonly Neighbour[]>();

  constructor(topology: Topology) {
    for (const node of topology.nodes) this.#add(node.id);
    for (const { from, to } of topology.edges) {
      this.#add(from);
      this.#add(to);
      if (from === to) continue;
      this.#callees.get(from)!.add(to);
      this.#callers.get(to)!.add(from);
    }
  }

  #add(id: string): void {
    if (this.#callees.has(id)) return;
    this.#callees.set(id, new Set());
    this.#callers.set(id, new Set());
  }

  /** How many nodes there are. */
  get size(): number {
    return this.#callees.size;
  }

  has(id: string): boolean {
    return this.#callees.has(id);
  }

  /** True when `from` calls `to` directly. */
  calls(from: string, to: string): boolean {
    return this.#callees.get(from)?.has(to) ?? false;
  }

  #walk(start: string, next: (id: string) => Iterable<string>, limit = Number.POSITIVE_INFINITY) {
    const hops = new Map<string, number>([[start, 0]]);
    for (const [id, depth] of hops) {
      if (depth >= limit) break;
      for (const other of next(id)) if (!hops.has(other)) hops.set(other, depth + 1);
    }
    return hops;
  }

  /** Hops between two nodes, whatever the direction of calls; infinite when there is no way or a node is unknown. */
  distance(a: string, b: string): number {
    if (a === b) return 0;
    const all = cached(this.#distances, a, () =>
      this.#walk(a, id => [...(this.#callees.get(id) ?? []), ...(this.#callers.get(id) ?? [])]),
    );
    return all.get(b) ?? Number.POSITIVE_INFINITY;
  }

  /** What `target` calls, directly or not, with the number of calls between; not itself. */
  reach(target: string): ReadonlyMap<string, number> {
    return cached(this.#reach, target, () => {
      const hops = this.#walk(target, id => this.#callees.get(id) ?? []);
      hops.delete(target);
      return hops;
    });
  }

  /** Callees and callers of `id` within `hops` calls, nearest first. */
  near(id: string, hops: number): readonly Neighbour[] {
    return cached(
      this.#near,
      `${hops} ${id}`,
      () => {
        const out: Neighbour[] = [];
        const sides = [
          ['callee', this.#callees],
          ['caller', this.#callers],
        ] as const;
        for (const [side, edges] of sides)
          for (const [other, depth] of this.#walk(id, at => edges.get(at) ?? [], hops))
            if (depth > 0) out.push({ id: other, hops: depth, side });
        return out.sort((a, b) => a.hops - b.hops);
      },
      nearLimit,
    );
  }
}

function cached<Value>(cache: Map<string, Value>, key: string, make: () => Value, limit = cacheLimit): Value {
  const known = cache.get(key);
  if (known !== undefined) return known;
  if (cache.size >= limit) cache.clear();
  const made = make();
  cache.set(key, made);
  return made;
}
