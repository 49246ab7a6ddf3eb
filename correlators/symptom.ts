import type { Alert } from '../core/alert.ts';
import type { Anomaly } from '../core/detector.ts';
import { isSignalKind, type SignalKind } from '../core/pack.ts';

/** What is wrong with a place: `kind` as its pack declares it, undefined for alerts of others, which only have a name. */
export interface Symptom {
  readonly name: string;
  readonly kind: SignalKind | undefined;
}

/** What an alert says is wrong: the signal where it names one, else the alert's name. */
export function symptomOf({ labels, annotations }: Pick<Alert, 'labels' | 'annotations'>): Symptom {
  const kind = annotations.signal_kind;
  return {
    name: labels.signal ?? labels.alertname ?? 'an alert',
    kind: kind !== undefined && isSignalKind(kind) ? kind : undefined,
  };
}

/** What is observed worst of an abnormal row. */
export function symptomOfAnomaly({ worst }: Pick<Anomaly, 'worst'>): Symptom {
  return { name: worst?.signal ?? '', kind: worst?.kind };
}

const isOf =
  (kinds: readonly SignalKind[], name: RegExp) =>
  (symptom: Symptom): boolean =>
    symptom.kind === undefined ? name.test(symptom.name) : kinds.includes(symptom.kind);

const lossName = /down|absent|unreachable|notready|missing|crash|oomkill|offline|^up$/i;

/** Something is gone: an instance, a pod, a node. No kind says so: packs declare it as saturation, its name tells. */
export const isLoss = ({ name, kind }: Symptom): boolean =>
  (kind === undefined || kind === 'saturation') && lossName.test(name);

/** It answers slowly or wrongly: what a place in trouble and everything that calls it have in common. */
export const isDegradation = isOf(
  ['errors', 'latency'],
  /latency|slow|error|duration|apdex|degrad|timeout|fail|5xx|unavailable/i,
);

const isScarce = isOf(
  ['cpu', 'memory', 'disk_io', 'network', 'saturation'],
  /cpu|mem|load|saturat|queue|disk|heap|throttl|restart|(^|_)lag|(^|_)gc(_|$)/i,
);

/** A resource of the place itself: no callee makes it scarce. */
export const isResource = (symptom: Symptom): boolean => isScarce(symptom) || isLoss(symptom);

/** How much is asked of a place: that comes from its callers. */
export const isTraffic = isOf(
  ['traffic', 'user_behavior'],
  /traffic|(^|_)(calls|requests|rps|qps)(_|$)|throughput/i,
);
