import type { Topology, TopologyBatch, TopologyEdge, TopologyNode } from '../core/topology.ts';

/** How batches of edges become one graph: times in ms, confidence 0..1. */
export interface MergeOptions {
  /** Time at which the graph is wanted. */
  readonly now: number;
  /** After this long a source's word counts half. */
  readonly halfLife?: number;
  /** Edges whose aged confidence is lower are left out. */
  readonly floor?: number;
}

/** Who says an edge, and when it was seen last, ms. */
export interface EdgeWord {
  readonly source: string;
  readonly at: number;
}

/** An edge with what speaks for it: `confidence` 0..1 now, the newest word of each source, the newest first. */
export interface ToldEdge extends TopologyEdge {
  readonly kind?: string;
  readonly confidence: number;
  readonly saidBy: readonly EdgeWord[];
}

/** The merged graph for people: what each edge rests on, and what is known of its ends. */
export interface ToldTopology {
  readonly nodes: readonly TopologyNode[];
  readonly edges: readonly ToldEdge[];
}

interface Gathered {
  readonly from: string;
  readonly to: string;
  kind: string | undefined;
  readonly words: Map<string, { at: number; weight: number }>;
}

function gather(batches: readonly TopologyBatch[], { now, halfLife = 3_600_000 }: MergeOptions) {
  const edges = new Map<string, Gathered>();
  for (const { t, source, edges: said, confidence } of batches)
    for (const { from, to, kind, at = t } of said) {
      const weight = Math.min(1, Math.max(0, confidence)) * 2 ** (-Math.max(0, now - at) / halfLife);
      const key = JSON.stringify([from, to]);
      const known = edges.get(key) ?? { from, to, kind, words: new Map() };
      known.kind ??= kind;
      const word = known.words.get(source);
      if (word === undefined || word.weight < weight) known.words.set(source, { at, weight });
      edges.set(key, known);
    }
  return edges;
}

/**
 * One graph from what many sources say. An edge's confidence is the noisy-or of its sources, each aged by half per
 * `halfLife`; of one source only the newest word on the edge counts. Edges come out sorted by name.
 */
export function tellTopology(batches: readonly TopologyBatch[], options: MergeOptions): ToldTopology {
  const { floor = 0.1 } = options;
  const edges = [...gather(batches, options)]
    .map(([key, { from, to, kind, words }]) => ({
      key,
      confidence: 1 - [...words.values()].reduce((p, { weight }) => p * (1 - weight), 1),
      edge: { from, to, ...(kind === undefined ? {} : { kind }) },
      saidBy: [...words].map(([source, { at }]) => ({ source, at })).sort((a, b) => b.at - a.at),
    }))
    .filter(({ confidence }) => confidence >= floor)
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ edge, confidence, saidBy }) => ({ ...edge, confidence, saidBy }));
  return { nodes: nodesOf(batches, edges), edges };
}

/** The ends of the edges and what sources say of nodes, sorted by name; of two kinds the first one that was said stays. */
function nodesOf(batches: readonly TopologyBatch[], edges: readonly TopologyEdge[]): TopologyNode[] {
  const nodes = new Map<string, TopologyNode>();
  for (const id of edges.flatMap(({ from, to }) => [from, to])) nodes.set(id, { id });
  for (const node of batches.flatMap(batch => batch.nodes ?? [])) {
    const known = nodes.get(node.id);
    const labels = { ...node.labels, ...known?.labels };
    const kind = known?.kind ?? node.kind;
    nodes.set(node.id, {
      id: node.id,
      ...(kind === undefined ? {} : { kind }),
      ...(Object.keys(labels).length === 0 ? {} : { labels }),
    });
  }
  return [...nodes.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** The graph of `tellTopology` for grouping and root causes: only edges and their ends. */
export function mergeTopology(batches: readonly TopologyBatch[], options: MergeOptions): Topology {
  const edges = tellTopology(batches, options).edges.map(({ from, to }) => ({ from, to }));
  const ids = [...new Set(edges.flatMap(edge => [edge.from, edge.to]))].sort();
  return { nodes: ids.map(id => ({ id })), edges };
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
