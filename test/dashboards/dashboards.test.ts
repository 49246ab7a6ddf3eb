import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { describe, expect, it } from 'vitest';
import { annotationsOf } from '../../cli/grafana-annotations.ts';
import { signalSchema } from '../../core/pack.ts';
import { capacityDashboard } from '../../dashboards/capacity.ts';
import { fleetOverview } from '../../dashboards/fleet.ts';
import { healthDashboard } from '../../dashboards/health.ts';
import { writeLayout } from '../../dashboards/layout.ts';
import { lintDashboard } from '../../dashboards/lint.ts';
import { noiseDashboard } from '../../dashboards/noise.ts';
import { packDashboard } from '../../dashboards/pack.ts';
import { grafanaQuery } from '../../dashboards/panel.ts';
import { PromqlError } from '../../promql/parse.ts';
import { incidentOn, smallPack } from './fleet.ts';

type Json = Readonly<Record<string, unknown>>;

const [service] = smallPack.classes;
const titles = ({ panels = [] }: Dashboard) => panels.map(panel => panel.title);
const textOf = (made: Dashboard, title: string) =>
  JSON.stringify(made.panels!.find(panel => panel.title === title));

describe('generated dashboards', () => {
  it('have nothing for the linter to find', () => {
    for (const made of [
      fleetOverview([smallPack, { ...smallPack, pack: 'other' }]),
      fleetOverview([]),
      packDashboard(smallPack),
      packDashboard({ ...smallPack, capacity: [] }),
      capacityDashboard([smallPack]),
      capacityDashboard([]),
      noiseDashboard(),
      healthDashboard(),
    ])
      expect(lintDashboard(JSON.parse(JSON.stringify(made)))).toEqual([]);
  });
});

