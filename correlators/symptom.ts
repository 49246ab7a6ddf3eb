import type { Labels } from '../core/labels.ts';

/** What an alert says is wrong: the signal where it names one, else the alert's name. */
export function symptomOf(labels: Labels): string {
  return labels.signal ?? labels.alertname ?? 'an alert';
}

/** Something is gone: an instance, a pod, a node. */
export const isLoss = (symptom: string) =>
  /down|absent|unreachable|notready|missing|crash|oomkill|^up$/i.test(symptom);

/** It answers slowly or wrongly: what a place in trouble and everything that calls it have in common. */
export const isDegradation = (symptom: string) =>
  /latency|slow|error|duration|apdex|degrad|timeout|fail|5xx|unavailable/i.test(symptom);

/** A resource of the place itself: no callee makes it scarce. */
export const isResource = (symptom: string) =>
  /cpu|mem|load|saturat|queue|disk|heap|throttl|restart|(^|_)lag|(^|_)gc(_|$)/i.test(symptom) ||
  isLoss(symptom);

/** How much is asked of a place: that comes from its callers. */
export const isTraffic = (symptom: string) =>
  /traffic|(^|_)(calls|requests|rps|qps)(_|$)|throughput/i.test(symptom);
