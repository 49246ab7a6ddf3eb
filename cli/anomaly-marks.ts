import { fingerprint } from '../core/labels.ts';
import type { Judgement } from '../detectors/judgement.ts';
import type { ClassWatch } from './class-watch.ts';
import type { Result } from './results.ts';

const __name__ = 'foreshock_anomaly';

/** What is read of a class: its rows, and which of them are abnormal. */
interface Judged {
  readonly watch: { readonly class: Pick<ClassWatch['watch']['class'], 'name'> };
  readonly entities: ClassWatch['entities'];
  readonly states: { readonly judgement: Pick<Judgement, 'flagged'> | undefined };
  readonly t: number;
}

/** Marks the rows of classes that are abnormal: 1 while they are, and one 0 when they are no longer. */
export class AnomalyMarks {
  readonly #marked = new Map<string, ReadonlyMap<string, Result['labels']>>();

  /** The marks of a class's last pass; told of each pass that is kept. */
  *of({ watch, entities, states, t }: Judged): Iterable<Result> {
    const { name } = watch.class;
    const before = this.#marked.get(name) ?? new Map<string, Result['labels']>();
    const now = new Map<string, Result['labels']>();
    const flagged = states.judgement?.flagged ?? new Uint8Array();
    for (let row = 0; row < entities.length; row++) {
      if (flagged[row] !== 1) continue;
      const labels = { ...entities[row]!, class: name, __name__ };
      now.set(fingerprint(labels), labels);
      yield { labels, t, v: 1 };
    }
    this.#marked.set(name, now);
    for (const [key, labels] of before) if (!now.has(key)) yield { labels, t, v: 0 };
  }
}
