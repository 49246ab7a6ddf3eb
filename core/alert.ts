import type { Labels } from './labels.ts';

/** An alert in Alertmanager's form, ours and others' alike. Times in ms; `endsAt` is undefined while it fires. */
export interface Alert {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly startsAt: number;
  readonly endsAt: number | undefined;
  readonly generatorURL: string;
  /** `fingerprint(labels)`. */
  readonly fingerprint: string;
}

/** An alert that was held back, and by which rule (in words). */
export interface Suppressed {
  readonly alert: Alert;
  readonly by: string;
}
