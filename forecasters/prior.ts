/** Where a quantile is asked for: steps ahead (from 1), and values that the history holds. */
export interface PriorPlace {
  readonly ahead: number;
  readonly length: number;
}

/** Quantile of |error| / mean |error| that simulated series had `ahead` steps on. */
export function priorQuantile(level: number, { ahead }: PriorPlace): number {
  const spread = -Math.log(1 - level);
  return spread * (0.6 + 0.1 * Math.sqrt(ahead));
}
