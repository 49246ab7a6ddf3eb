import type { ResolvedPack } from '../config/resolve.ts';
import type { Topology, TopologyBatch } from '../core/topology.ts';
import { mergeTopology } from '../correlators/topology.ts';
import { Errand } from './errand.ts';
import type { AskedSources } from './sources.ts';
import { readTopology } from './topology-reader.ts';

/** Who calls whom, as the passes see it: asked for every five minutes beside them, so that no pass waits for it. */
export interface TopologyWatch {
  /** Takes what has come and asks anew when it is time. What a silent source said before fades with its age. */
  at(t: number): Topology;
}

const every = 300_000;

/** A watch that knows nobody yet. */
export function createTopologyWatch(
  sources: AskedSources,
  packs: readonly ResolvedPack[],
  options: { readonly step: number; readonly signal: AbortSignal },
): TopologyWatch {
  const asked = sources.all.map(source => ({
    source,
    errand: new Errand<TopologyBatch>(Date.now),
    batch: undefined as TopologyBatch | undefined,
    askedAt: Number.NEGATIVE_INFINITY,
  }));
  let merged: Topology = { nodes: [], edges: [] };
  return {
    at(t) {
      for (const one of asked) {
        const outcome = one.errand.take();
        if (outcome?.ok === true && outcome.value.edges.length > 0) {
          one.batch = outcome.value;
          merged = mergeTopology(
            asked.flatMap(({ batch }) => batch ?? []),
            { now: t },
          );
        }
        if (one.errand.open || t - one.askedAt < every) continue;
        one.askedAt = t;
        void one.errand.begin(() => readTopology(one.source, packs, { t, ...options }));
      }
      return merged;
    },
  };
}
