import type { Registry } from 'prom-client';
import { counter, gauge } from './metric-kinds.ts';

/** How reading threat feeds goes, and what lines of logs match. */
export function threatMetrics(registry: Registry) {
  return {
    threatUp: gauge(
      registry,
      { name: 'foreshock_threat_feed_up', help: '1 while the last poll of a threat feed succeeded.' },
      ['feed'],
    ),
    threatPolls: counter(
      registry,
      { name: 'foreshock_threat_feed_polls_total', help: 'Polls of a threat feed by outcome.' },
      ['feed', 'outcome'],
    ),
    threatPolledAt: gauge(
      registry,
      {
        name: 'foreshock_threat_feed_last_poll_timestamp_seconds',
        help: 'When a poll of a threat feed last succeeded.',
      },
      ['feed'],
    ),
    threatNewAt: gauge(
      registry,
      {
        name: 'foreshock_threat_feed_last_new_timestamp_seconds',
        help: 'When a threat feed last brought something new.',
      },
      ['feed'],
    ),
    threatIndicators: gauge(
      registry,
      { name: 'foreshock_threat_feed_indicators', help: 'Values of a threat feed that are kept, by type.' },
      ['feed', 'type'],
    ),
    threatObjects: counter(
      registry,
      {
        name: 'foreshock_threat_feed_objects_total',
        help: 'Indicators of a threat feed by what became of them: new, known, revoked, expired, evicted, invalid, unwanted.',
      },
      ['feed', 'outcome'],
    ),
    threatRefused: counter(
      registry,
      {
        name: 'foreshock_threat_feed_refused_total',
        help: 'Objects of a threat feed that are not watched for, by reason.',
      },
      ['feed', 'reason'],
    ),
    threatMatches: counter(
      registry,
      {
        name: 'foreshock_threat_feed_matches_total',
        help: 'Lines of logs that name what a threat feed lists, by type.',
      },
      ['feed', 'type'],
    ),
  };
}
