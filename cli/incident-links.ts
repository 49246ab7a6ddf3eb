import { runbookUrl } from '../alerts/runbook.ts';
import type { Config } from '../config/schema.ts';
import type { Incident } from '../core/incident.ts';
import { uidOf } from '../dashboards/text.ts';
import type { IncidentView } from '../server/model.ts';

export type IncidentLinks = Pick<IncidentView, 'dashboardPath' | 'runbook' | 'alertmanager'>;

/** Where people go from the page of an incident, as far as the config names the places. */
export function linksOf(
  config: Pick<Config, 'alertmanager' | 'dashboards' | 'receivers' | 'web'>,
): (incident: Incident) => IncidentLinks {
  const { dashboards, web, receivers } = config;
  const asked = config.alertmanager ?? receivers.find(each => each.alertmanager !== undefined)?.alertmanager;
  const alertmanager = web.alertmanager_url ?? asked?.url;
  const grafana = dashboards?.grafana_url?.replace(/\/+$/, '');
  const runbook = runbookUrl(web.runbook_url ?? '/runbooks/{alert}', 'ForeshockIncident');
  return ({ id, notifications }) => ({
    runbook,
    ...(alertmanager === undefined ? {} : { alertmanager }),
    // A dashboard is written when people are told.
    ...(grafana === undefined || notifications.length === 0
      ? {}
      : { dashboardPath: `${grafana}/d/${uidOf('foreshock', 'incident', id)}` }),
  });
}
