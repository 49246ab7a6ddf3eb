import type { Registry } from 'prom-client';
import { counter, gauge } from './metric-kinds.ts';

/** What is read of logs. */
export function logMetrics(registry: Registry) {
  return {
    logLines: counter(
      registry,
      { name: 'foreshock_log_read_total', help: 'Records of a source of logs that were read.' },
      ['source'],
    ),
    logRefused: counter(
      registry,
      {
        name: 'foreshock_log_refused_total',
        help: 'Records of a source of logs that were refused, cut or repaired, by reason.',
      },
      ['source', 'reason'],
    ),
    logLagBytes: gauge(
      registry,
      { name: 'foreshock_log_lag_bytes', help: 'Bytes of a source of logs that are not yet read.' },
      ['source'],
    ),
    logLagRecords: gauge(
      registry,
      { name: 'foreshock_log_lag_records', help: 'Records of a source of logs that are not yet read.' },
      ['source'],
    ),
    logLagSeconds: gauge(
      registry,
      {
        name: 'foreshock_log_lag_seconds',
        help: 'Age of the newest record of a source of logs that was read.',
      },
      ['source'],
    ),
    logTemplates: gauge(
      registry,
      { name: 'foreshock_log_templates', help: 'Templates of a source of logs that are known.' },
      ['source'],
    ),
  };
}
