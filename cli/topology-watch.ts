import type { Topology, TopologyBatch, TopologySource } from '../core/topology.ts';
import { mergeTopology } from '../correlators/topology.ts';
import { Errand } from './errand.ts';
import { EdgeMemory, edgeMemory } from './topology-memory.ts';

/** Who calls whom, as the passes see it: asked for every five minutes beside them, so that no pass waits for it. */
export interface TopologyWatch {
  /** Takes what has come and asks anew when it is time. What a silent source said before fades with its age. */
  at(t: number): Topology;
  close(): Promise<void>;
}

export interface TopologyWatchOptions {
  readonly step: number;
  readonly signal: AbortSignal;
  /** Told of what cannot be read: once, until it changes or goes away. */
  readonly warn: (message: string) => void;
}

const every = 300_000;

/** One source, and what is known of it. */
class Asked {
  readonly source: TopologySource;
  readonly #errand = new Errand<TopologyBatch>(Date.now);
  readonly #memory = new EdgeMemory();
  #askedAt = Number.NEGATIVE_INFINITY;
  #failure = '';
  batch: TopologyBatch | undefined;

  constructor(source: TopologySource) {
    this.source = source;
  }

  /** True when the source has said something new. */
  take(warn: TopologyWatchOptions['warn']): boolean {
    const outcome = this.#errand.take();
    if (outcome === undefined) return false;
    const failure = outcome.ok ? (outcome.value.failures ?? []).join('; ') : reasonOf(outcome.error);
    if (failure !== '' && failure !== this.#failure) warn(`topology of ${this.source.name}: ${failure}`);
    this.#failure = failure;
    if (!outcome.ok) return false;
    const { edges, nodes = [], complete = false } = outcome.value;
    if (!complete && edges.length === 0 && nodes.length === 0) return false;
    this.batch = this.#memory.take(outcome.value);
    return true;
  }

  /** Asks when it is time; the first time for what was seen before, too. */
  ask(t: number, { step, signal }: TopologyWatchOptions): void {
    if (this.#errand.open || t - this.#askedAt < every) return;
    this.#askedAt = t;
    const past = this.batch === undefined ? { since: t - edgeMemory } : {};
    void this.#errand.begin(() => this.source.read({ t, step, signal, ...past }));
  }
}

/** A watch that knows nobody yet. */
export function createTopologyWatch(
  sources: readonly TopologySource[],
  options: TopologyWatchOptions,
): TopologyWatch {
  const asked = sources.map(source => new Asked(source));
  let merged: Topology = { nodes: [], edges: [] };
  return {
    at(t) {
      const news = asked.filter(one => one.take(options.warn));
      if (news.length > 0)
        merged = mergeTopology(
          asked.flatMap(({ batch }) => batch ?? []),
          { now: t },
        );
      for (const one of asked) one.ask(t, options);
      return merged;
    },
    close: async () => void (await Promise.all(sources.map(source => source.close?.()))),
  };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
