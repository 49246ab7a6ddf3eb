import type { Alert, Suppressed } from '../core/alert.ts';
import type { HoldStage } from '../core/pipeline.ts';
import { parseMatcher } from './matchers.ts';

/** Holds back what all `matchers` match between two times in ms (start included, end not). */
export interface Silence {
  readonly matchers: readonly string[];
  readonly startsAt: number;
  readonly endsAt: number;
  readonly comment: string;
}

/** Throws a RangeError for a silence without matchers: it would hold back everything. */
export function createSilence(silences: readonly Silence[]): HoldStage {
  const compiled = silences.map(silence => {
    if (silence.matchers.length === 0) throw new RangeError(`silence "${silence.comment}" has no matchers`);
    return { silence, matchers: silence.matchers.map(parseMatcher) };
  });
  return (t, alerts) => {
    const passed: Alert[] = [];
    const held: Suppressed[] = [];
    const active = compiled.filter(({ silence }) => silence.startsAt <= t && t < silence.endsAt);
    for (const alert of alerts) {
      const hit = active.find(({ matchers }) => matchers.every(matches => matches(alert.labels)));
      if (hit === undefined) passed.push(alert);
      else held.push({ alert, by: `silenced: ${hit.silence.comment}` });
    }
    return { passed, held };
  };
}
