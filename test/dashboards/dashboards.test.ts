import { describe, expect, it } from 'vitest';
import type { Incident } from '../../core/incident.ts';
import { fingerprint } from '../../core/labels.ts';
import { signalSchema } from '../../core/pack.ts';
import { fleetOverview } from '../../dashboards/fleet.ts';
import { incidentDashboard } from '../../dashboards/incident.ts';
import { writeLayout } from '../../dashboards/layout.ts';
import { lintDashboard } from '../../dashboards/lint.ts';
import type { DashboardPack } from '../../dashboards/model.ts';
import { packDashboard } from '../../dashboards/pack.ts';
import { findError } from '../../promql/parse.ts';
import { unquote } from '../../promql/string-literal.ts';

const signals = [
  {
    name: 'errors',
    kind: 'errors',
    query: 'sum by (service) (rate(http_errors_total{code=~"5.."}[$rate_interval]))',
  },
  {
    name: 'latency',
    kind: 'latency',
    unit: 's',
    query: 'histogram_quantile(0.99, sum by (service, le) (rate(http_seconds_bucket[$rate_interval])))',
  },
  { name: 'replicas', kind: 'saturation', bad: 'low', query: 'min by (service) (replicas)' },
].map(one => signalSchema.parse(one));

const pack: DashboardPack = {
  pack: 'service',
  title: 'Services',
  about: 'Requests.',
  classes: [
    {
      name: 'service',
      entityLabels: ['namespace', 'service'],
      signals,
      queries: signals.map(one => one.query),
    },
  ],
};

function incidentOn(service: string, endsAt?: number): Incident {
  const labels = { alertname: 'ErrorRate', service };
  const alert = {
    labels,
    annotations: {},
    startsAt: 10_000_000,
    endsAt,
    generatorURL: '',
    fingerprint: fingerprint(labels),
  };
  return {
    id: service,
    startsAt: 10_000_000,
    endsAt,
    members: [{ alert, reason: 'first' }],
    suspects: [{ entity: { service }, signal: 'latency', score: 1, evidence: [`<b>${service}</b>`] }],
    escalation: undefined,
    timeline: [],
    notifications: [],
  };
}

const hostile = [
  'a"b',
  'line\nbreak',
  '{{x}}',
  '<script>alert(1)</script>',
  '$datasource $' + '{x} [[x]]',
  'back\\slash',
  '`',
  'é\u{1f600}',
  '',
];

