import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import type { ResolvedPack } from '../config/resolve.ts';
import type { Incident } from '../core/incident.ts';
import { includes, type Labels } from '../core/labels.ts';
import { declaredName, declaredPart } from '../core/watched-class.ts';
import { capacityDashboard } from '../dashboards/capacity.ts';
import { fleetOverview } from '../dashboards/fleet.ts';
import { healthDashboard } from '../dashboards/health.ts';
import { incidentDashboard } from '../dashboards/incident.ts';
import type { DashboardPack } from '../dashboards/model.ts';
import { noiseDashboard } from '../dashboards/noise.ts';
import { packDashboard } from '../dashboards/pack.ts';
import { silenceLink } from '../server/silence-link.ts';
import type { ClassWatch } from './class-watch.ts';
import type { IncidentLinks } from './incident-links.ts';

/** Windows that follow our scrape interval follow Grafana's there; one that a pack wrote is part of what its signal means. */
const forGrafana = (windows: readonly string[]) => (query: string) =>
  windows.reduce((text, window) => text.replaceAll(`[${window}]`, '[$rate_interval]'), query);

/** A pack as dashboards see it: rate windows follow Grafana's interval, not ours. */
function dashboardPack({ pack, title, spec, classes, capacity, windows }: ResolvedPack): DashboardPack {
  const asked = forGrafana(windows);
  return {
    pack,
    title,
    about: spec.about,
    ...(spec.dashboard === undefined ? {} : { rows: spec.dashboard.rows }),
    classes: classes.map(each => ({
      name: each.class.name,
      entityLabels: each.entityLabels,
      signals: each.class.signals,
      queries: each.queries.map(asked),
      of: spec.reads === 'metrics' ? 'metrics' : 'foreshock',
    })),
    capacity: capacity.map(({ resource, class: of, used, limit, unit, about, action }) => ({
      resource,
      class: `${pack}/${of}`,
      used: asked(used),
      limit: asked(limit),
      unit,
      about: [about, action].filter(words => words !== '').join(' '),
    })),
  };
}

/** Each pack once, also when it is listed again for another source: the dashboard's data source chooses. */
function dashboardPacks(packs: readonly ResolvedPack[]): readonly DashboardPack[] {
  return packs.filter((one, k) => packs.findIndex(({ pack }) => pack === one.pack) === k).map(dashboardPack);
}

/** The dashboards of the fleet: overview, one per pack, capacity, noise, and foreshock itself. */
export function fleetDashboards(packs: readonly ResolvedPack[]): readonly Dashboard[] {
  const shown = dashboardPacks(packs);
  return [
    fleetOverview(shown),
    ...shown.map(packDashboard),
    capacityDashboard(shown),
    noiseDashboard(),
    healthDashboard(),
  ];
}

type Has = (className: string, entity: Labels) => boolean;

/** Whether a class watches an entity with these labels now. */
export function watchedBy(watches: readonly ClassWatch[]): Has {
  return (className, entity) =>
    watches.some(
      ({ watch, entities }) =>
        declaredName(watch) === className && entities.some(each => includes(each, entity)),
    );
}

/** Whether an alert of ours in these incidents came from the class, about an entity with these labels. */
export function alertedIn(incidents: readonly Incident[]): Has {
  const alerts = incidents.flatMap(({ members }) => members.map(({ alert }) => alert.labels));
  return (className, entity) =>
    alerts.some(labels => declaredPart(labels.class ?? '') === className && includes(labels, entity));
}

/** The dashboards of incidents alone, with panels of what the classes have: one without the entity shows nothing. */
export function incidentDashboards(
  packs: readonly ResolvedPack[],
  incidents: readonly Incident[],
  about: {
    readonly url: string;
    readonly has: Has;
    /** Where else people go from an incident. */
    readonly links?: (incident: Incident) => IncidentLinks;
  },
): readonly Dashboard[] {
  const shown = dashboardPacks(packs);
  return incidents.map(incident =>
    incidentDashboard(incident, {
      packs: shown,
      pageUrl: `${about.url}/incidents/${incident.id}`,
      has: about.has,
      links: about.links === undefined ? [] : linksFrom(about.url, incident.id, about.links(incident)),
    }),
  );
}

/** Addresses that lead somewhere from Grafana, too: ours are made whole. */
function linksFrom(
  url: string,
  incident: string,
  { runbook, alertmanager }: IncidentLinks,
): { readonly title: string; readonly url: string }[] {
  const silence = silenceLink(alertmanager, { alertname: 'ForeshockIncident', incident });
  const links = [
    { title: 'Runbook', url: runbook?.startsWith('/') ? `${url.replace(/\/+$/, '')}${runbook}` : runbook },
    { title: 'Silence it', url: silence },
  ];
  return links.flatMap(link => (link.url === undefined ? [] : [{ title: link.title, url: link.url }]));
}
