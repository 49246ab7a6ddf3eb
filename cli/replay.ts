import { readBatches } from '../collectors/class-reader.ts';
import type { RecordedAlert } from '../collectors/recording.ts';
import type { ResolvedPack } from '../config/resolve.ts';
import type { Batch } from '../core/batch.ts';
import type { Anomaly } from '../core/detector.ts';
import type { IncidentFrames } from '../core/incident-frames.ts';
import { type PassResult, runPass } from '../core/pipeline.ts';
import type { Topology, TopologySource } from '../core/topology.ts';
import { mergeTopology } from '../correlators/topology.ts';
import { tellingChanges } from './change-timeline.ts';
import type { ClassWatch } from './class-watch.ts';
import { createDepartures } from './departures.ts';
import { readAllFrames } from './incident-frames.ts';
import { PastChanges } from './past-changes.ts';
import { namedBy } from './realised-rate.ts';
import type { AskedSources } from './sources.ts';
import { metricTopologies } from './topology-sources.ts';
import type { Wired } from './wire.ts';

/** Past data to run the passes over, from `from` to `end`, both in ms. */
export interface ReplayInput {
  readonly sources: AskedSources;
  readonly packs: readonly ResolvedPack[];
  readonly from: number;
  readonly end: number;
  readonly step: number;
  /** How often the targets are scraped, ms; the step when not given. */
  readonly scrapeInterval?: number;
  /** Who tells edges; what the packs and the built-in questions ask for unless given. */
  readonly topology?: readonly TopologySource[];
  /** Others' alerts in order of arrival. */
  readonly alerts: readonly RecordedAlert[];
}

/** `learn` fits a class on what lies before `from`; `beforePass` is called before each pass. */
export interface ReplayHooks {
  readonly learn: (watch: ClassWatch) => Promise<void>;
  readonly beforePass?: (t: number) => Promise<void>;
  /** Told of the graph that the next passes see. */
  readonly topology?: (topology: Topology) => void;
}

/** So many steps are read at once, so that memory stays flat however long the range is. */
const chunkSteps = 1440;

/** What cannot be read brings no edges. */
async function topologyAt(
  sources: readonly TopologySource[],
  at: { readonly t: number; readonly step: number },
): Promise<Topology> {
  const read = await Promise.allSettled(sources.map(source => source.read(at)));
  const batches = read.flatMap(each => (each.status === 'fulfilled' ? [each.value] : []));
  return mergeTopology(batches, { now: at.t });
}

async function readChunk(
  wired: Wired,
  input: ReplayInput,
  range: { readonly start: number; readonly end: number },
): Promise<Map<number, Batch[]>> {
  const passes = new Map<number, Batch[]>();
  for (const watch of wired.watches) {
    const { source } = input.sources.of(watch.watch);
    const history = await readBatches(source, watch.watch, { ...range, entities: watch.entities });
    for (const batch of history.batches) passes.set(batch.t, [...(passes.get(batch.t) ?? []), batch]);
  }
  return passes;
}

/** Lets each class judge its batch of one step. */
async function judge(
  batches: readonly Batch[],
  watchOf: (batch: Batch) => ClassWatch | undefined,
  settle: (watch: ClassWatch, batch: Batch) => Promise<void>,
): Promise<Anomaly[]> {
  const anomalies: Anomaly[] = [];
  for (const batch of batches) {
    const watch = watchOf(batch);
    if (watch !== undefined) await settle(watch, batch);
  }
  for (const batch of batches) anomalies.push(...(watchOf(batch)?.pass(batch) ?? []));
  return anomalies;
}

/**
 * Runs the passes over past data on virtual time, as the daemon would have: the models learn what lies before `from`,
 * then every step is judged, correlated and told; what a pass wants to see is read before the next. Yields each pass's
 * result in order of time.
 */
export async function* replay(
  wired: Wired,
  input: ReplayInput,
  hooks: ReplayHooks,
): AsyncGenerator<PassResult> {
  for (const watch of wired.watches) await hooks.learn(watch);
  const byClass = new Map(wired.watches.map(watch => [watch.watch.class.name, watch]));
  const { from, end, step, sources } = input;
  const arrived = input.alerts.filter(({ at }) => at > from - step);
  const departures = createDepartures(input.scrapeInterval ?? step);
  const told = input.topology ?? metricTopologies(sources.all, input.packs);
  const settle = (watch: ClassWatch, batch: Batch) =>
    departures.settle(watch, batch, { source: sources.of(watch.watch).source });
  const changes = new PastChanges(sources.all);
  const correlate = tellingChanges(wired.stages.correlate, () => changes.taken);
  let next = 0;
  let frames: readonly IncidentFrames[] = [];
  for (let start = from; start <= end; start += chunkSteps * step) {
    const range = { start, end: Math.min(end, start + (chunkSteps - 1) * step) };
    const passes = await readChunk(wired, input, range);
    const topology = await topologyAt(told, { t: start, step });
    await changes.read({ ...range, step });
    hooks.topology?.(topology);
    for (const t of [...passes.keys()].sort((a, b) => a - b)) {
      await hooks.beforePass?.(t);
      for (const { watch, entities } of wired.watches) wired.thresholds.watch(watch.class.name, entities);
      const anomalies = await judge(passes.get(t)!, batch => byClass.get(batch.class.name), settle);
      const first = next;
      while (next < arrived.length && arrived[next]!.at <= t) next++;
      const alerts = arrived.slice(first, next).map(({ alert }) => alert);
      const seen = { t, anomalies, alerts, changes: changes.take(t), topology, frames };
      const result = runPass({ ...wired.stages, correlate }, seen);
      frames = await readAllFrames(result.wanted ?? [], { watches: wired.watches, sources });
      for (const watch of wired.watches) watch.realised.settle(namedBy(result.incidents));
      yield result;
    }
  }
}
