import type { Registry } from 'prom-client';
import { counter, gauge } from './metric-kinds.ts';

/** What the desk of capacity says of its work. */
export function capacityMetrics(registry: Registry) {
  return {
    capacityResources: gauge(
      registry,
      {
        name: 'foreshock_capacity_resources',
        help: 'Resources that are forecast, by what is said of them: fills, over, clear or unknown.',
      },
      ['pack', 'resource', 'state'],
    ),
    capacityRefreshed: gauge(
      registry,
      {
        name: 'foreshock_capacity_last_refresh_timestamp_seconds',
        help: 'When resources were last read and forecast.',
      },
      [],
    ),
    capacityRefresh: gauge(
      registry,
      {
        name: 'foreshock_capacity_refresh_seconds',
        help: 'How long the last refresh of all resources took.',
      },
      [],
    ),
    capacityLeftOut: gauge(
      registry,
      {
        name: 'foreshock_capacity_left_out',
        help: 'Resources that are not forecast, as there are more than forecast.series.',
      },
      [],
    ),
    capacityOutcomes: counter(
      registry,
      {
        name: 'foreshock_capacity_outcomes_total',
        help: 'Days that an earlier forecast had spoken of: inside its interval of a level, or outside.',
      },
      ['level', 'result'],
    ),
  };
}
