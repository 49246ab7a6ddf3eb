import type { Registry } from 'prom-client';
import { gauge } from './metric-kinds.ts';

/** What the odds of incidents are learned from, and how good they are. */
export function escalationMetrics(registry: Registry) {
  return {
    escalationKnown: gauge(
      registry,
      {
        name: 'foreshock_escalation_incidents_known',
        help: 'Incidents that are over, from which the odds of open ones are learned; 200 are needed.',
      },
      [],
    ),
    escalationFitted: gauge(
      registry,
      {
        name: 'foreshock_escalation_fitted_timestamp_seconds',
        help: 'When the odds of incidents were learned.',
      },
      [],
    ),
    escalationAuc: gauge(
      registry,
      {
        name: 'foreshock_escalation_auc',
        help: 'How well odds tell incidents apart, on those that were not learned from: .5 is chance, 1 all of them.',
      },
      ['outcome'],
    ),
    escalationError: gauge(
      registry,
      {
        name: 'foreshock_escalation_calibration_error',
        help: 'Mean distance of odds and outcomes over tenths of the incidents that were not learned from.',
      },
      ['outcome'],
    ),
  };
}
