import type { PipelineStages } from '../core/pipeline.ts';
import type { Tracing } from './tracing.ts';

/** The same stages, each step of them in a span: `rule`, `correlate`, `tell`. */
export function tracedStages(
  { rule, holds, correlate, tell }: PipelineStages,
  tracing: Tracing,
): PipelineStages {
  return {
    holds,
    rule: {
      step: (t, anomalies) =>
        tracing.span('rule', { anomalies: anomalies.length }, note => {
          const alerts = rule.step(t, anomalies);
          note({ alerts: alerts.length });
          return alerts;
        }),
    },
    correlate: {
      step: input =>
        tracing.span('correlate', { alerts: input.alerts.length }, note => {
          const found = correlate.step(input);
          note({ incidents: found.incidents.length });
          return found;
        }),
    },
    tell: {
      step: (t, incidents) =>
        tracing.span('tell', { incidents: incidents.length }, note => {
          const notifications = tell.step(t, incidents);
          note({ notifications: notifications.length });
          return notifications;
        }),
    },
  };
}
