import type { Comparison } from '../detectors/race.ts';
import { networkOf } from './backend.ts';
import { checkBefore, overSamples } from './class-limits.ts';
import type { ClassSnapshot } from './class-snapshot.ts';
import type { LeftOut } from './left-out.ts';
import type { Loaded } from './load.ts';
import { raceAgainst } from './model-race.ts';
import { type AskedSources, identitiesOf } from './sources.ts';
import { train } from './training.ts';
import { maintenanceOf, wire } from './wire.ts';

/** One class to be fitted on its history before `until` (ms). */
export interface TrainingJob {
  /** `pack/class`. */
  readonly class: string;
  readonly until: number;
  /** `fit` when a model in use is renewed: it keeps its scales; `whole` when there is none. */
  readonly depth: 'fit' | 'whole';
  /** Watched series of all other classes; 0 unless given. */
  readonly others?: number;
  /** The model in use, as bytes: it races with the new one. */
  readonly used?: Uint8Array;
}

/** A fitted class on its way to the passes. */
export interface TrainedClass {
  readonly snapshot: ClassSnapshot;
  /** How much evidence may page, as learned by the way; empty at depth `fit`. */
  readonly thresholds: Uint8Array;
  /** How it compares with the model in use; undefined where there was none, or too little to tell. */
  readonly race?: Comparison | undefined;
}

/** A class that is over a limit: its history was not read. */
export interface UntrainedClass {
  readonly leftOut: LeftOut;
}

/** Fits classes, somewhere. Closed at the end; a job that is under way then is given up. */
export interface Trainer {
  /** How many jobs are worked on at once; more wait. */
  readonly atOnce: number;
  /**
   * Answers undefined when the class has no history. `progress` is told the share that is done. Rejects with a SourceError
   * when the source fails, with another error when the fit does.
   */
  train(
    job: TrainingJob,
    progress: (share: number) => void,
  ): Promise<TrainedClass | UntrainedClass | undefined>;
  close(): Promise<void>;
}

/** Fits one class of a config, with nothing shared with the passes: the same here, in a worker and in a test. */
export async function trainClass(
  { config, packs }: Loaded,
  job: TrainingJob,
  how: {
    readonly sources: AskedSources;
    readonly signal?: AbortSignal;
    readonly progress?: (share: number) => void;
  },
): Promise<TrainedClass | UntrainedClass | undefined> {
  const { detection, correlation, limits } = config;
  const wired = wire(packs, {
    detection,
    correlation,
    url: '',
    maintenance: maintenanceOf(config),
    sources: identitiesOf(config),
    network: await networkOf(config),
  });
  const watch = wired.watches.find(each => each.watch.class.name === job.class);
  if (watch === undefined) throw new RangeError(`no class ${job.class} in the config`);
  const { sources, ...rest } = how;
  const { source } = sources.of(watch.watch);
  const { until, others = 0 } = job;
  const { signal } = rest;
  let race: Comparison | undefined;
  try {
    const room = { t: until, others, most: limits.series, ...(signal === undefined ? {} : { signal }) };
    const leftOut = await checkBefore(watch.watch, source, room);
    if (leftOut !== undefined) return { leftOut };
    await train(watch, source, {
      ...rest,
      window: detection.training,
      until,
      depth: job.depth,
      pages: wired.pages,
      fitted: history => {
        race = job.used && raceAgainst(watch, history, job.used);
      },
      samples: limits.samples_per_query,
    });
  } catch (error) {
    const leftOut = overSamples(error);
    if (leftOut === undefined) throw error;
    return { leftOut };
  }
  const snapshot = watch.snapshot();
  return snapshot === undefined ? undefined : { snapshot, thresholds: wired.thresholds.toBytes(), race };
}
