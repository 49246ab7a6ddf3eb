import type { Alert, Suppressed } from '../core/alert.ts';
import type { HoldStage } from '../core/pipeline.ts';
import { parseMatcher } from './matchers.ts';

/** While an alert that matches `source` fires, those that match `target` and agree on `equal` are held back. */
export interface InhibitRule {
  readonly source: readonly string[];
  readonly target: readonly string[];
  readonly equal: readonly string[];
}

function compile({ source, target, equal }: InhibitRule) {
  const sources = source.map(parseMatcher);
  const targets = target.map(parseMatcher);
  const isSource = (alert: Alert) => sources.every(matches => matches(alert.labels));
  const isTarget = (alert: Alert) => targets.every(matches => matches(alert.labels));
  const agree = (a: Alert, b: Alert) =>
    equal.every(name => (a.labels[name] ?? '') === (b.labels[name] ?? ''));
  return (alert: Alert, alerts: readonly Alert[]) => {
    if (!isTarget(alert)) return undefined;
    const both = isSource(alert);
    return alerts.find(
      other =>
        other.endsAt === undefined && isSource(other) && !(both && isTarget(other)) && agree(other, alert),
    );
  };
}

/** Alertmanager's inhibition: an alert that matches both sides is never held back by another that does. */
export function createInhibit(rules: readonly InhibitRule[]): HoldStage {
  const compiled = rules.map(compile);
  return (_t, alerts) => {
    const passed: Alert[] = [];
    const held: Suppressed[] = [];
    for (const alert of alerts) {
      const cause = compiled.map(find => find(alert, alerts)).find(found => found !== undefined);
      if (cause === undefined) passed.push(alert);
      else
        held.push({
          alert,
          by: `inhibited by ${cause.labels.alertname ?? 'an alert'} ${cause.fingerprint}`,
        });
    }
    return { passed, held };
  };
}
