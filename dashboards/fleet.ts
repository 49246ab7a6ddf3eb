import {
  type Dashboard,
  DashboardLinkBuilder,
  DashboardLinkType,
} from '@grafana/grafana-foundation-sdk/dashboard';
import * as dashboardlist from '@grafana/grafana-foundation-sdk/dashboardlist';
import { anomalyTable } from './abnormal.ts';
import { budgetRow } from './budget.ts';
import { fillDates } from './capacity.ts';
import { arrange, type BoardRow, type Placeable, placeOf } from './grid.ts';
import type { DashboardClass, DashboardPack } from './model.ts';
import { figures } from './overview-figures.ts';
import { packUid } from './pack.ts';
import { signalPanel } from './panel.ts';
import { seriesPanel } from './series-panel.ts';
import { dashboardShell, withPanels } from './shell.ts';
import { plainText, uidOf } from './text.ts';

/** Kinds by how much a first look needs them. */
const urgency = ['errors', 'latency', 'saturation', 'traffic', 'cpu', 'memory', 'disk_io', 'network'];
const perClass = 2;

/** One look at everything: what is abnormal, which incidents are open, whether budgets hold, what runs out, then each pack. */
export function fleetOverview(packs: readonly DashboardPack[]): Dashboard {
  const builder = dashboardShell({
    uid: uidOf('foreshock', 'overview'),
    title: 'Fleet overview (foreshock)',
    about:
      'What is abnormal now, which incidents are open, whether the stated rates hold, what runs out next, and the worst of every watched technology.',
    tags: ['overview'],
    from: 'now-6h',
    to: 'now',
  });
  const links = [
    ...packs.map(({ pack, title }) => [title, packUid(pack)] as const),
    ...(['capacity', 'noise', 'health'] as const).map(
      name =>
        [
          { capacity: 'Capacity', noise: 'Noise', health: 'foreshock itself' }[name],
          uidOf('foreshock', name),
        ] as const,
    ),
  ];
  for (const [title, uid] of links)
    builder.link(
      new DashboardLinkBuilder(plainText(title)).type(DashboardLinkType.Link).url(`/d/${uid}`).keepTime(true),
    );
  const rows: BoardRow[] = [
    { panels: figures() },
    { title: 'Abnormal now', panels: [anomalyTable({ w: 14, h: 9 }), anomaliesOverTime()] },
    { title: 'Incidents', panels: [incidentList(), oddsPanel()] },
    budgetRow(),
    { title: 'What runs out next', panels: [fillDates('', { w: 24, h: 8 })] },
    ...packs.map(worstRow),
  ];
  return withPanels(builder, arrange(rows));
}

function anomaliesOverTime(): Placeable {
  return seriesPanel(
    {
      title: 'Abnormal over time, by class',
      about:
        'How many things of a class are abnormal. Normal: near 0. Many at once have one cause: look at their incident.',
      unit: 'short',
      asks: [{ of: 'foreshock', expr: 'sum by (class) (foreshock_anomaly)', legend: '{{class}}' }],
      min: 0,
    },
    { w: 10, h: 9 },
  );
}

function incidentList(): Placeable {
  return {
    w: 12,
    h: 8,
    make: slot =>
      new dashboardlist.PanelBuilder()
        .id(slot.id)
        .title('Incidents, a dashboard each')
        .description(
          'Opened by foreshock when it tells people of an incident: from the first suspect to the symptoms.',
        )
        .gridPos(placeOf(slot))
        .showSearch(true)
        .showStarred(false)
        .showRecentlyViewed(false)
        .showHeadings(false)
        .tags(['foreshock', 'incident'])
        .maxItems(20)
        .build(),
  };
}

function oddsPanel(): Placeable {
  return seriesPanel(
    {
      title: 'Chance of an incident within four hours',
      about:
        'Learned from earlier incidents; none is drawn where there are too few to say. Normal: low and steady. A rise: look at what changed at that service.',
      unit: 'percentunit',
      asks: [
        {
          of: 'foreshock',
          expr: 'topk(10, max by (service) (foreshock_incident_odds))',
          legend: '{{service}}',
        },
      ],
      min: 0,
      max: 1,
    },
    { w: 12, h: 8 },
  );
}

/** The five worst entities of the most telling signals of each class. */
function worstRow({ title, classes }: DashboardPack): BoardRow {
  return { title, panels: classes.flatMap(one => telling(one).map(k => worstPanel(one, k))) };
}

function telling(one: DashboardClass): number[] {
  const rank = (k: number) => {
    const at = urgency.indexOf(one.signals[k]!.kind);
    return at === -1 ? urgency.length : at;
  };
  return one.signals
    .map((_, k) => k)
    .sort((a, b) => rank(a) - rank(b) || a - b)
    .slice(0, perClass);
}

function worstPanel(one: DashboardClass, k: number): Placeable {
  const signal = one.signals[k]!;
  const order = signal.bad === 'low' ? 'lowest' : 'highest';
  const title = `${one.name}: ${signal.name.replaceAll('_', ' ')}, ${order} 5`;
  return signalPanel({ title, one, k, matchers: '', worst: 5 });
}
