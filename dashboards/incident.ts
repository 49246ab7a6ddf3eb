import {
  type Dashboard,
  DashboardLinkBuilder,
  DashboardLinkType,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { Incident } from '../core/incident.ts';
import type { Labels } from '../core/labels.ts';
import { sayCount } from '../core/say-name.ts';
import { arrange, type BoardRow } from './grid.ts';
import { changeMarks } from './incident-changes.ts';
import { type ShownEntity, shownOf } from './incident-panels.ts';
import { membersPanel, suspectsPanel } from './incident-words.ts';
import type { DashboardPack } from './model.ts';
import { signalPanel } from './panel.ts';
import { dashboardShell, withPanels } from './shell.ts';
import { exactMatcher, uidOf } from './text.ts';

/** What an incident's dashboard is made from; `pageUrl` is the incident's own page. */
export interface IncidentContext {
  readonly packs: readonly DashboardPack[];
  readonly pageUrl: string;
  /** Where people go from it beside its page, such as its runbook and a silence. */
  readonly links?: readonly { readonly title: string; readonly url: string }[];
  /** Whether the class (`pack/class`) watches an entity with these labels: else its panels would be empty. */
  readonly has: (className: string, entity: Labels) => boolean;
}

const before = 1_800_000;
/** What was usual is asked for so long before the first alert: rules wait before they fire. */
const settled = 300_000;
const after = 900_000;

/** Only the panels that matter: of the first suspect, then the other suspects, then the rest in order of onset. */
export function incidentDashboard(incident: Incident, context: IncidentContext): Dashboard {
  const builder = dashboardShell({
    uid: uidOf('foreshock', 'incident', incident.id),
    title: `Incident ${incident.id} (foreshock)`,
    about: `${sayCount(incident.members.length, 'alert')}, from the first suspect to the symptoms.`,
    tags: ['incident'],
    from: String(incident.startsAt - before),
    to: incident.endsAt === undefined ? 'now' : String(incident.endsAt + after),
  });
  for (const { title, url } of [{ title: 'Incident page', url: context.pageUrl }, ...(context.links ?? [])])
    if (/^https?:\/\//.test(url))
      builder.link(new DashboardLinkBuilder(title).type(DashboardLinkType.Link).url(url).targetBlank(true));
  for (const mark of changeMarks(incident)) builder.annotation(mark);
  const usualBefore = incident.startsAt - settled;
  const rows: BoardRow[] = [
    {
      panels: [
        suspectsPanel(incident, { w: 12, h: 7 }),
        membersPanel(incident, { w: 12, h: 7 }),
        ...shownOf(incident, context).map(shown => entityPanel(shown, usualBefore)),
      ],
    },
  ];
  return withPanels(builder, arrange(rows));
}

function entityPanel({ one, k, entity, where }: ShownEntity, usualBefore: number) {
  const matchers = Object.entries(entity).map(([name, value]) => exactMatcher(name, value));
  return signalPanel({
    title: `${where}: ${one.signals[k]!.name.replaceAll('_', ' ')}`,
    one,
    k,
    matchers: matchers.join(','),
    usualBefore,
  });
}
