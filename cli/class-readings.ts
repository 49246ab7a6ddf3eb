import type { Anomaly, Band } from '../core/detector.ts';
import { fingerprint, type Labels } from '../core/labels.ts';
import type { Standing } from '../detectors/signal-state.ts';
import type { ClassOverview } from '../server/model.ts';
import type { ClassWatch } from './class-watch.ts';
import type { SeriesStates } from './series-states.ts';
import { countStates } from './state-counts.ts';
import { whyUnfitted } from './why-unlearned.ts';

function rowOf({ entities }: ClassWatch, entity: Labels): number {
  const key = fingerprint(entity);
  return entities.findIndex(each => fingerprint(each) === key);
}

/** What is expected of one signal of an entity at `t` (ms); undefined while nothing is known. */
export function expectedBand(
  watch: ClassWatch,
  { entity, signal, t }: { readonly entity: Labels; readonly signal: string; readonly t: number },
): Band | undefined {
  const row = rowOf(watch, entity);
  const k = watch.watch.class.signals.findIndex(each => each.name === signal);
  return row < 0 || k < 0 ? undefined : watch.model?.bandOf(row, k, t);
}

/** How an entity is watched; undefined for one that is not known, or while unfitted. */
export function standingOf(watch: ClassWatch, entity: Labels): Standing | undefined {
  const row = rowOf(watch, entity);
  return row < 0 || watch.model === undefined ? undefined : watch.states.ofRow(watch.model, row);
}

/** How each signal of an entity is watched; none before the first batch. */
export function signalStandings(
  watch: ClassWatch,
  entity: Labels,
): readonly (Standing & { readonly signal: string })[] {
  const row = rowOf(watch, entity);
  return row < 0 || watch.model === undefined ? [] : watch.states.ofSignals(watch.model, row);
}

/** The last judgement of one entity, abnormal or not. */
export function lastJudgement(watch: ClassWatch, entity: Labels): Anomaly | undefined {
  const row = rowOf(watch, entity);
  return row < 0 ? undefined : watch.explainRow(row);
}

/** How many series of each signal are in each state, by number of the signal; none while unfitted. */
export function countSignalStates(watch: ClassWatch): ReturnType<SeriesStates['countSignals']> {
  return watch.model === undefined ? [] : watch.states.countSignals(watch.model);
}

/** What is said of a class as a whole: why it has no model, or what is not right with its samples although it has one. */
function classReason(watch: ClassWatch): string | undefined {
  const { model, leftOut, doubt } = watch;
  return model === undefined || leftOut !== undefined ? whyUnfitted(watch) : doubt;
}

/** The class in numbers: its rows by state, and the rates that were stated and kept. */
export function classOverview(watch: ClassWatch): ClassOverview {
  const { model, leftOut } = watch;
  const unfitted = { state: 'learning' as const, reason: whyUnfitted(watch) };
  const standings = watch.entities.map((_, row) => (model ? watch.states.ofRow(model, row) : unfitted));
  const { counts, reasons } = countStates(standings);
  const whole = classReason(watch);
  return {
    name: watch.watch.class.name,
    counts,
    statedRate: watch.options.fpr,
    realisedRate: watch.realised.rate,
    reasons: [
      ...new Set([...(whole === undefined ? [] : [whole]), ...(leftOut === undefined ? reasons : [])]),
    ],
  };
}
