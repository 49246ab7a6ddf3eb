import { z } from 'zod';
import type { Labels } from './labels.ts';

/** A thing in the graph; `id` is what alerts and entities name in a label (service, instance, pod). */
export interface TopologyNode {
  readonly id: string;
  readonly kind?: string;
  readonly labels?: Labels;
}

/** caller -> callee, or thing -> infrastructure it stands on. */
export interface TopologyEdge {
  readonly from: string;
  readonly to: string;
}

/** The graph over which incidents are grouped and causes are ranked; plain data as in `topology.json`. */
export interface Topology {
  readonly nodes: readonly TopologyNode[];
  readonly edges: readonly TopologyEdge[];
}

/** An edge as a source tells it: what it is in words (`calls`, `runs on`), and when it was last seen, ms; else the batch's `t`. */
export interface SeenEdge extends TopologyEdge {
  readonly kind?: string;
  readonly at?: number;
}

/** What one source says of the graph at a time (ms); `confidence` 0..1. */
export interface TopologyBatch {
  readonly t: number;
  readonly source: string;
  readonly edges: readonly SeenEdge[];
  readonly confidence: number;
  /** What the source knows of the ends of its edges, and of nodes without any. */
  readonly nodes?: readonly TopologyNode[];
  /** True when the edges are all that there are now (a file, placement): one that is named no more is gone, it does not fade. */
  readonly complete?: boolean;
  /** Parts that could not be read, in words. */
  readonly failures?: readonly string[];
}

/** When a source is asked, ms; `since` = also edges that were last seen from then on. */
export interface TopologyMoment {
  readonly t: number;
  readonly step: number;
  readonly since?: number;
  readonly signal?: AbortSignal;
}

/**
 * Who tells edges: a metrics source, Jaeger, a file. Made from the config, read again and again, one read at a time, closed
 * at the end. `read` rejects in words that name the place when nothing could be read.
 */
export interface TopologySource {
  readonly name: string;
  read(moment: TopologyMoment): Promise<TopologyBatch>;
  close?(): Promise<void>;
}

/** `topology.json`: `{nodes: [{id, kind?, labels?}], edges: [{from, to, kind?}]}`; further fields are passed over. */
export const topologySchema = z.object({
  nodes: z
    .array(
      z.object({
        id: z.string().min(1),
        kind: z.string().exactOptional(),
        labels: z.record(z.string(), z.string()).exactOptional(),
      }),
    )
    .default([]),
  edges: z
    .array(z.object({ from: z.string().min(1), to: z.string().min(1), kind: z.string().exactOptional() }))
    .default([]),
});

/** A change of state that may be a cause: deploys, config, scaling. */
export interface Change {
  readonly t: number;
  readonly entity: Labels;
  readonly kind: string;
  readonly text: string;
  readonly link?: string;
}
