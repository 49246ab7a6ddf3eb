import type { Anomaly } from '../core/detector.ts';
import type { CorrelationInput } from '../core/pipeline.ts';
import type { Change } from '../core/topology.ts';

/** What was abnormal of one row: at its strongest, and since when, ms. */
export interface Sighting {
  readonly anomaly: Anomaly;
  readonly since: number;
}

interface Seen extends Sighting {
  readonly last: number;
}

/** Anomalies with a larger p are no evidence. */
const evidenceP = 0.01;
const changeMemory = 3_600_000;

/** The anomalies and changes that may explain what is open. Fed each step, read when suspects are ranked. */
export class Sightings {
  readonly #anomalies = new Map<string, Seen>();
  #changes: readonly Change[] = [];

  /** Takes what is new and forgets anomalies that were over before `horizon` (ms), and changes after an hour. */
  add(input: Pick<CorrelationInput, 't' | 'anomalies' | 'changes'>, horizon: number): void {
    for (const anomaly of input.anomalies) {
      if (!(anomaly.p < evidenceP)) continue;
      const key = `${anomaly.class} ${JSON.stringify(anomaly.entity)}`;
      const before = this.#anomalies.get(key);
      const strongest = before !== undefined && before.anomaly.p < anomaly.p ? before.anomaly : anomaly;
      this.#anomalies.set(key, {
        anomaly: strongest,
        since: before?.since ?? anomaly.t,
        last: anomaly.t,
      });
    }
    for (const [key, seen] of this.#anomalies) if (seen.last < horizon) this.#anomalies.delete(key);
    this.#changes = [...this.#changes, ...input.changes].filter(change => change.t >= input.t - changeMemory);
  }

  all(): { readonly sightings: readonly Sighting[]; readonly changes: readonly Change[] } {
    return { sightings: [...this.#anomalies.values()], changes: this.#changes };
  }
}
