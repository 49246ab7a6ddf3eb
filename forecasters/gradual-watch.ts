import type { Outlook } from './gradual.ts';

/** What is remembered of one resource between looks. */
export interface GradualState {
  readonly warning: boolean;
  /** Looks in a row that speak against what stands now. */
  readonly against: number;
}

export const quietState: GradualState = { warning: false, against: 0 };

/** A warning begins above, at once where it is sure, and ends below; else each needs some looks in a row. */
const begin = { chance: 0.8, sure: 0.97, looks: 2 };
const end = { chance: 0.3, looks: 6 };

/** The state after one more look, five minutes after the last. */
export function afterLook({ warning, against }: GradualState, { chance }: Outlook): GradualState {
  const contradicts = warning ? chance < end.chance : chance >= begin.chance;
  if (!contradicts) return { warning, against: 0 };
  const sure = !warning && chance >= begin.sure;
  const needed = warning ? end.looks : sure ? 1 : begin.looks;
  return against + 1 >= needed ? { warning: !warning, against: 0 } : { warning, against: against + 1 };
}
