import type { Suppressed } from '../core/alert.ts';
import type { HoldStage } from '../core/pipeline.ts';

/** Whether a rule that holds alerts back is switched off, by its name. */
export type IsOff = (rule: string) => boolean;

/** A stage whose rules can be switched off: what one of those would hold back is let through. */
export function switchable(hold: HoldStage, isOff: IsOff): HoldStage {
  return (t, alerts) => {
    const { passed, held } = hold(t, alerts);
    const isLetThrough = ({ rule, by }: Suppressed) => isOff(rule ?? by);
    const free = held.filter(isLetThrough);
    if (free.length === 0) return { passed, held };
    return {
      passed: [...passed, ...free.map(({ alert }) => alert)],
      held: held.filter(each => !isLetThrough(each)),
    };
  };
}
