import type { Alert } from '../core/alert.ts';
import type { Incident } from '../core/incident.ts';
import type { WantedFrames } from '../core/incident-frames.ts';
import type { CorrelateStage, CorrelationInput } from '../core/pipeline.ts';
import type { KinshipKind } from './kinship.ts';

/** Where one alert went in this step. */
export interface Joined {
  readonly alert: Alert;
  readonly incident: string;
  readonly reason: string;
  /** Why it got no notification of its own; undefined for the one that opened the incident. */
  readonly held: HeldFor | undefined;
}

/** An alert, by its fingerprint, that went from one incident to another. */
export interface Moved {
  readonly fingerprint: string;
  readonly from: string;
  readonly to: string;
}

/** For what an alert got no notification of its own. */
export type HeldFor = KinshipKind | 'firing already';

/** What one step answers; `incidents` are those that are open or changed in it, looked at when first read: before the next step. */
export interface CorrelationResult {
  readonly incidents: readonly Incident[];
  readonly opened: readonly string[];
  readonly grown: readonly string[];
  readonly resolved: readonly string[];
  readonly merged: readonly { readonly from: string; readonly into: string }[];
  readonly joined: readonly Joined[];
  /** Alerts that stood in an incident and proved to be the beginning of another. */
  readonly moved: readonly Moved[];
  readonly wanted: readonly WantedFrames[];
}

/** Made once, fed step by step in order of time; `toBytes` is stored before a notification leaves. */
export interface Correlator extends CorrelateStage {
  step(input: CorrelationInput): CorrelationResult;
  /** When the next notification or end is due if nothing else happens, ms; undefined when nothing is open. */
  nextDue(): number | undefined;
  toBytes(): Uint8Array;
}
