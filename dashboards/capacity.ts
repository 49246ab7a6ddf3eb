import {
  type Dashboard,
  DashboardLinkBuilder,
  DashboardLinkType,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { arrange, type BoardRow, type Placeable } from './grid.ts';
import type { DashboardClass, DashboardPack, DashboardResource } from './model.ts';
import { fillLimits, nextFull } from './next-full.ts';
import { type Ask, seriesPanel } from './series-panel.ts';
import { dashboardShell, withPanels } from './shell.ts';
import { statPanel } from './stat-panel.ts';
import { tablePanel } from './table-panel.ts';
import { exactMatcher, uidOf } from './text.ts';
import { labelVariable, variableName } from './variables.ts';

/** What runs out, soonest first. `matchers` choose among all resources, as written between braces. */
export function fillDates(
  matchers: string,
  size: { readonly w: number; readonly h: number; readonly timeFrom?: string },
): Placeable {
  const days = (bound: string) =>
    `max without (bound) (foreshock_capacity_days_until_full{${joined(matchers, `bound="${bound}"`)}})`;
  const soonest = `bottomk(30, ${days('median')})`;
  return tablePanel(
    {
      title: 'Days until it is full',
      about: `Soonest first. Earliest and latest hold the date in 8 of 10 cases; below 0 it is full already, and infinite is beyond the forecast. Normal: above ${fillLimits.normal}. What to do stands in the report of capacity and in the alert.`,
      columns: [
        { of: 'foreshock', expr: soonest, title: 'Median', unit: 'd' },
        { of: 'foreshock', expr: `${days('earliest')} and ${soonest}`, title: 'Earliest', unit: 'd' },
        { of: 'foreshock', expr: `${days('latest')} and ${soonest}`, title: 'Latest', unit: 'd' },
        {
          of: 'foreshock',
          expr: `${today(matchers)} and ${soonest}`,
          title: 'Used today',
          unit: 'percentunit',
        },
      ],
      sortBy: { title: 'Median', descending: false },
      none: 'Nothing fills within the forecast.',
      ...(size.timeFrom === undefined ? {} : { timeFrom: size.timeFrom }),
    },
    size,
  );
}

const joined = (...matchers: readonly string[]) => matchers.filter(each => each !== '').join(',');

/** What was used is known when a day has ended; until then it is the forecast of the day. */
function today(matchers: string): string {
  const middle = joined(matchers, 'quantile="0.5"');
  return `max without (quantile) (foreshock_capacity_forecast{${middle}}) / foreshock_capacity_limit{${matchers}}`;
}

function share(matchers: string): string {
  return `foreshock_capacity_used{${matchers}} / foreshock_capacity_limit{${matchers}}`;
}

/** What is full is asked for as it is now, not at the end of the range. */
const timeFrom = '1h';
const chosen = 'pack=~"$pack",resource=~"$resource"';

/** What is used of everything that may run out, a month back and a month ahead on one axis of time. */
export function capacityDashboard(packs: readonly DashboardPack[]): Dashboard {
  const builder = dashboardShell({
    uid: uidOf('foreshock', 'capacity'),
    title: 'Capacity (foreshock)',
    about:
      'What is used of everything that may run out, with its forecast beyond now and the date on which it is full.',
    tags: ['capacity'],
    from: 'now-30d',
    to: 'now+30d',
  }).link(
    new DashboardLinkBuilder('Overview')
      .type(DashboardLinkType.Link)
      .url(`/d/${uidOf('foreshock', 'overview')}`),
  );
  const resources = packs.flatMap(pack => pack.capacity.map(resource => ({ pack, resource })));
  const labels = new Map<string, string>();
  for (const { pack, resource } of resources)
    for (const label of classOf(pack, resource)?.entityLabels ?? [])
      if (!labels.has(label)) labels.set(label, variableName(label));
  for (const label of ['pack', 'resource']) if (!labels.has(label)) labels.set(label, label);
  for (const [label, name] of labels)
    builder.withVariable(labelVariable(name, `label_values(foreshock_capacity_used, ${label})`, 'foreshock'));
  return withPanels(
    builder,
    arrange([
      { panels: counts() },
      { panels: [fillDates(chosen, { w: 24, h: 8, timeFrom })] },
      ...resources.map(({ pack, resource }) => resourceRow(pack, resource)),
    ]),
  );
}

function classOf(pack: DashboardPack, resource: DashboardResource): DashboardClass | undefined {
  return pack.classes.find(({ name }) => name === resource.class);
}

const size = { w: 6, h: 4 } as const;

function counts(): Placeable[] {
  const within = (days: number, colour: string) =>
    statPanel(
      {
        title: `Full within ${days} days`,
        about: `Resources whose median date is within ${days} days. Normal: 0. The table below names them.`,
        unit: 'short',
        expr: `count(foreshock_capacity_days_until_full{${chosen},bound="median"} < ${days}) or vector(0)`,
        of: 'foreshock',
        steps: [
          { from: null, colour: 'green' },
          { from: 1, colour },
        ],
        timeFrom,
      },
      size,
    );
  const { urgent, normal } = fillLimits;
  const next = statPanel({ ...nextFull(chosen), timeFrom }, size);
  return [next, within(urgent, 'red'), within(normal, 'orange'), within(90, 'blue')];
}

/** Shares of the limit are alike for all, so that the fullest can be told; of one thing that is chosen the fan is its own. */
function resourceRow(pack: DashboardPack, resource: DashboardResource): BoardRow {
  const one = classOf(pack, resource);
  const entity = (one?.entityLabels ?? []).map(label => `${label}=~"$${variableName(label)}"`);
  const matchers = [
    exactMatcher('pack', pack.pack),
    exactMatcher('resource', resource.resource),
    ...entity,
  ].join(',');
  return {
    title: `${pack.title}: ${resource.resource}`,
    panels: [fanPanel(resource, matchers), eachPanel(resource, matchers)],
  };
}

const outer = 'forecast, low end of 95 %';
const inner = 'forecast, low end of 80 %';

function fanPanel({ resource, about }: DashboardResource, matchers: string): Placeable {
  const ofLimit = (quantile: string) =>
    `max(foreshock_capacity_forecast{${matchers},quantile="${quantile}"} / ignoring (quantile) foreshock_capacity_limit{${matchers}})`;
  const ask = (expr: string, legend: string, look?: Ask['look']): Ask => ({
    of: 'foreshock',
    expr,
    legend,
    ...(look === undefined ? {} : { look }),
  });
  return seriesPanel(
    {
      title: `${resource}: the fullest of those chosen, and what it will be`,
      about: `${about} Shaded: where it will be in 8 and in 95 of 100 cases. Normal: the shade stays below the dashed line at 100 %. Choose one thing above for a forecast of its own.`,
      unit: 'percentunit',
      asks: [
        ask(`max(${share(matchers)})`, 'used'),
        ask(ofLimit('0.5'), 'forecast', 'forecast'),
        ask(ofLimit('0.025'), outer, 'low'),
        ask(ofLimit('0.975'), 'forecast, 95 of 100', { bandAbove: outer, colour: 'purple' }),
        ask(ofLimit('0.1'), inner, 'low'),
        ask(ofLimit('0.9'), 'forecast, 80 of 100', { bandAbove: inner, colour: 'purple' }),
      ],
      calcs: [],
      limit: 1,
    },
    { w: 12, h: 10 },
  );
}

function eachPanel({ resource, unit }: DashboardResource, matchers: string): Placeable {
  return seriesPanel(
    {
      title: `${resource}: each of those chosen`,
      about:
        'What is used of each, then its forecast from now on, dashed. Normal: flat or a saw-tooth; a climb without an end is full some day: see its date in the table.',
      unit,
      asks: [
        {
          of: 'foreshock',
          expr: `topk(10, max without (pack, resource) (foreshock_capacity_used{${matchers}}))`,
          legend: '',
        },
        {
          of: 'foreshock',
          expr: `topk(10, max without (pack, resource, quantile) (foreshock_capacity_forecast{${matchers},quantile="0.5"}))`,
          legend: '',
          look: 'forecast',
        },
      ],
    },
    { w: 12, h: 10 },
  );
}
