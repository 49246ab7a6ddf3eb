import { describe, expect, it } from 'vitest';
import { readSignal } from '../../correlators/signal-role.ts';

describe('the name of a signal', () => {
  it.each([
    ['latency_p99', 'latency', 'high'],
    ['PodServerLatencyP90(s)', 'latency', 'high'],
    ['http_request_duration_seconds', 'latency', 'high'],
    ['http_requests_5xx', 'errors', 'high'],
    ['error_ratio', 'errors', 'high'],
    ['availability_Average', 'errors', 'low'],
    ['PodSuccessRate(%)', 'errors', 'low'],
    ['requests_Sum', 'traffic', 'both'],
    ['NetworkReceiveBytes', 'traffic', 'both'],
    ['CpuUsageRate(%)', 'resource', 'both'],
    ['MemoryUsage(Mi)', 'memory', 'both'],
    ['up', 'loss', 'low'],
    ['available_replicas', 'loss', 'low'],
    ['container_restarts', 'loss', 'high'],
    ['temperature', 'other', 'both'],
    ['', 'other', 'both'],
  ])('%s speaks of %s, bad is %s', (name, role, bad) => {
    expect(readSignal(name)).toMatchObject({ role, bad });
  });

  it('tells calls that are made from calls that are answered', () => {
    expect(readSignal('client_latency_p90_seconds').ofCalls).toBe(true);
    expect(readSignal('server_latency_p90_seconds').ofCalls).toBe(false);
  });

  it('tells the machine below from the service', () => {
    expect(readSignal('NodeCpuUsageRate(%)').ofNode).toBe(true);
    expect(readSignal('nodejs_heap_bytes').ofNode).toBe(false);
  });

  it('tells requests from bytes', () => {
    expect(readSignal('PodWorkload(Ops)').requests).toBe(true);
    expect(readSignal('NetworkTransmitBytes').requests).toBe(false);
  });

  it.each([
    ['latency_p50', 0.5],
    ['PodClientLatencyP99(s)', 0.99],
    ['latency_p999_seconds', 0.999],
    ['latency_Average', undefined],
  ])('%s is the quantile %s', (name, quantile) => {
    expect(readSignal(name).quantile).toBe(quantile);
  });
});
