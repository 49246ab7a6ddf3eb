import {
  type Dashboard,
  DashboardLinkBuilder,
  DashboardLinkType,
  type Panel,
  type RowPanel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { SignalSpec } from '../core/pack.ts';
import type { DashboardClass, DashboardPack } from './model.ts';
import { packUid } from './pack.ts';
import { blockHeight, grafanaQuery, signalPanel, slotAt } from './panel.ts';
import { dashboardShell, rowPanel, withPanels } from './shell.ts';
import { plainText, uidOf } from './text.ts';

/** Kinds by how much a first look needs them. */
const urgency = ['errors', 'latency', 'saturation', 'traffic', 'cpu', 'memory', 'disk_io', 'network'];
const perClass = 2;

/** One look at everything: a row a pack, the five worst entities of the most telling signals of each class. */
export function fleetOverview(packs: readonly DashboardPack[]): Dashboard {
  const builder = dashboardShell({
    uid: uidOf('foreshock', 'overview'),
    title: 'Fleet overview (foreshock)',
    about: 'The worst entities of every watched technology.',
    tags: ['overview'],
    from: 'now-6h',
    to: 'now',
  });
  for (const pack of packs)
    builder.link(
      new DashboardLinkBuilder(plainText(pack.title))
        .type(DashboardLinkType.Link)
        .url(`/d/${packUid(pack.pack)}`)
        .keepTime(true),
    );
  const panels: (Panel | RowPanel)[] = [];
  let y = 0;
  for (const pack of packs) {
    panels.push(rowPanel(pack.title, panels.length + 1, y));
    const shown = pack.classes.flatMap(one => telling(one).map(k => ({ one, k })));
    const first = panels.length + 1;
    panels.push(...shown.map(({ one, k }, n) => worstPanel(one, k, { n, top: y + 1, id: first + n })));
    y += 1 + blockHeight(shown.length);
  }
  return withPanels(builder, panels);
}

function rank(signal: SignalSpec): number {
  const at = urgency.indexOf(signal.kind);
  return at === -1 ? urgency.length : at;
}

function telling(one: DashboardClass): number[] {
  return one.signals
    .map((signal, k) => ({ k, rank: rank(signal) }))
    .sort((a, b) => a.rank - b.rank || a.k - b.k)
    .slice(0, perClass)
    .map(({ k }) => k);
}

function worstPanel(one: DashboardClass, k: number, at: { n: number; top: number; id: number }): Panel {
  const signal = one.signals[k]!;
  const query = grafanaQuery(one.queries[k] ?? signal.query, '');
  const low = signal.bad === 'low';
  const title = `${one.name}: ${signal.name.replaceAll('_', ' ')}, ${low ? 'lowest' : 'highest'} 5`;
  const expr = `${low ? 'bottomk' : 'topk'}(5, ${query})`;
  return signalPanel({ title, signal, expr, entityLabels: one.entityLabels }, slotAt(at.n, at.top, at.id));
}
