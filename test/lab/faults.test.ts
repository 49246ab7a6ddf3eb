import { describe, expect, it } from 'vitest';
import { alertRules } from './alert-rules.ts';
import { configs } from './configs.ts';
import { onGrid } from './export.ts';
import { keepsMetric, keepsSeries, scrubbed } from './exported-metrics.ts';
import { faults } from './faults.ts';
import { layout, roles } from './layout.ts';
import { page, rate } from './load.ts';
import { duration, parsePlan, usage } from './plan.ts';

const lab = layout(21_000, '/lab');
const known = [...roles, 'redis'];

describe('the faults of the lab', () => {
  it('have different names and are listed in the help', () => {
    const names = faults.map(fault => fault.name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(['redis-stall', 'bad-deploy', 'instance-killed', 'cpu-leak']);
    for (const name of names) expect(usage).toContain(name);
  });

  it.each(faults)('$name says what is wrong with a part that the lab has', fault => {
    const { entity, affected } = fault.truth(lab);
    expect(fault.what).toMatch(/\w+ \w+/);
    expect(known).toEqual(expect.arrayContaining([...affected]));
    expect(affected[0]).toBe(entity.service);
    expect(affected).toContain('frontend');
  });

  it('names the killed instance as Prometheus does', () => {
    const killed = faults.find(fault => fault.name === 'instance-killed');
    expect(killed?.truth(lab).entity.instance).toBe('127.0.0.1:21031');
    expect(configs(lab)['prometheus.yml']).toContain('"127.0.0.1:21031"');
  });
});

describe('the plan of a recording', () => {
  it('is read from the arguments', () => {
    const plan = parsePlan(['--fault', 'cpu-leak', '--normal', '1m30s', '--out', 'here']);
    expect(plan).toMatchObject({ normal: 90_000, faultFor: 300_000, after: 240_000, basePort: 21_000 });
    expect(plan?.fault.name).toBe('cpu-leak');
    expect(parsePlan(['--help'])).toBeUndefined();
  });

  it.each([
    [['--fault', 'fire', '--out', 'x'], /"fire": expected one of redis-stall/],
    [['--fault', 'cpu-leak'], /--out DIR is missing/],
    [['--fault', 'cpu-leak', '--out', 'x', '--base-port', '80'], /"80": expected a whole number/],
    [['--fault', 'cpu-leak', '--out', 'x', '--normal', '1h'], /"1h": expected e\.g\. 46m/],
    [['--fault', 'cpu-leak', '--speed', '2'], /--speed/],
  ])('%j is refused', (args, message) => {
    expect(() => parsePlan(args)).toThrow(message);
  });

  it('refuses an empty duration', () => {
    expect(() => duration('')).toThrow(/expected/);
  });
});

describe('the servers of the lab', () => {
  it('listen on different ports, and two labs never on the same', () => {
    const ports = (basePort: number) => {
      const { dir, file, services, ...single } = layout(basePort, '/lab');
      return [...Object.values(single), ...Object.values(services).flat()];
    };
    const all = [...ports(21_000), ...ports(21_100)];
    expect(new Set(all).size).toBe(all.length);
  });

  it('are alerted on by rules with different names', () => {
    const names = alertRules.map(rule => rule.alert);
    expect(new Set(names).size).toBe(names.length);
    for (const rule of alertRules) expect(rule.annotations.description).toContain(rule.annotations.summary);
  });

  it('are visited at a rate with a rhythm', () => {
    const rates = Array.from({ length: 1200 }, (_, s) => rate(s));
    expect(Math.min(...rates)).toBeGreaterThan(12);
    expect(Math.max(...rates)).toBeLessThan(32);
    expect([0, 0.5, 0.9].map(page)).toEqual(['/item', '/search', '/buy']);
  });
});

describe('the export', () => {
  it('puts each sample at the point at or after it and leaves gaps', () => {
    const grid = { start: 10_000, end: 25_000, step: 5000 };
    const samples = [
      [9.9, '7'],
      [11.2, '1.23456789012'],
      [21, 'NaN'],
      [25.5, '4'],
    ] as const;
    expect(onGrid(samples, grid)).toEqual([7, 1.23456789, null, null]);
  });

  it('keeps buckets of the services only', () => {
    expect(keepsMetric('http_request_duration_seconds_bucket')).toBe(true);
    expect(keepsMetric('prometheus_http_request_duration_seconds_bucket')).toBe(false);
    expect(keepsMetric('upstream_total')).toBe(false);
    expect(keepsMetric('go_goroutines')).toBe(false);
  });

  it('leaves out idle devices, and the folders of the machine', () => {
    expect(keepsSeries({ __name__: 'node_disk_read_bytes_total', device: 'loop0' })).toBe(false);
    expect(keepsSeries({ __name__: 'node_disk_read_bytes_total', device: 'vda' })).toBe(true);
    expect(keepsSeries({ __name__: 'node_cpu_seconds_total', mode: 'user' })).toBe(true);
    expect(keepsSeries({ __name__: 'prometheus_http_requests_total', handler: '/-/ready' })).toBe(false);
    expect(scrubbed({ rule_group: '/a/b/rules.yml;lab', job: 'p' })).toEqual({
      rule_group: 'rules.yml;lab',
      job: 'p',
    });
  });
});