describe('a pack`s dashboard', () => {
  it('asks with Grafana`s rate interval and the entity variables in every selector', () => {
    const json = JSON.stringify(packDashboard(smallPack));
    expect(json).toContain(
      'http_seconds_bucket{namespace=~\\"$namespace\\",service=~\\"$service\\"}[$__rate_interval]',
    );
    expect(json).toContain('label_values(http_errors_total{namespace=~\\"$namespace\\"}, service)');
  });

  it('stands in the rows of the pack, and what it does not place by the kinds of the signals', () => {
    const made = packDashboard({ ...smallPack, rows: [{ title: 'Health', signals: ['latency'] }] });
    expect(titles(made)).toEqual([
      'Health',
      'latency',
      'service: errors (by namespace and service)',
      'errors',
      'service: saturation (by namespace and service)',
      'replicas',
      'What may run out',
      'disk: used, and how much there is',
    ]);
  });

  it('has rows of utilisation, saturation and errors where nothing is asked of a class, only used', () => {
    const signals = [
      { name: 'failed', kind: 'errors', query: 'failed' },
      { name: 'queue', kind: 'saturation', query: 'queue' },
      { name: 'busy', kind: 'cpu', query: 'busy' },
      { name: 'logins', kind: 'security_events', query: 'logins' },
    ].map(one => signalSchema.parse(one));
    const one = { ...service!, signals, queries: signals.map(({ query }) => query) };
    expect(titles(packDashboard({ ...smallPack, classes: [one], capacity: [] }))).toEqual([
      'service: utilisation, saturation, errors (by namespace and service)',
      'busy',
      'queue',
      'failed',
      'service: security (by namespace and service)',
      'logins',
    ]);
  });

  it('shades what foreshock expects, as a band between two lines of it', () => {
    const panel = textOf(packDashboard(smallPack), 'latency');
    const entity = 'signal=\\"latency\\"';
    expect(panel).toMatch(
      /min\(foreshock_expected_lower\{class=~\\"service\/service\(@\.\*\)\?\\",namespace=~\\"\$namespace\\"/,
    );
    expect(panel).toContain(entity);
    expect(panel).toContain('"legendFormat":"expected, low"');
    expect(panel).toContain('{"id":"custom.fillBelowTo","value":"expected, low"}');
    expect(panel).toContain('"-- Mixed --"');
  });

  it('marks anomalies on the panels of their class only', () => {
    const other = { ...service!, name: 'service/other', signals: [service!.signals[0]!], queries: ['other'] };
    const made = packDashboard({ ...smallPack, classes: [service!, other] });
    const marks = made.annotations!.list!.filter(({ name }) => name!.startsWith('Abnormal'));
    const panelIds = (mark: (typeof marks)[number]) => mark.filter!.ids.length;
    expect(marks.map(mark => [mark.name, panelIds(mark)])).toEqual([
      ['Abnormal: service/service', 3],
      ['Abnormal: service/other', 1],
    ]);
    const named = marks[1]!.filter!.ids.map(id => made.panels!.find(panel => panel.id === id)!.title);
    expect(named).toEqual(['errors']);
  });

  it('marks where a share of something finite is nearly used up, and nothing else', () => {
    const full = signalSchema.parse({
      name: 'full',
      kind: 'saturation',
      unit: 'percentunit',
      bad: 'high',
      query: 'x',
    });
    const limits = (signal: typeof full) => {
      const one = { ...service!, signals: [signal], queries: ['max by (service) (x)'] };
      return JSON.stringify(packDashboard({ ...smallPack, classes: [one] })).includes('"value":0.9');
    };
    expect([limits(full), limits({ ...full, kind: 'cpu' }), limits({ ...full, unit: 'short' })]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('draws how much there is of what may run out as a line', () => {
    const panel = textOf(packDashboard(smallPack), 'disk: used, and how much there is');
    expect(panel).toContain('disk_size{namespace=~\\"$namespace\\",service=~\\"$service\\"}');
    expect(panel).toContain('"fixedColor":"red"');
  });

  it('shows the marks that foreshock brought to Grafana, by the tag that all of them carry', () => {
    const mark = annotationsOf(incidentOn('redis'), 'https://page.example')[0]!;
    const json = JSON.parse(JSON.stringify(packDashboard(smallPack).annotations));
    const [own] = json.list.filter(({ datasource }: { datasource: Json }) => datasource.type === 'grafana');
    expect(own.datasource.uid).toBe('-- Grafana --');
    expect(own.enable).toBe(true);
    expect(own.target).toEqual({ limit: 100, matchAny: false, tags: ['foreshock'], type: 'tags' });
    expect(mark.tags).toEqual(expect.arrayContaining(own.target.tags));
  });

  it('marks the alerts of Prometheus and leads back to the overview', () => {
    const made = packDashboard(smallPack);
    expect(JSON.stringify(made.annotations)).toContain('ALERTS{alertstate=');
    expect(made.links!.map(link => link.title)).toEqual(['Incidents', 'Overview']);
  });
});

describe('the overview', () => {
  it('answers what is abnormal, which incidents are open, whether budgets hold, and what runs out, in this order', () => {
    const rows = fleetOverview([smallPack]).panels!.filter(panel => panel.type === 'row');
    expect(rows.map(row => row.title)).toEqual([
      'Abnormal now',
      'Incidents',
      'Budget',
      'What runs out next',
      'Services',
    ]);
  });

  it('shows the lowest where low is bad', () => {
    const low = {
      ...smallPack,
      classes: [{ ...service!, signals: [service!.signals[2]!], queries: ['min by (service) (replicas)'] }],
    };
    expect(JSON.stringify(fleetOverview([low]))).toContain('bottomk(5, min by (service) (replicas))');
  });

  it('leads to every other dashboard of the fleet', () => {
    const links = fleetOverview([smallPack]).links!.map(({ url }) => url ?? '');
    expect(links.slice(1)).toEqual([
      '/d/foreshock-pack-service',
      '/d/foreshock-capacity',
      '/d/foreshock-noise',
      '/d/foreshock-health',
    ]);
  });
});

describe('the dashboard of capacity', () => {
  const made = capacityDashboard([smallPack]);

  it('reaches as far ahead as back', () => {
    expect(made.time).toEqual({ from: 'now-30d', to: 'now+30d' });
  });

  it('draws the forecast as two intervals around its middle, as shares of the limit', () => {
    const panel = made.panels!.find(({ title }) => title?.startsWith('disk: the fullest'));
    const json = JSON.stringify(panel);
    for (const quantile of ['0.025', '0.1', '0.5', '0.9', '0.975'])
      expect(json).toContain(`quantile=\\"${quantile}\\"} / ignoring (quantile) foreshock_capacity_limit`);
    expect(json.match(/custom\.fillBelowTo/g)).toHaveLength(2);
  });
});

describe('writeLayout', () => {
  it('writes a provider and a file a dashboard, the same each time', () => {
    const files = writeLayout([fleetOverview([smallPack]), packDashboard(smallPack)]);
    expect(files.map(file => file.path)).toEqual([
      'provisioning/dashboards/foreshock.yaml',
      'dashboards/foreshock/foreshock-overview.json',
      'dashboards/foreshock/foreshock-pack-service.json',
    ]);
    expect(writeLayout([fleetOverview([smallPack]), packDashboard(smallPack)])).toEqual(files);
    expect(() => writeLayout([packDashboard(smallPack), packDashboard(smallPack)])).toThrow(
      'two dashboards have the uid',
    );
  });
});

describe('a query of a panel', () => {
  const query = 'rate(a{x="1"}[$rate_interval]) / b{} + sum(c)';

  it('carries the matchers of each entity in every selector, the second time as the first', () => {
    for (const value of ['one', 'two', '$1 $& $`', 'foreshock_matchers_stand_here'])
      for (const matchers of [`y="${value}"`, `y="${value}",z=~".+"`])
        expect(grafanaQuery(query, matchers)).toBe(
          `rate(a{x="1",${matchers}}[$__rate_interval]) / b{${matchers}} + sum(c{${matchers}})`,
        );
    expect(grafanaQuery(query, '')).toBe('rate(a{x="1"}[$__rate_interval]) / b{} + sum(c)');
  });

  it('is refused where it, or its matchers, cannot be read', () => {
    for (const _ of [1, 2]) {
      expect(() => grafanaQuery('rate(a[', 'y="1"')).toThrow(PromqlError);
      expect(() => grafanaQuery(query, 'y="1')).toThrow(PromqlError);
    }
  });
});
