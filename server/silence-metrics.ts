import type { Registry } from 'prom-client';
import { gauge } from './metric-kinds.ts';

/** What people silence in the Alertmanagers that are told. */
export function silenceMetrics(registry: Registry) {
  return {
    silencesActive: gauge(
      registry,
      {
        name: 'foreshock_silences_active',
        help: 'Silences of an Alertmanager that hold now, as they were read last.',
      },
      ['receiver'],
    ),
  };
}
