import { describe, expect, it } from 'vitest';
import {
  isDegradation,
  isLoss,
  isResource,
  isTraffic,
  symptomOf,
  symptomOfAnomaly,
} from '../../correlators/symptom.ts';

const said = (alertname: string) => symptomOf({ labels: { alertname }, annotations: {} });
const ours = (signal: string, signal_kind: string) =>
  symptomOf({ labels: { alertname: 'ForeshockAnomaly', signal }, annotations: { signal_kind } });

describe('what an alert says is wrong', () => {
  it('is told by the kind of the signal, whatever its name', () => {
    expect(isDegradation(ours('rebuffering', 'latency'))).toBe(true);
    expect(isResource(ours('ring_fill', 'saturation'))).toBe(true);
    expect(isTraffic(ours('busiest_route_share', 'user_behavior'))).toBe(true);
  });

  it('is not misled by a name when the kind is known', () => {
    expect(isResource(ours('error_queue_time', 'latency'))).toBe(false);
    expect(isDegradation(ours('timeout_workers_busy', 'saturation'))).toBe(false);
    expect(isTraffic(ours('failed_requests', 'errors'))).toBe(false);
  });

  it('is told by its name for alerts of others', () => {
    expect(isDegradation(said('HighLatencyP95'))).toBe(true);
    expect(isLoss(said('InstanceDown'))).toBe(true);
    expect(isResource(said('ProcessHighCpu'))).toBe(true);
    expect(isTraffic(said('NoTraffic'))).toBe(true);
  });

  it('falls back to the name when the kind is no kind', () => {
    expect(isDegradation(ours('latency_p95', 'made up'))).toBe(true);
  });

  it('is a loss only by name, of signals that are no measure of errors or time', () => {
    expect(isLoss(ours('up', 'saturation'))).toBe(true);
    expect(isLoss(ours('offline_partitions', 'saturation'))).toBe(true);
    expect(isLoss(ours('cache_missing_ratio', 'errors'))).toBe(false);
  });

  it('is the worst signal of an anomaly', () => {
    const worst = { signal: 'rebuffering', value: 3, kind: 'latency' } as const;
    expect(isDegradation(symptomOfAnomaly({ worst }))).toBe(true);
    expect(isDegradation(symptomOfAnomaly({ worst: undefined }))).toBe(false);
  });
});
