import { describe, expect, it } from 'vitest';
import { lintDashboard } from '../../dashboards/lint.ts';
import { packDashboard } from '../../dashboards/pack.ts';
import { smallPack } from './fleet.ts';

type Json = Record<string, unknown>;

interface Broken extends Json {
  readonly panels: Json[];
  readonly templating: { readonly list: Json[] };
  readonly annotations: { readonly list: Json[] };
}

/** What the linter says of a good dashboard after one thing in it was broken. */
function findings(breakIt: (json: Broken, panel: Json) => unknown): string[] {
  const json = JSON.parse(JSON.stringify(packDashboard(smallPack))) as Broken;
  breakIt(json, json.panels[1]!);
  return lintDashboard(json).map(({ path, message }) => `${path}: ${message}`);
}

const target = (panel: Json) => (panel.targets as Json[])[0]!;
const asks = (expr: string) => (_: Broken, panel: Json) => Object.assign(target(panel), { expr: expr });
const variable = (json: Broken, name: string) => json.templating.list.find(one => one.name === name)!;
const matchers = 'namespace=~"$namespace",service=~"$service"';

describe('the head of a dashboard', () => {
  it.each([
    ['uid', 'x'.repeat(41), 'must be 1 to 40 of a-z, A-Z, 0-9, _ and -'],
    ['title', '', 'is missing'],
    ['description', '', 'is missing'],
    ['version', undefined, 'is missing'],
    ['schemaVersion', undefined, 'is missing'],
    ['time', undefined, 'is missing'],
  ])('needs its %s', (key, value, message) => {
    expect(findings(json => Object.assign(json, { [key]: value }))).toEqual([`${key}: ${message}`]);
  });

  it('is read or refused, never thrown over', () => {
    for (const bad of ['nonsense', undefined, 5, [], { panels: 5 }, { templating: null }])
      expect(lintDashboard(bad).length).toBeGreaterThan(0);
  });
});

describe('variables', () => {
  it('must hold the data sources that are asked', () => {
    const without = (name: string) =>
      findings(json => json.templating.list.splice(json.templating.list.indexOf(variable(json, name)), 1));
    expect(without('datasource')).toEqual(['templating: has no variable "datasource"']);
    expect(without('foreshock')).toEqual(['templating: has no variable "foreshock", which is asked']);
  });

  it('must be read anew when the time range changes', () => {
    expect(findings(json => Object.assign(variable(json, 'service'), { refresh: 1 }))).toEqual([
      'templating.service: is not refreshed when the time range changes',
    ]);
  });

  it('must ask a data source that the reader chooses', () => {
    expect(
      findings(json => Object.assign(variable(json, 'service'), { datasource: { uid: 'prod' } })),
    ).toEqual(['templating.service: must ask a variable data source']);
  });

  it('must be there once, and used', () => {
    const again = (name: string) => (json: Broken) =>
      json.templating.list.push({ ...variable(json, 'service'), name });
    expect(findings(again('service'))).toEqual(['templating: has a variable twice']);
    expect(findings(again('pod'))).toEqual(['templating.pod: is not used']);
  });
});

describe('marks', () => {
  it('must have a name, a data source that the reader chooses, and a query that can be read', () => {
    expect(
      findings(json => {
        json.annotations.list.push({ expr: 'up{', datasource: { uid: 'prod' } });
      }),
    ).toEqual([
      'annotations.3: has no name',
      'annotations.3: must ask a variable data source',
      'annotations.3: its query cannot be read: unexpected end of the query: a bracket or an operand is missing',
    ]);
  });

  it('of Grafana itself must have a tag', () => {
    const asked = { name: 'all', datasource: { uid: '-- Grafana --' }, target: { tags: [] } };
    expect(findings(json => json.annotations.list.push(asked))).toEqual([
      'annotations.3: asks for marks of everybody: it needs a tag',
    ]);
  });
});

