import { createHash } from 'node:crypto';
import type { ClassWatch } from './class-watch.ts';

/**
 * What a stored model and a class must agree on: signals and what counts as bad, queries, step, entity labels, options. A
 * title or a description may change.
 */
export function classSignature({ watch, options }: ClassWatch): string {
  const { entityLabels, absent, queries } = watch;
  const signals = watch.class.signals.map(({ name, kind, bad, floor }) => [name, kind, bad, floor]);
  const { fpr, seed, detectors = [], options: given } = options;
  const text = JSON.stringify([
    watch.class.step,
    signals,
    entityLabels,
    absent,
    queries,
    fpr,
    seed,
    detectors,
    ...(given === undefined ? [] : [given]),
  ]);
  return createHash('sha256').update(text).digest('hex');
}
