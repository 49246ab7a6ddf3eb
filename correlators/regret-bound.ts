import { shareAtLeast } from '../core/share-at-least.ts';

/** When a rule has earned so much regret that it is switched off. */
export interface RegretBound {
  /** Share of what a rule held back that it may be wrong to have held back. */
  readonly share: number;
  /** Fewer regrets switch nothing off. */
  readonly least: number;
  /** Time that counts, ms. */
  readonly window: number;
}

/** Whether regrets are beyond the bound. */
export function isBeyond(
  { regretted, held }: { readonly regretted: number; readonly held: number },
  { share, least }: RegretBound,
): boolean {
  return regretted >= least && shareAtLeast(regretted, held) > share;
}
