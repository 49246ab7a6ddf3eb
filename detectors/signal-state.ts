import type { Batch } from '../core/batch.ts';
import type { WatchState } from '../core/detector.ts';
import { sayValue } from '../core/say-value.ts';
import type { ClassParts } from './class-parts.ts';

/** Whether something is watched, and if not, why, in words. */
export interface Standing {
  readonly state: WatchState;
  readonly reason: string;
}

/** A row of the last batch that was judged: what stands of the row stands of its signals, while it learns or is gone. */
export interface JudgedRow {
  readonly batch: Batch;
  readonly parts: Pick<ClassParts, 'baseline' | 'context'>;
  readonly row: number;
  readonly standing: Standing;
  /** Whether moves of the signal are not seen, by the self-test. */
  readonly isBlind: (signal: number) => boolean;
}

function stateOf({ batch, parts, row, standing, isBlind }: JudgedRow, signal: number): WatchState {
  if (standing.state === 'learning' || standing.state === 'gone') return standing.state;
  const cell = row * parts.context.signals.length + signal;
  if (Number.isNaN(batch.values[cell]!)) return 'no_data';
  if (Number.isNaN(parts.baseline.scale[cell]!) || parts.baseline.constant[cell] === 1) return 'unfit';
  return isBlind(signal) ? 'blind' : 'watching';
}

function reasonOf({ parts, row, standing }: JudgedRow, signal: number, state: WatchState): string {
  if (state === 'no_data') return 'no data';
  if (state === 'blind') return 'blind: a test moved it far out and p did not fall';
  if (state !== 'unfit') return state === 'watching' ? '' : standing.reason;
  const { baseline, context } = parts;
  const cell = row * context.signals.length + signal;
  if (Number.isNaN(baseline.scale[cell]!)) return 'no history: it had no sample when its model was learned';
  const level = sayValue(baseline.centre[cell]!, context.signals[signal]!.unit);
  return `constant: always ${level}, its first move is told`;
}

/** How one series, a signal of a row, is watched. */
export function signalState(judged: JudgedRow, signal: number): Standing {
  const state = stateOf(judged, signal);
  return { state, reason: reasonOf(judged, signal, state) };
}

/** How many series of each signal are in each state over `rows`, by number of the signal. */
export function countSignalStates(
  rows: Iterable<JudgedRow>,
): readonly Readonly<Partial<Record<WatchState, number>>>[] {
  const counts: Partial<Record<WatchState, number>>[] = [];
  for (const judged of rows)
    for (let k = 0; k < judged.parts.context.signals.length; k++) {
      const state = stateOf(judged, k);
      const own = counts[k] ?? {};
      own[state] = (own[state] ?? 0) + 1;
      counts[k] = own;
    }
  return counts;
}
