import { type ClassHistory, readBatches } from '../collectors/class-reader.ts';
import type { RecordedAlert } from '../collectors/recording.ts';
import type { ResolvedPack } from '../config/resolve.ts';
import type { Batch } from '../core/batch.ts';
import { type PassResult, runPass } from '../core/pipeline.ts';
import type { SeriesSource } from '../core/series.ts';
import type { Topology } from '../core/topology.ts';
import { mergeTopology } from '../correlators/topology.ts';
import type { ClassWatch } from './class-watch.ts';
import { readTopology } from './topology-reader.ts';
import type { Wired } from './wire.ts';

/** Past data to run the passes over: training from `start`, passes from `from` to `end`, all in ms. */
export interface ReplayInput {
  readonly source: SeriesSource;
  readonly packs: readonly ResolvedPack[];
  readonly start: number;
  readonly from: number;
  readonly end: number;
  readonly step: number;
  /** Others' alerts in order of arrival. */
  readonly alerts: readonly RecordedAlert[];
}

/** Called while the replay is prepared and before each pass. */
export interface ReplayHooks {
  readonly learned?: (watch: ClassWatch, history: ClassHistory) => void;
  readonly beforePass?: (t: number) => Promise<void>;
}

/** Who calls whom, by the packs' queries at `t`. */
export async function topologyAt(
  input: Pick<ReplayInput, 'source' | 'packs' | 'step'>,
  t: number,
): Promise<Topology> {
  const queries = input.packs.flatMap(pack => pack.topology);
  return mergeTopology([await readTopology(input.source, queries, { t, step: input.step })], { now: t });
}

async function learn(wired: Wired, input: ReplayInput, hooks: ReplayHooks): Promise<Map<number, Batch[]>> {
  const passes = new Map<number, Batch[]>();
  for (const watch of wired.watches) {
    const history = await readBatches(input.source, watch.watch, { start: input.start, end: input.end });
    const past = history.batches.filter(batch => batch.t < input.from);
    watch.fit({ ...history, batches: past });
    hooks.learned?.(watch, history);
    for (const batch of history.batches)
      if (batch.t >= input.from) passes.set(batch.t, [...(passes.get(batch.t) ?? []), batch]);
  }
  return passes;
}

/**
 * Runs the passes over past data on virtual time, as the daemon would have: the models learn what lies before `from`,
 * then every step is judged, correlated and told. Yields each pass's result in order of time.
 */
export async function* replay(
  wired: Wired,
  input: ReplayInput,
  hooks: ReplayHooks = {},
): AsyncGenerator<PassResult> {
  const passes = await learn(wired, input, hooks);
  const byClass = new Map(wired.watches.map(watch => [watch.watch.class.name, watch]));
  const topology = await topologyAt(input, input.from);
  let next = input.alerts.findIndex(({ at }) => at > input.from - input.step);
  if (next < 0) next = input.alerts.length;
  for (const t of [...passes.keys()].sort((a, b) => a - b)) {
    await hooks.beforePass?.(t);
    const anomalies = passes.get(t)!.flatMap(batch => byClass.get(batch.class.name)?.pass(batch) ?? []);
    const first = next;
    while (next < input.alerts.length && input.alerts[next]!.at <= t) next++;
    const alerts = input.alerts.slice(first, next).map(({ alert }) => alert);
    yield runPass(wired.stages, { t, anomalies, alerts, changes: [], topology });
  }
}
