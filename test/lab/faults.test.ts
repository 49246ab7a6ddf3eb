import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { alertRules } from './alert-rules.ts';
import { campaignIncidents, campaignSchema } from './campaign.ts';
import { configs } from './configs.ts';
import { onGrid } from './export.ts';
import { keepsMetric, keepsSeries, scrubbed } from './exported-metrics.ts';
import { type Blow, faults, nameOf, parseBlow, parseBlows } from './faults.ts';
import { usualName } from './incident.ts';
import { layout, roles } from './layout.ts';
import { page, rate } from './load.ts';
import { duration, parsePlan, usage } from './plan.ts';

const known = [...roles, 'redis', 'postgresql', 'dns'];
const lab = layout(21_000, '/lab');
const blows: readonly Blow[] = faults.flatMap(fault => fault.victims.map(victim => ({ fault, victim })));
const campaignFile = path.join(import.meta.dirname, 'campaign.json');
const campaign = campaignSchema.parse(JSON.parse(readFileSync(campaignFile, 'utf8')));

describe('the faults of the lab', () => {
  it('have different names and are listed in the help', () => {
    const names = faults.map(fault => fault.name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(usage).toContain(name);
  });

  it.each(blows.map(blow => [nameOf(blow), blow] as const))(
    '%s says what is wrong with a part that the lab has',
    (_, blow) => {
      const { entity, affected } = blow.fault.truth(lab, blow.victim);
      expect(blow.fault.what(blow.victim)).toMatch(/\w+ \w+/);
      expect(known).toEqual(expect.arrayContaining([...affected]));
      expect(affected[0]).toBe(entity.service);
      expect(affected).toContain('frontend');
    },
  );

  it('name a hit instance as Prometheus does', () => {
    const killed = parseBlow('instance-killed@frontend');
    expect(killed.fault.truth(lab, killed.victim).entity).toEqual({
      service: 'frontend',
      instance: '127.0.0.1:21011',
    });
    expect(configs(lab)['prometheus.yml']).toContain('"127.0.0.1:21011"');
  });

  it('come two at once, each with its own victim and truth', () => {
    const both = parseBlows('pg-lock+cpu-hog@checkout');
    expect(both.map(nameOf)).toEqual(['pg-lock', 'cpu-hog-checkout']);
    expect(both.map(({ fault, victim }) => fault.truth(lab, victim).entity.service)).toEqual([
      'postgresql',
      'checkout',
    ]);
  });

  it.each([
    ['fire', /fault "fire": expected one of redis-stall, /],
    ['pg-lock@redis', /fault pg-lock at "redis": expected one of postgresql/],
  ])('%s is refused', (text, message) => {
    expect(() => parseBlow(text)).toThrow(message);
  });
});

describe('the campaign', () => {
  const labs = campaign.labs.map((_, i) =>
    campaignIncidents(campaign, i + 1, { normal: 1, faultFor: 2, after: 3 }),
  );

  it('has thirty incidents, the last of each lab held out, and four of two faults among the others', () => {
    const all = labs.flat();
    expect(all.length).toBeGreaterThanOrEqual(30);
    expect(all.filter(({ part }) => part === 'held out')).toHaveLength(10);
    expect(all.filter(({ part, blows: { length } }) => part === 'tune' && length === 2)).toHaveLength(4);
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    for (const lived of labs)
      expect(lived.map(({ part }) => part)).toEqual(
        lived
          .map(({ part }) => part)
          .toSorted()
          .toReversed(),
      );
  });

  it('holds out no incident that it also tunes on', () => {
    const of = (part: string) =>
      labs
        .flat()
        .filter(one => one.part === part)
        .map(one => usualName(one.blows));
    expect(of('held out').filter(name => of('tune').includes(name))).toEqual([]);
  });

  it('has no other labs', () => {
    expect(() => campaignIncidents(campaign, 9, { normal: 1, faultFor: 1, after: 1 })).toThrow(
      /--lab 9: expected 1 to 5/,
    );
  });
});

describe('the plan of a recording', () => {
  it('is read from the arguments', () => {
    const plan = parsePlan(['--fault', 'cpu-leak', '--normal', '1m30s', '--out', 'here']);
    expect(plan).toMatchObject({ basePort: 21_000, incidents: [{ out: 'here' }] });
    expect(plan?.incidents[0]?.incident).toMatchObject({
      name: 'cpu-leak',
      normal: 90_000,
      faultFor: 300_000,
      after: 240_000,
    });
    expect(parsePlan(['--help'])).toBeUndefined();
  });

  it('is a list with a folder each for a campaign', () => {
    const plan = parsePlan(['--campaign', campaignFile, '--lab', '2', '--out', 'here']);
    expect(plan?.incidents.map(({ out }) => out)).toEqual(
      expect.arrayContaining([
        path.join('here', 'tune-21-dns-failure'),
        path.join('here', 'held-out-22-memory-leak'),
      ]),
    );
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
    expect(onGrid(samples, grid)).toEqual([7, 1.2346, null, null]);
  });

  it('keeps what packs read', () => {
    expect(keepsMetric('http_request_duration_seconds_bucket')).toBe(true);
    expect(keepsMetric('http_request_duration_seconds_sum')).toBe(false);
    expect(keepsMetric('prometheus_http_request_duration_seconds_bucket')).toBe(false);
    expect(keepsMetric('pg_locks_count')).toBe(true);
    expect(keepsMetric('upstream_total')).toBe(false);
    expect(keepsMetric('go_goroutines')).toBe(false);
  });

  it.each([
    [{ __name__: 'node_disk_read_bytes_total', device: 'loop0' }, false],
    [{ __name__: 'node_disk_read_bytes_total', device: 'vda' }, true],
    [{ __name__: 'node_cpu_seconds_total', mode: 'user' }, true],
    [{ __name__: 'node_cpu_seconds_total', mode: 'steal' }, false],
    [{ __name__: 'node_filesystem_avail_bytes', mountpoint: '/disks/checkout' }, true],
    [{ __name__: 'node_filesystem_avail_bytes', mountpoint: '/home' }, false],
    [{ __name__: 'pg_locks_count', datname: 'template1', mode: 'exclusivelock' }, false],
    [{ __name__: 'process_cpu_seconds_total', job: 'prometheus' }, false],
    [{ __name__: 'up', job: 'prometheus' }, true],
  ])('of devices, databases and jobs: %j is kept: %s', (labels, kept) => {
    expect(keepsSeries(labels)).toBe(kept);
  });

  it('leaves out the folders of the machine', () => {
    expect(scrubbed({ rule_group: '/a/b/rules.yml;lab', job: 'p' })).toEqual({
      rule_group: 'rules.yml;lab',
      job: 'p',
    });
  });
});