describe('a panel', () => {
  it.each([
    ['an id of its own', { id: 1 }, 'needs an id of its own'],
    ['an id', { id: undefined }, 'needs an id of its own'],
    ['a title', { title: '' }, 'has no title'],
    ['a description', { description: '' }, 'has no description'],
    ['a unit', { fieldConfig: { defaults: {} } }, 'has no unit'],
    ['a query', { targets: [] }, 'has no query'],
    ['a place', { gridPos: undefined }, 'has no place'],
  ])('needs %s', (_, broken, message) => {
    expect(findings((_json, panel) => Object.assign(panel, broken))).toEqual([`panels.1: ${message}`]);
  });

  it('must ask data sources that the reader chooses', () => {
    expect(findings((_, panel) => Object.assign(panel, { datasource: { uid: 'prod' } }))[0]).toBe(
      'panels.1: must ask a variable data source',
    );
    expect(findings((_, panel) => Object.assign(target(panel), { datasource: { uid: 'prod' } }))).toEqual([
      'panels.1: its query A must ask a variable data source, the one of its panel unless that is mixed',
    ]);
  });

  it('must say that it is mixed where its queries ask several data sources', () => {
    const said = findings((_, panel) => Object.assign(panel, { datasource: target(panel).datasource }));
    expect(said).toHaveLength(2);
    expect(said[0]).toContain('its query B must ask');
  });

  it('must have a name of its own for each query', () => {
    expect(findings((_, panel) => Object.assign(target(panel), { refId: 'B' }))).toEqual([
      'panels.1: has a refId twice',
    ]);
  });

  it('covers no other one, and stays on the grid', () => {
    const moved = (place: Json) => (_: Broken, panel: Json) =>
      Object.assign(panel, { gridPos: { ...(panel.gridPos as Json), ...place } });
    expect(findings(moved({ y: 10 }))[0]).toMatch(/^panels\.\d: covers panels\.\d$/);
    expect(findings(moved({ x: 20, y: 900 }))).toEqual(['panels.1: is wider than the grid']);
  });
});

describe('a query', () => {
  it.each([
    ['can be read', `sum(up{${matchers}}`, 'its query cannot be read: '],
    [
      'makes rates over the interval of Grafana',
      `rate(errors_total{${matchers}}[5m])`,
      'a rate has a fixed window: write [$__rate_interval]',
    ],
    [
      'has no placeholder of ours left',
      `sum(up{${matchers},job="$` + '{job}"})',
      'the placeholder $' + '{job} was left in its query',
    ],
    [
      'makes a rate of a counter',
      `sum(errors_total{${matchers}})`,
      'errors_total is a counter: it needs a rate around it',
    ],
    [
      'makes a rate of buckets',
      `histogram_quantile(0.9, sum by (le) (seconds_bucket{${matchers}}))`,
      'seconds_bucket is a counter: it needs a rate around it',
    ],
    [
      'follows the variables of the dashboard',
      'sum(up{service="redis"})',
      'a selector has no matcher on a variable of the dashboard',
    ],
    [
      'follows them in each of its selectors',
      `sum(up{${matchers}}) / sum(up)`,
      'a selector has no matcher on a variable of the dashboard',
    ],
    [
      'follows the same ones in each of its selectors',
      `sum(up{${matchers}}) / sum(up{service=~"$service"})`,
      'its selectors follow different variables: ',
    ],
  ])('%s', (_, expr, message) => {
    const [first, ...more] = findings(asks(expr));
    expect(first).toContain(`panels.1: ${message}`);
    expect(more).toEqual([]);
  });

  it.each([
    `rate(errors_total{${matchers}}[$__rate_interval])`,
    `sum by (le) (increase(seconds_bucket{${matchers}}[$__range]))`,
    `count(errors_total{${matchers}})`,
    `max_over_time(up{${matchers}}[1h])`,
    `sum(increase(errors_total{${matchers}}[10m]))`,
    `sum(rate(errors_total{${matchers}}[1d]))`,
  ])('may be %s', expr => {
    expect(findings(asks(expr))).toEqual([]);
  });

  it('may take as it is what only looks like a counter', () => {
    const json = JSON.parse(JSON.stringify(packDashboard(smallPack))) as Broken;
    target(json.panels[1]!).expr = `max(pg_locks_count{${matchers}})`;
    expect(lintDashboard(json)).toHaveLength(1);
    expect(lintDashboard(json, { gauges: new Set(['pg_locks_count']) })).toEqual([]);
  });
});
