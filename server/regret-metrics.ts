import type { Registry } from 'prom-client';
import { counter, gauge } from './metric-kinds.ts';

/** What holds alerts back, and how often that was wrong. */
export function regretMetrics(registry: Registry) {
  return {
    suppressions: gauge(
      registry,
      {
        name: 'foreshock_suppressions',
        help: 'Times in the window of `regret` that a rule held something back: once an incident.',
      },
      ['rule'],
    ),
    regret: counter(
      registry,
      {
        name: 'foreshock_regret_total',
        help: 'Times that what a rule held back turned out to have been hidden wrongly.',
      },
      ['rule'],
    ),
    regretShare: gauge(
      registry,
      {
        name: 'foreshock_regret_share',
        help: 'Share of the times that a rule held something back, in the window of `regret`, that were wrong, 0 to 1.',
      },
      ['rule'],
    ),
    ruleOff: gauge(
      registry,
      {
        name: 'foreshock_rule_switched_off',
        help: '1 for a rule that is switched off: it holds nothing back any more.',
      },
      ['rule'],
    ),
  };
}

/** What rejected incidents raise. */
export function budgetMetrics(registry: Registry) {
  return {
    budgetRejected: gauge(
      registry,
      {
        name: 'foreshock_budget_rejected_incidents',
        help: 'Incidents of a service that people rejected in the time of its budget: each raises what pages there.',
      },
      ['service'],
    ),
  };
}
