import type { Alert } from '../core/alert.ts';
import type { Incident } from '../core/incident.ts';
import type { CorrelateStage, CorrelationInput } from '../core/pipeline.ts';

/** Where one alert went in this step. */
export interface Joined {
  readonly alert: Alert;
  readonly incident: string;
  readonly reason: string;
}

/** Frames that would make the next ranking better. */
export interface Wanted {
  readonly incident: string;
  readonly entity: Readonly<Record<string, string>>;
  /** Range in ms. */
  readonly start: number;
  readonly end: number;
}

/** What one step answers; `incidents` are those that are open or changed in it. */
export interface CorrelationResult {
  readonly incidents: readonly Incident[];
  readonly opened: readonly string[];
  readonly grown: readonly string[];
  readonly resolved: readonly string[];
  readonly merged: readonly { readonly from: string; readonly into: string }[];
  readonly joined: readonly Joined[];
  readonly wanted: readonly Wanted[];
}

/** Made once, fed step by step in order of time; `toBytes` is stored before a notification leaves. */
export interface Correlator extends CorrelateStage {
  step(input: CorrelationInput): CorrelationResult;
  /** When the next notification or end is due if nothing else happens, ms; undefined when nothing is open. */
  nextDue(): number | undefined;
  toBytes(): Uint8Array;
}
