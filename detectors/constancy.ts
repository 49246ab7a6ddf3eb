import type { SignalSpec } from '../core/pack.ts';
import { saySignal } from '../core/say-name.ts';
import { sayValue } from '../core/say-value.ts';
import type { Baseline } from './baseline.ts';

/** How far a constant signal may stray and still be called constant: its floor, else 5 % of its level, else .01. */
export function toleranceOf(level: number, floor: number): number {
  if (floor > 0) return Math.max(floor, 1e-6 * Math.abs(level));
  return level === 0 ? 0.01 : 0.05 * Math.abs(level);
}

/** A signal that never moved in its history and now does. */
export interface MovedFinding {
  readonly signal: number;
  /** Distance from the level it had, in tolerances; at least 1. */
  readonly excess: number;
  readonly reason: string;
}

/**
 * The signal of a row that strays furthest, the bad way, from the level it never left before; undefined when all keep it.
 * Such a signal has no scale of its own: noise below its tolerance says nothing, the first real move says much.
 */
export function movedSignal(
  signals: readonly SignalSpec[],
  at: { readonly values: Float64Array; readonly row: number },
  baseline: Baseline,
): MovedFinding | undefined {
  let best: Omit<MovedFinding, 'reason'> | undefined;
  for (let k = 0; k < signals.length; k++) {
    const cell = at.row * signals.length + k;
    if (baseline.constant[cell] !== 1) continue;
    const centre = baseline.centre[cell]!;
    const deviation = at.values[cell]! - centre;
    const { bad, floor } = signals[k]!;
    if ((bad === 'high' && deviation < 0) || (bad === 'low' && deviation > 0)) continue;
    const excess = Math.abs(deviation) / toleranceOf(centre, floor);
    if (excess >= 1 && !(excess <= (best?.excess ?? 0))) best = { signal: k, excess };
  }
  if (best === undefined) return undefined;
  const { name, unit } = signals[best.signal]!;
  const cell = at.row * signals.length + best.signal;
  const was = sayValue(baseline.centre[cell]!, unit);
  return {
    ...best,
    reason: `${saySignal(name)} ${sayValue(at.values[cell]!, unit)}, it was always ${was} before`,
  };
}
