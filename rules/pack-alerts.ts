import type { Labels } from '../core/labels.ts';
import type { Pack } from '../core/pack.ts';
import type { RuleGroup } from './rule-file.ts';
import { literal } from './template-text.ts';

/** The alerts that a pack declares, as rules; undefined where it has none. Its texts are no templates. */
export function packAlertGroup(
  pack: string,
  alerts: Pack['alerts'],
  runbook: (alert: string) => Labels,
): RuleGroup | undefined {
  if (alerts.length === 0) return undefined;
  return {
    name: `foreshock alerts of pack ${pack}`,
    rules: alerts.map(each => ({
      alert: each.alert,
      expr: each.expr,
      for: each.for,
      labels: { severity: literal(each.severity) },
      annotations: {
        summary: literal(each.summary === '' ? each.alert : each.summary),
        ...(each.runbook === '' ? runbook(each.alert) : { runbook_url: literal(each.runbook) }),
      },
    })),
  };
}
