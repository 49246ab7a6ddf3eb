import {
  type Dashboard,
  DashboardLinkBuilder,
  DashboardLinkType,
  type Panel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import * as text from '@grafana/grafana-foundation-sdk/text';
import type { Incident } from '../core/incident.ts';
import { type Labels, pick } from '../core/labels.ts';
import type { SignalSpec } from '../core/pack.ts';
import type { DashboardClass, DashboardPack } from './model.ts';
import { grafanaQuery, signalPanel, slotAt } from './panel.ts';
import { dashboardShell, withPanels } from './shell.ts';
import { exactMatcher, markdownText, uidOf } from './text.ts';

/** What an incident's dashboard is made from; `pageUrl` is the incident's own page. */
export interface IncidentContext {
  readonly packs: readonly DashboardPack[];
  readonly pageUrl: string;
  /** Whether the class (`pack/class`) watches an entity with these labels: else its panels would be empty. */
  readonly has: (className: string, entity: Labels) => boolean;
}

interface Shown {
  readonly title: string;
  readonly signal: SignalSpec;
  readonly expr: string;
  readonly entityLabels: readonly string[];
}

const before = 1_800_000;
/** What was usual is asked for so long before the first alert: rules wait before they fire. */
const settled = 300_000;
const after = 900_000;
/** Labels that name the other side of a call. */
const calleeLabel = /^(peer|destination|server)_/;
const maxPanels = 24;
const perEntity = 4;
const symptoms = ['errors', 'latency', 'saturation'];
const headHeight = 6;

/** Only the panels that matter: of the first suspect, then the other suspects, then the rest in order of onset. */
export function incidentDashboard(incident: Incident, context: IncidentContext): Dashboard {
  const builder = dashboardShell({
    uid: uidOf('foreshock', 'incident', incident.id),
    title: `Incident ${incident.id} (foreshock)`,
    about: `${incident.members.length} alerts, from the first suspect to the symptoms.`,
    tags: ['incident'],
    from: String(incident.startsAt - before),
    to: incident.endsAt === undefined ? 'now' : String(incident.endsAt + after),
  });
  if (/^https?:\/\//.test(context.pageUrl))
    builder.link(new DashboardLinkBuilder('Incident page').type(DashboardLinkType.Link).url(context.pageUrl));
  const shown = panelsOf(incident, context);
  const usualBefore = incident.startsAt - settled;
  const panels = shown.map((one, k) => signalPanel({ ...one, usualBefore }, slotAt(k, headHeight, k + 2)));
  return withPanels(builder, [summaryPanel(incident), ...panels]);
}

function panelsOf(incident: Incident, { packs, has }: IncidentContext): Shown[] {
  const members = [...incident.members].sort((a, b) => a.alert.startsAt - b.alert.startsAt);
  const [first] = incident.suspects;
  const wanted: Wanted[] = [
    ...(first === undefined ? [] : [{ entityOf: asCallee(first.entity), signal: first.signal }]),
    ...incident.suspects.map(({ entity, signal }) => ({ entityOf: own(entity), signal })),
    ...members.map(({ alert }) => ({ entityOf: own(alert.labels), signal: alert.labels.signal ?? '' })),
  ];
  const out = new Map<string, Shown>();
  const covered = new Set<string>();
  for (const { entityOf, signal } of wanted)
    for (const one of packs.flatMap(pack => pack.classes)) {
      const entity = entityOf(one);
      const key = `${one.name} ${JSON.stringify(entity)} ${signal}`;
      if (Object.keys(entity).length === 0 || covered.has(key)) continue;
      covered.add(key);
      if (!has(one.name, entity)) continue;
      for (const panel of entityPanels(one, entity, signal))
        if (!out.has(panel.expr)) out.set(panel.expr, panel);
    }
  return [...out.values()].slice(0, maxPanels);
}

interface Wanted {
  /** The labels by which a class knows the thing; empty when it does not. */
  readonly entityOf: (one: DashboardClass) => Labels;
  readonly signal: string;
}

const own = (labels: Labels) => (one: DashboardClass) => pick(labels, one.entityLabels);

/** What others say of a thing that has no metrics of its own: a class that names it by a label of another name. */
function asCallee(entity: Labels): (one: DashboardClass) => Labels {
  const [value] = Object.values(entity);
  return ({ entityLabels }) => {
    const label = entityLabels.find(name => entity[name] === undefined && calleeLabel.test(name));
    return label === undefined || value === undefined ? {} : { [label]: value };
  };
}

function entityPanels(one: DashboardClass, entity: Labels, signal: string): Shown[] {
  const matchers = Object.entries(entity).map(([name, value]) => exactMatcher(name, value));
  const names = Object.values(entity).join(' ');
  const where = Object.keys(entity).every(name => calleeLabel.test(name)) ? `calls to ${names}` : names;
  return chosen(one, signal).map(k => {
    const spec = one.signals[k]!;
    return {
      title: `${where}: ${spec.name.replaceAll('_', ' ')}`,
      signal: spec,
      expr: grafanaQuery(one.queries[k] ?? spec.query, matchers.join(',')),
      entityLabels: one.entityLabels,
    };
  });
}

function chosen(one: DashboardClass, signal: string): number[] {
  const all = one.signals.map((_, k) => k);
  const named = all.filter(k => one.signals[k]!.name === signal);
  if (named.length > 0) return named;
  const telling = all.filter(k => symptoms.includes(one.signals[k]!.kind));
  return (telling.length > 0 ? telling : all).slice(0, perEntity);
}

function summaryPanel(incident: Incident): Panel {
  const suspects = incident.suspects.slice(0, 5).map((suspect, k) => {
    const name = markdownText(Object.values(suspect.entity).join(' '));
    return `${k + 1}. **${name}** (${suspect.score.toFixed(2)}): ${suspect.evidence.map(markdownText).join('; ')}`;
  });
  const content = suspects.length === 0 ? 'Not enough evidence for a cause.' : suspects.join('\n');
  return new text.PanelBuilder()
    .id(1)
    .title('Suspects')
    .description('Ranked by onset, by how much of the incident they explain, and by changes.')
    .mode(text.TextMode.Markdown)
    .content(content)
    .gridPos({ x: 0, y: 0, w: 24, h: headHeight })
    .build();
}
