import type { Alert } from '../../core/alert.ts';
import { fingerprint, type Labels } from '../../core/labels.ts';

/** A firing alert with these labels. */
export function firing(labels: Labels): Alert {
  return {
    labels,
    annotations: {},
    startsAt: 0,
    endsAt: undefined,
    generatorURL: '',
    fingerprint: fingerprint(labels),
  };
}
