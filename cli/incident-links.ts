import { runbookUrl } from '../alerts/runbook.ts';
import type { Config } from '../config/schema.ts';
import type { Incident } from '../core/incident.ts';
import { uidOf } from '../dashboards/text.ts';
import type { IncidentView } from '../server/model.ts';
import { grafanaUrl } from './grafana-push.ts';

export type IncidentLinks = Pick<IncidentView, 'dashboardPath' | 'runbook' | 'alertmanager'>;

/** Where the dashboard of an incident is in Grafana; undefined where the config does not say where Grafana is. */
export function dashboardUrlOf({
  dashboards,
}: Pick<Config, 'dashboards'>): ((id: string) => string) | undefined {
  const grafana = grafanaUrl(dashboards);
  return grafana === undefined ? undefined : id => `${grafana}/d/${uidOf('foreshock', 'incident', id)}`;
}

/** Where people go from the page of an incident, as far as the config names the places. */
export function linksOf(
  config: Pick<Config, 'alertmanager' | 'dashboards' | 'receivers' | 'web'>,
): (incident: Incident) => IncidentLinks {
  const { dashboards, web, receivers } = config;
  const asked = config.alertmanager ?? receivers.find(each => each.alertmanager !== undefined)?.alertmanager;
  const alertmanager = web.alertmanager_url ?? asked?.url;
  const dashboardUrl = dashboardUrlOf(config);
  const isRemoved = (endsAt?: number) => endsAt !== undefined && dashboards?.incidents.resolved === 'remove';
  const runbook = runbookUrl(web.runbook_url ?? '/runbooks/{alert}', 'ForeshockIncident');
  return ({ id, endsAt }) => ({
    runbook,
    ...(alertmanager === undefined ? {} : { alertmanager }),
    ...(dashboardUrl === undefined || isRemoved(endsAt) ? {} : { dashboardPath: dashboardUrl(id) }),
  });
}
