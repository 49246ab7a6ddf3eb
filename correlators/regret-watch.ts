import type { Feedback } from '../core/feedback.ts';
import type { Regret } from './regret.ts';
import type { Correlator } from './result.ts';

/** A correlator whose steps are watched for what they hide; `records` is all that people have said so far. */
export function watchRegret(
  correlator: Correlator,
  regret: Regret,
  records: () => readonly Feedback[],
): Correlator {
  return {
    step(input) {
      const result = correlator.step(input);
      regret.step({ input, result }, records());
      return result;
    },
    nextDue: () => correlator.nextDue(),
    toBytes: () => correlator.toBytes(),
  };
}
