import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ResolvedPack } from '../config/resolve.ts';
import type { Incident } from '../core/incident.ts';
import { fleetOverview } from '../dashboards/fleet.ts';
import { incidentDashboard } from '../dashboards/incident.ts';
import { type LayoutFile, writeLayout } from '../dashboards/layout.ts';
import type { DashboardPack } from '../dashboards/model.ts';
import { packDashboard } from '../dashboards/pack.ts';

/** A pack as dashboards see it: rate windows follow Grafana's interval, not ours. */
function dashboardPack({ pack, title, spec, classes }: ResolvedPack): DashboardPack {
  return {
    pack,
    title,
    about: spec.about,
    classes: classes.map(each => ({
      name: each.class.name,
      entityLabels: each.entityLabels,
      signals: each.class.signals,
      queries: each.queries.map(query => query.replace(/\[[0-9a-z]+\]/g, '[$rate_interval]')),
    })),
  };
}

/** All dashboards as files of a provisioning folder: overview, one per pack, one per incident. */
export function dashboardFiles(
  packs: readonly ResolvedPack[],
  incidents: readonly Incident[],
  url: string,
): readonly LayoutFile[] {
  const shown = packs.map(dashboardPack);
  return writeLayout([
    fleetOverview(shown),
    ...shown.map(packDashboard),
    ...incidents.map(incident =>
      incidentDashboard(incident, { packs: shown, pageUrl: `${url}/incidents/${incident.id}` }),
    ),
  ]);
}

/** The dashboards of incidents alone, with panels of the classes that are watched: a class that nobody has shows nothing. */
export function incidentFiles(
  packs: readonly ResolvedPack[],
  incidents: readonly Incident[],
  about: { readonly url: string; readonly watched: (className: string) => boolean },
): readonly LayoutFile[] {
  const shown = packs.map(dashboardPack).map(pack => ({
    ...pack,
    classes: pack.classes.filter(each => about.watched(each.name)),
  }));
  return writeLayout(
    incidents.map(incident =>
      incidentDashboard(incident, { packs: shown, pageUrl: `${about.url}/incidents/${incident.id}` }),
    ),
  );
}

/** Writes the files below `folder`; answers how many. */
export function writeFiles(folder: string, files: readonly LayoutFile[]): number {
  for (const file of files) {
    const target = path.join(folder, file.path);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, file.content);
  }
  return files.length;
}
