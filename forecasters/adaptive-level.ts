/** How an interval that is watched live is kept honest; plain data, so that it can be stored between passes. */
export interface AdaptiveLevel {
  /** The share of the truths that should lie inside. */
  readonly target: number;
  /** The level to ask the forecast for, so that they do. */
  readonly level: number;
  /** Outcomes that were learned from, and how many of them lay inside. */
  readonly seen: number;
  readonly inside: number;
}

/** How far one outcome moves the level. */
const rate = 0.02;
const lowest = 0.01;
const highest = 0.999;

/** An adaptive level before anything was seen: asks for what it wants. */
export function adaptiveLevel(target: number): AdaptiveLevel {
  return { target, level: target, seen: 0, inside: 0 };
}

/**
 * Adaptive conformal inference (Gibbs, Candès 2021, eq. 2): each truth outside raises the level that is asked for by
 * rate x target, each inside lowers it by rate x (1 - target), so that in the long run the target is met whatever the
 * series does.
 */
export function learned(state: AdaptiveLevel, inside: 'inside' | 'outside'): AdaptiveLevel {
  const hit = inside === 'inside' ? 1 : 0;
  const level = state.level + rate * (state.target - hit);
  return {
    ...state,
    level: Math.min(highest, Math.max(lowest, level)),
    seen: state.seen + 1,
    inside: state.inside + hit,
  };
}
