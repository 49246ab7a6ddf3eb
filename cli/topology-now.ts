import type { TopologySource } from '../core/topology.ts';
import { type ToldTopology, tellTopology } from '../correlators/topology.ts';
import { edgeMemory } from './topology-memory.ts';

/** The graph at a moment, and which sources said nothing: names by what they failed with. */
export interface TopologyNow {
  readonly told: ToldTopology;
  readonly failures: ReadonlyMap<string, readonly string[]>;
  /** How many sources answered, at least in part. */
  readonly answered: number;
}

/** Asks every source once, for what was seen in the hours before, too; times in ms. */
export async function readTopologyNow(
  sources: readonly TopologySource[],
  { t, step }: { readonly t: number; readonly step: number },
): Promise<TopologyNow> {
  const since = t - edgeMemory;
  const answers = await Promise.allSettled(sources.map(source => source.read({ t, step, since })));
  const failures = new Map<string, string[]>();
  const fail = (why: string, k: number) =>
    failures.set(why, [...(failures.get(why) ?? []), sources[k]!.name]);
  const batches = answers.flatMap((answer, k) => {
    if (answer.status === 'fulfilled') {
      for (const why of answer.value.failures ?? []) fail(why, k);
      return [answer.value];
    }
    fail(answer.reason instanceof Error ? answer.reason.message : String(answer.reason), k);
    return [];
  });
  return { told: tellTopology(batches, { now: t }), failures, answered: batches.length };
}
