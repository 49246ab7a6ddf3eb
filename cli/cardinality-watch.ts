import type { Batch } from '../core/batch.ts';
import type { Anomaly } from '../core/detector.ts';
import { fingerprint } from '../core/labels.ts';
import type { WatchedClass } from '../core/watched-class.ts';
import { Cardinality, type CardinalityFinding } from '../detectors/cardinality.ts';

/** By chance a set does not lose half or gain twice as much at once: as of other findings, one in a million. */
const chance = 1e-6;
/** After its last finding a set is reported for so many steps more, so that the rule sees it recover. */
const reportedFor = 20;
const signal = 'entities';

/** The sets of entities of a class as the rules read them: an anomaly of the owner, or of the class as a whole. */
export class CardinalityWatch {
  readonly #watch: WatchedClass;
  readonly #sets: Cardinality;
  readonly #reported = new Map<string, { readonly anomaly: Anomaly; readonly left: number }>();

  constructor(watch: WatchedClass) {
    this.#watch = watch;
    this.#sets = new Cardinality(watch.entityLabels.at(-1) ?? '');
  }

  /** One batch that was judged; `accounted`: see `Cardinality.step`. A partial answer is not a smaller set. */
  step(batch: Batch, accounted: (row: number) => boolean): readonly Anomaly[] {
    if (batch.partial) return [];
    const found = new Set<string>();
    for (const finding of this.#sets.step(batch, accounted)) {
      const key = fingerprint(finding.owner);
      found.add(key);
      this.#reported.set(key, { anomaly: this.#anomalyOf(finding, batch.t), left: reportedFor });
    }
    const out: Anomaly[] = [];
    for (const [key, { anomaly, left }] of this.#reported) {
      if (found.has(key)) {
        out.push(anomaly);
        continue;
      }
      out.push({ ...anomaly, t: batch.t, score: 0, p: 1, reason: '' });
      if (left <= 1) this.#reported.delete(key);
      else this.#reported.set(key, { anomaly, left: left - 1 });
    }
    return out;
  }

  toBytes(): Uint8Array {
    return this.#sets.toBytes();
  }

  /** Throws for bytes that are not those of `toBytes`. */
  restore(bytes: Uint8Array): void {
    this.#sets.restore(bytes);
  }

  #anomalyOf({ owner, kind, count, low, high, reason }: CardinalityFinding, t: number): Anomaly {
    return {
      class: this.#watch.class.name,
      entity: owner,
      t,
      score: -Math.log10(chance),
      p: chance,
      shares: [{ signal, share: 1 }],
      band: { signal, low, mid: kind === 'collapse' ? low : high, high },
      worst: { signal, value: count, unit: 'short' },
      state: 'watching',
      reason,
    };
  }
}
