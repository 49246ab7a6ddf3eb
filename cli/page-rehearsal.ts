import type { PageThresholds } from '../alerts/page-threshold.ts';
import { createRules, type RuleOptions } from '../alerts/rule.ts';
import type { ClassHistory } from '../collectors/class-reader.ts';
import type { Batch } from '../core/batch.ts';
import { ClassWatch } from './class-watch.ts';

/** Held-out life goes through `pass`; `end` fits the thresholds of the class on what would nearly have paged. */
export interface Rehearsal {
  pass(batch: Batch): void;
  end(): void;
}

/** Lets a class live through known life without a page, so that the page budget holds from the first pass on. */
export interface PageRehearsal {
  /** `watch` judges batches that it has not learned; its own state moves on with them. */
  begin(watch: ClassWatch): Rehearsal;
  /** A whole history at the class's own step: a second model learns its first part and judges the rest. */
  of(watch: ClassWatch, history: ClassHistory): void;
}

/** Share of a history that the second model learns. */
const learned = 0.6;

export function createPageRehearsal(rule: RuleOptions, thresholds: PageThresholds): PageRehearsal {
  const begin = (watch: ClassWatch): Rehearsal => {
    const peaks: number[] = [];
    let watched = 0;
    const rules = createRules({
      ...rule,
      threshold: () => Number.POSITIVE_INFINITY,
      excursion: (_, peak) => peaks.push(peak),
    });
    return {
      pass(batch) {
        rules.step(batch.t, watch.pass(batch));
        watched += batch.entities.length * batch.class.step;
      },
      end: () => thresholds.fit(watch.watch.class.name, { peaks, watched }),
    };
  };
  return {
    begin,
    of(watch, history) {
      const { batches } = history;
      const cut = Math.floor(learned * batches.length);
      const second = new ClassWatch(watch.watch, watch.options);
      second.fit({ ...history, batches: batches.slice(0, cut) });
      if (!second.fitted) return;
      const rehearsal = begin(second);
      for (const batch of batches.slice(cut)) rehearsal.pass(batch);
      rehearsal.end();
    },
  };
}
