import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ResolvedPack } from '../config/resolve.ts';
import type { Incident } from '../core/incident.ts';
import { includes, type Labels } from '../core/labels.ts';
import { fleetOverview } from '../dashboards/fleet.ts';
import { incidentDashboard } from '../dashboards/incident.ts';
import { type LayoutFile, writeLayout } from '../dashboards/layout.ts';
import type { DashboardPack } from '../dashboards/model.ts';
import { packDashboard } from '../dashboards/pack.ts';
import type { ClassWatch } from './class-watch.ts';

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

/** The dashboards of the fleet as files of a provisioning folder: overview, one per pack. */
export function dashboardFiles(packs: readonly ResolvedPack[]): readonly LayoutFile[] {
  const shown = packs.map(dashboardPack);
  return writeLayout([fleetOverview(shown), ...shown.map(packDashboard)]);
}

/** The dashboards of incidents alone, with panels of what is watched: a class without the entity shows nothing. */
export function incidentFiles(
  packs: readonly ResolvedPack[],
  incidents: readonly Incident[],
  about: { readonly url: string; readonly watches: readonly ClassWatch[] },
): readonly LayoutFile[] {
  const shown = packs.map(dashboardPack);
  const has = (className: string, entity: Labels) =>
    about.watches.some(
      ({ watch, entities }) =>
        watch.class.name === className && entities.some(each => includes(each, entity)),
    );
  return writeLayout(
    incidents.map(incident =>
      incidentDashboard(incident, { packs: shown, pageUrl: `${about.url}/incidents/${incident.id}`, has }),
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
