import type { Alert, Suppressed } from './alert.ts';
import type { Anomaly } from './detector.ts';
import type { Reshaping } from './feedback.ts';
import type { Incident } from './incident.ts';
import type { IncidentFrames, WantedFrames } from './incident-frames.ts';
import type { Notification } from './receiver.ts';
import type { Change, Topology } from './topology.ts';

/** Anomalies of one pass -> alerts of ours that fire, or just resolved. */
export interface RuleStage {
  step(t: number, anomalies: readonly Anomaly[]): readonly Alert[];
}

/** Lets alerts through or holds them back, each with the rule that did it: inhibitions, mutes, maintenance. */
export type HoldStage = (
  t: number,
  alerts: readonly Alert[],
) => { readonly passed: readonly Alert[]; readonly held: readonly Suppressed[] };

/** What the correlator reads in one step. */
export interface CorrelationInput {
  readonly t: number;
  readonly alerts: readonly Alert[];
  readonly suppressed: readonly Suppressed[];
  readonly anomalies: readonly Anomaly[];
  readonly changes: readonly Change[];
  readonly topology: Topology;
  /** What was read of what earlier steps wanted. */
  readonly frames?: readonly IncidentFrames[] | undefined;
  /** How people have merged and split incidents since the last step, in their order. */
  readonly reshaped?: readonly Reshaping[] | undefined;
}

/** What a correlator answers: incidents that are open or changed in this step, and what it would like to be read for the next. */
export interface Correlated {
  readonly incidents: readonly Incident[];
  readonly wanted?: readonly WantedFrames[];
}

/** Alerts -> incidents. */
export interface CorrelateStage {
  step(input: CorrelationInput): Correlated;
}

/** Incidents -> what is told to people, once per state change. */
export interface TellStage {
  step(t: number, incidents: readonly Incident[]): readonly Notification[];
}

/** The stages of the pass, in the order in which an alert goes through them. */
export interface PipelineStages {
  readonly rule: RuleStage;
  readonly holds: readonly HoldStage[];
  readonly correlate: CorrelateStage;
  readonly tell: TellStage;
}

/** One look at everything: the anomalies of the classes that passed at `t`, and others' alerts since the last one. */
export interface PassInput {
  readonly t: number;
  readonly anomalies: readonly Anomaly[];
  readonly alerts: readonly Alert[];
  readonly changes: readonly Change[];
  readonly topology: Topology;
  readonly frames?: readonly IncidentFrames[] | undefined;
  readonly reshaped?: readonly Reshaping[] | undefined;
}

export interface PassResult {
  readonly t: number;
  /** Ours and others' that were let through. */
  readonly alerts: readonly Alert[];
  readonly suppressed: readonly Suppressed[];
  readonly incidents: readonly Incident[];
  readonly notifications: readonly Notification[];
  /** What the correlator would like to have read for the next pass. */
  readonly wanted?: readonly WantedFrames[];
}

/**
 * The synchronous pass that `run`, `backtest`, `demo`, the benches and the scenarios share. Time is the batch's time:
 * nothing below reads a clock, so a replay equals the live run.
 */
export function runPass(stages: PipelineStages, input: PassInput): PassResult {
  const { t, anomalies, changes, topology, frames, reshaped } = input;
  let alerts: readonly Alert[] = [...stages.rule.step(t, anomalies), ...input.alerts];
  const suppressed: Suppressed[] = [];
  for (const hold of stages.holds) {
    const { passed, held } = hold(t, alerts);
    alerts = passed;
    suppressed.push(...held);
  }
  const seen = { t, alerts, suppressed, anomalies, changes, topology, frames, reshaped };
  const { incidents, wanted = [] } = stages.correlate.step(seen);
  return { t, alerts, suppressed, incidents, notifications: stages.tell.step(t, incidents), wanted };
}
