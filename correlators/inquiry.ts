import type { KnownFrame, WantedFrames } from '../core/incident-frames.ts';
import { type Diagnosis, diagnoseOn } from './diagnose.ts';
import type { DiagnosedSignal } from './diagnosis-words.ts';
import type { OpenIncident } from './open-incident.ts';
import type { Graph } from './topology.ts';

/** What the metrics around the beginning of an incident said of its cause, best first. */
export interface MetricsWord {
  readonly services: Diagnosis['services'];
  /** The most telling signal of each of them. */
  readonly signals: readonly DiagnosedSignal[];
}

/** When metrics were asked for (ms), and in how many places there was trouble then. */
export interface Asked {
  readonly at: number;
  readonly places: number;
}

const hour = 3_600_000;
/** So long after the beginning metrics are asked for once more, whatever happens: then they show more, and what lasts. */
const milestones = [60_000, 300_000];
/** An incident that grows is not asked about more often than this, ms. */
const pause = 30_000;
/** Metrics of so many things are read at most, what has alerts first. */
const mostNames = 40;
/** Alerts come later than the trouble: the onset is looked for so long before the first of them, ms. */
const earlier = [0, 60_000, 120_000, 240_000];
const mostKept = 10;

function isDue({ asked, places, openedAt }: OpenIncident, t: number): boolean {
  if (asked === undefined) return true;
  if (t - asked.at < pause) return false;
  return (
    places.size > asked.places || milestones.some(span => t >= openedAt + span && asked.at < openedAt + span)
  );
}

/** The places of an incident, those that its alerts name, and what they call and are called by directly. */
function namesAround({ places, shared }: OpenIncident, graph: Graph): string[] {
  const names = new Set(places.keys());
  for (const name of shared) if (graph.has(name)) names.add(name);
  for (const id of places.keys()) {
    if (names.size >= mostNames) break;
    for (const { id: near } of graph.near(id, 1)) names.add(near);
  }
  return [...names].slice(0, mostNames);
}

/** What should be read for an incident at `t` (ms); asked at its beginning, when it grows, a minute later and once it has settled. */
export function inquire(incident: OpenIncident, graph: Graph, t: number): WantedFrames | undefined {
  if (!isDue(incident, t)) return undefined;
  incident.asked = { at: t, places: incident.places.size };
  const names = namesAround(incident, graph);
  return { incident: incident.id, names, start: incident.startsAt - hour, end: t };
}

const total = ({ services }: Diagnosis) => services.reduce((sum, { score }) => sum + score, 0);

/** Diagnoses the frames around an incident whose first alert began at `startsAt` (ms), at the onset that explains most. */
export function readMetrics(frames: readonly KnownFrame[], graph: Graph, startsAt: number): MetricsWord {
  const [first, ...others] = earlier.map(span => diagnoseOn(frames, graph, { onset: startsAt - span }));
  const best = others.reduce((a, b) => (total(b) > total(a) ? b : a), first!);
  const services = best.services.slice(0, mostKept);
  return {
    services,
    signals: services.flatMap(({ name }) => best.signals.find(({ service }) => service === name) ?? []),
  };
}
