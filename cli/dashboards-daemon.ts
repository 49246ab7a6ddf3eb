import type { Config } from '../config/schema.ts';
import type { Store } from '../core/store.ts';
import type { Metrics } from '../server/metrics.ts';
import type { ClassWatch } from './class-watch.ts';
import { DashboardDesk, type DashboardEvent, type DashboardRoute } from './dashboard-desk.ts';
import { alertedIn, fleetDashboards, incidentDashboards, watchedBy } from './dashboard-files.ts';
import { createFolderTarget, createGrafanaTarget } from './dashboard-targets.ts';
import { connectGrafana, type GrafanaAccess } from './grafana-access.ts';
import { GrafanaMarks } from './grafana-marks.ts';
import type { IncidentBook } from './incident-book.ts';
import { linksOf } from './incident-links.ts';
import { JobLane, type LaneEvent } from './job-lane.ts';
import type { Loaded } from './load.ts';
import type { Log } from './log.ts';

interface Parts {
  readonly store: Store;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly book: IncidentBook;
  readonly watches: readonly ClassWatch[];
  /** Base address of the page. */
  readonly url: string;
  readonly dryRun: boolean;
}

/** The dashboards of a daemon, and what ends with them. */
export interface Dashboards {
  readonly desk: DashboardDesk;
  close(): Promise<void>;
}

/** So many different words are remembered, so that each is said once. */
const mostWords = 1000;

function createTelling({ metrics, log }: Parts) {
  const said = new Set<string>();
  const once = (text: string) => {
    if (said.has(text) || said.size >= mostWords) return;
    said.add(text);
    log.warn(text);
  };
  return {
    lane: (target: string, { kind, message }: LaneEvent) => {
      if (kind === 'recovered') return log.info(`dashboards: ${target} takes them again`);
      metrics.dashboards.inc({ target, outcome: kind === 'dropped' ? 'dropped' : 'failed' });
      if (kind === 'failing') log.warn(`dashboards: ${message}; it is tried again`);
      if (kind === 'dropped') once(`dashboards: ${message}; it is given up`);
    },
    dashboard: ({ target, uid, outcome, why, delay }: DashboardEvent) => {
      metrics.dashboards.inc({ target, outcome });
      if (delay !== undefined) metrics.dashboardDelay.observe({ target }, delay / 1000);
      if (why !== undefined) once(`dashboards: ${uid} is left as it is (${target}): ${why}`);
    },
  };
}

/** What the dashboard of an incident is made of: entities that are watched now, or that one of its alerts names. */
function createBuild({ config, packs }: Loaded, { watches, url }: Parts) {
  const watched = watchedBy(watches);
  return (incident: Parameters<typeof alertedIn>[0][number]) => {
    const alerted = alertedIn([incident]);
    const has: typeof alerted = (name, entity) => watched(name, entity) || alerted(name, entity);
    return incidentDashboards(packs, [incident], { url, has, links: linksOf(config) })[0]!;
  };
}

type Push = NonNullable<NonNullable<Config['dashboards']>['push']>;

/** The way to Grafana; none in a dry run. */
function createPushRoute(push: Push | undefined, parts: Parts, lane: () => JobLane) {
  if (push === undefined || parts.dryRun) return undefined;
  const { store, metrics } = parts;
  const access: GrafanaAccess = connectGrafana(push, outcome => metrics.grafanaRequests.inc({ outcome }));
  const { grafana } = access;
  const target = createGrafanaTarget(grafana, push, store.values('grafana-dashboards'));
  const route: DashboardRoute = { target, lane: lane() };
  const records = store.values('grafana-annotations');
  const marks = push.annotations ? new GrafanaMarks({ lane: route.lane, grafana, records }) : undefined;
  return { route, marks, access };
}

/** The dashboards that the config asks for; undefined where it asks for none. */
export function createDashboards(loaded: Loaded, parts: Parts): Dashboards | undefined {
  const { dashboards } = loaded.config;
  if (dashboards === undefined) return undefined;
  const telling = createTelling(parts);
  const lane = (target: string) => () =>
    new JobLane({ clock: Date.now, random: Math.random, observe: event => telling.lane(target, event) });
  const pushed = createPushRoute(dashboards.push, parts, lane('Grafana'));
  const { path } = dashboards;
  const folder = path === undefined ? [] : [{ target: createFolderTarget(path), lane: lane(path)() }];
  const desk = new DashboardDesk({
    routes: [...folder, ...(pushed === undefined ? [] : [pushed.route])],
    marks: pushed?.marks,
    policy: dashboards.incidents,
    build: createBuild(loaded, parts),
    fleet: () => fleetDashboards(loaded.packs),
    pageOf: id => `${parts.url}/incidents/${id}`,
    current: id => parts.book.get(id)?.incident,
    emitted: parts.store.values('dashboards'),
    clock: Date.now,
    observe: telling.dashboard,
  });
  return { desk, close: async () => pushed?.access.close() };
}