describe('generated dashboards', () => {
  it('have nothing for the linter to find', () => {
    for (const made of [
      fleetOverview([pack, { ...pack, pack: 'other' }]),
      fleetOverview([]),
      packDashboard(pack),
    ])
      expect(lintDashboard(JSON.parse(JSON.stringify(made)))).toEqual([]);
  });

  it('ask with Grafana`s rate interval and the entity variables in every selector', () => {
    const json = JSON.stringify(packDashboard(pack));
    expect(json).toContain(
      'http_seconds_bucket{namespace=~\\"$namespace\\",service=~\\"$service\\"}[$__rate_interval]',
    );
    expect(json).toContain('label_values(http_errors_total{namespace=~\\"$namespace\\"}, service)');
  });

  it('stand in the rows of the pack, and what it does not place by class', () => {
    const made = packDashboard({ ...pack, rows: [{ title: 'Health', signals: ['latency', 'errors'] }] });
    expect(made.panels!.map(panel => panel.title)).toEqual([
      'Health',
      'latency',
      'errors',
      'service, by namespace and service',
      'replicas',
    ]);
  });

  it('mark where a share of something finite is nearly used up, and nothing else', () => {
    const full = signalSchema.parse({
      name: 'full',
      kind: 'saturation',
      unit: 'percentunit',
      bad: 'high',
      query: 'x',
    });
    const limits = (signal: typeof full) => {
      const one = { ...pack.classes[0]!, signals: [signal], queries: ['max by (service) (x)'] };
      return JSON.stringify(packDashboard({ ...pack, classes: [one] })).includes('"value":0.9');
    };
    expect([limits(full), limits({ ...full, kind: 'cpu' }), limits({ ...full, unit: 'short' })]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('mark the alerts of Prometheus and lead back to the overview', () => {
    const made = packDashboard(pack);
    expect(JSON.stringify(made.annotations)).toContain('ALERTS{alertstate=');
    expect(made.links!.map(link => link.title)).toEqual(['Incidents', 'Overview']);
  });

  it('show the lowest where low is bad', () => {
    const low = {
      ...pack,
      classes: [{ ...pack.classes[0]!, signals: [signals[2]!], queries: [signals[2]!.query] }],
    };
    expect(JSON.stringify(fleetOverview([low]))).toContain('bottomk(5, min by (service) (replicas))');
  });
});

describe('an incident`s dashboard', () => {
  const context = { packs: [pack], pageUrl: 'https://foreshock.example/incidents/1', has: () => true };

  it('begins with the suspect`s signal and spans the incident', () => {
    const made = incidentDashboard(incidentOn('redis', 11_000_000), context);
    expect(made.time).toEqual({ from: '8200000', to: '11900000' });
    expect(made.panels!.map(panel => panel.title)).toEqual([
      'Suspects',
      'redis: latency',
      'redis: errors',
      'redis: replicas',
    ]);
    expect(made.links!.map(link => link.title)).toEqual(['Incidents', 'Incident page']);
  });

  it.each(hostile)('survives the label value %j', value => {
    const made = incidentDashboard(incidentOn(value), context);
    const json = JSON.stringify(made);
    expect(lintDashboard(JSON.parse(json))).toEqual([]);
    expect(JSON.stringify(made.panels![0])).not.toContain('<');
    for (const panel of made.panels!.slice(1)) {
      const expr = /"expr":"((?:[^"\\]|\\.)*)"/.exec(JSON.stringify(panel))![1]!;
      const query = String(JSON.parse(`"${expr}"`)).replaceAll('$__rate_interval', '1m');
      expect(findError(query)).toBeUndefined();
      expect(unquote(/service=("(?:[^"\\]|\\.)*")/.exec(query)![1]!)).toBe(value);
      expect(query).not.toMatch(/\$|\[\[/);
    }
  });

  it('has no panel of a class that does not watch the entity', () => {
    const made = incidentDashboard(incidentOn('redis'), { ...context, has: () => false });
    expect(made.panels!.map(panel => panel.title)).toEqual(['Suspects']);
  });

  it('takes no link that is not http', () => {
    const { links } = incidentDashboard(incidentOn('redis'), { ...context, pageUrl: 'javascript:alert(1)' });
    expect(links!.map(link => link.url ?? '').join('')).toBe('');
  });

  it('draws what was usual in the hour before, as a band that stays where it is', () => {
    const [, panel] = incidentDashboard(incidentOn('redis'), context).panels!;
    const json = JSON.stringify(panel);
    expect(json).toMatch(/"expr":"min\(quantile_over_time\(0\.01, \(.*\)\[1h:1m\] @ 9700\)\)"/);
    expect(json).toContain('{"id":"custom.fillBelowTo","value":"usual, low"}');
  });

  it('begins with what the callers of the first suspect say of it, where it has no metrics of its own', () => {
    const calls = { ...pack.classes[0]!, name: 'service/calls', entityLabels: ['service', 'peer_service'] };
    const has = (_: string, entity: Readonly<Record<string, string>>) => entity.peer_service === 'redis';
    const made = incidentDashboard(incidentOn('redis'), {
      ...context,
      packs: [{ ...pack, classes: [calls] }],
      has,
    });
    expect(made.panels!.map(panel => panel.title)).toEqual(['Suspects', 'calls to redis: latency']);
  });
});

describe('writeLayout', () => {
  it('writes a provider and a file a dashboard, the same each time', () => {
    const files = writeLayout([fleetOverview([pack]), packDashboard(pack)]);
    expect(files.map(file => file.path)).toEqual([
      'provisioning/dashboards/foreshock.yaml',
      'dashboards/foreshock/foreshock-overview.json',
      'dashboards/foreshock/foreshock-pack-service.json',
    ]);
    expect(writeLayout([fleetOverview([pack]), packDashboard(pack)])).toEqual(files);
    expect(() => writeLayout([packDashboard(pack), packDashboard(pack)])).toThrow(
      'two dashboards have the uid',
    );
  });
});

describe('lintDashboard', () => {
  it('names what is wrong', () => {
    const made = packDashboard(pack);
    const [row, first, ...rest] = JSON.parse(JSON.stringify(made.panels)) as Record<string, unknown>[];
    const broken = {
      ...made,
      uid: 'x'.repeat(41),
      panels: [row, { ...first, id: 1, description: '' }, ...rest],
    };
    expect(lintDashboard(broken).map(found => `${found.path} ${found.message}`)).toEqual([
      'uid must be 1 to 40 of a-z, A-Z, 0-9, _ and -',
      'panels.1 needs an id of its own',
      'panels.1 has no description',
    ]);
    expect(lintDashboard('nonsense')).toHaveLength(1);
  });
});
