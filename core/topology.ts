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

/** What one source says of the graph at a time (ms); `confidence` 0..1. */
export interface TopologyBatch {
  readonly t: number;
  readonly source: string;
  readonly edges: readonly TopologyEdge[];
  readonly confidence: number;
}

/** A change of state that may be a cause: deploys, config, scaling. */
export interface Change {
  readonly t: number;
  readonly entity: Labels;
  readonly kind: string;
  readonly text: string;
  readonly link?: string;
}
