import type { IncidentFrames } from '../core/incident-frames.ts';
import type { Change } from '../core/topology.ts';
import { mayExplain } from './evidence.ts';
import { readMetrics } from './inquiry.ts';
import type { OpenIncident } from './open-incident.ts';
import type { Graph } from './topology.ts';

type Open = ReadonlyMap<string, OpenIncident>;

/** Reads the metrics that came of open incidents; answers which of them more is known of now. */
export function hearMetrics(frames: readonly IncidentFrames[], open: Open, graph: Graph): OpenIncident[] {
  const heard: OpenIncident[] = [];
  for (const { incident: id, frames: read } of frames) {
    const incident = open.get(id);
    if (incident === undefined || read.length === 0) continue;
    incident.metrics = readMetrics(read, graph, incident.startsAt);
    heard.push(incident);
  }
  return heard;
}

/** The open incidents of which a change is evidence, though no alert comes any more. */
export function hearChanges(changes: readonly Change[], open: Open): OpenIncident[] {
  if (changes.length === 0) return [];
  return [...open.values()].filter(incident => changes.some(change => mayExplain(change, incident)));
}
