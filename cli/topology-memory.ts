import type { SeenEdge, TopologyBatch, TopologyNode } from '../core/topology.ts';

/** Older edges weigh next to nothing, ms. */
export const edgeMemory = 4 * 3_600_000;

/**
 * What one source has said: the newest word on each edge. Calls that are not seen now fade with their age; where a batch is
 * complete, what it does not name is gone.
 */
export class EdgeMemory {
  readonly #edges = new Map<string, SeenEdge>();
  #nodes = new Map<string, TopologyNode>();

  /** Takes a batch and gives it back with all that is remembered beside it. */
  take(batch: TopologyBatch): TopologyBatch {
    if (batch.complete === true) this.#edges.clear();
    for (const edge of batch.edges) {
      const key = JSON.stringify([edge.from, edge.to]);
      const at = edge.at ?? batch.t;
      if ((this.#edges.get(key)?.at ?? Number.NEGATIVE_INFINITY) <= at) this.#edges.set(key, { ...edge, at });
    }
    for (const [key, { at }] of this.#edges) if (at! < batch.t - edgeMemory) this.#edges.delete(key);
    const edges = [...this.#edges.values()];
    const ends = new Set(edges.flatMap(({ from, to }) => [from, to]));
    const before = batch.complete === true ? [] : [...this.#nodes].filter(([id]) => ends.has(id));
    this.#nodes = new Map([...before, ...(batch.nodes ?? []).map(node => [node.id, node] as const)]);
    return { ...batch, edges, nodes: [...this.#nodes.values()] };
  }
}
