import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Grafana } from '../clients/grafana.ts';
import { persist } from '../clients/persist.ts';
import type { DashboardsBlock, PushBlock } from '../config/dashboards-block.ts';
import type { ResolvedPack } from '../config/resolve.ts';
import type { Incident } from '../core/incident.ts';
import type { Change } from '../core/topology.ts';
import { toSchemaV2 } from '../dashboards/schema-v2.ts';
import { annotationsOf, changeAnnotation, type OwnAnnotation, putAnnotation } from './grafana-annotations.ts';
import { ensureFolder, type PushHow, type PushResult, pushDashboard } from './grafana-dashboards.ts';
import { wantedModel } from './grafana-mark.ts';
import { pruneGrafana } from './grafana-prune.ts';
import { pushRule, rulesOf } from './grafana-rules.ts';

/** Everything that one push brings. */
export interface PushContent {
  readonly dashboards: readonly Dashboard[];
  readonly packs: readonly ResolvedPack[];
  readonly incidents: readonly Incident[];
  readonly changes: readonly Change[];
  /** The address of an incident's page. */
  readonly pageOf: (id: string) => string;
  readonly runbooks: string;
}

/** What a push does with what is there. */
export type PushChoice = Omit<PushHow, 'folderUid'> & {
  readonly random: () => number;
  /** Take away what foreshock pushed for packs that the config has no more. */
  readonly prune: boolean;
};

/** A dashboard as plain JSON, as it is sent. */
export function modelOf(
  dashboard: Dashboard,
  schema: PushBlock['schema'],
): Readonly<Record<string, unknown>> {
  const json: Readonly<Record<string, unknown>> = JSON.parse(JSON.stringify(dashboard));
  return schema === 'v2' ? { ...JSON.parse(JSON.stringify(toSchemaV2(json))) } : json;
}

/**
 * Brings dashboards, the alerts of packs and the marks of incidents to Grafana, one after the other, and answers what became of
 * each; in a dry run what would. Rejects with a GrafanaError at the first that fails for good: what was done stays done.
 */
export async function pushAll(
  grafana: Grafana,
  content: PushContent,
  how: PushChoice & { readonly push: PushBlock },
): Promise<readonly PushResult[]> {
  const { push, signal, dryRun } = how;
  const { folder_uid: folderUid } = push;
  const again = <T>(act: () => Promise<T>) => persist(act, how);
  if (!dryRun) await again(() => ensureFolder(grafana, { uid: folderUid, title: push.folder }, signal));
  const results: PushResult[] = [];
  for (const dashboard of content.dashboards) {
    const wanted = wantedModel(modelOf(dashboard, push.schema));
    results.push(await again(() => pushDashboard(grafana, wanted, { ...how, folderUid })));
  }
  const rules = wantedRules(content, push);
  for (const rule of rules ?? [])
    results.push(await again(() => pushRule(grafana, rule, { ...how, folderUid })));
  const uids = {
    dashboards: new Set(content.dashboards.map(({ uid = '' }) => uid)),
    rules: rules && new Set(rules.map(({ uid }) => uid)),
  };
  if (how.prune) results.push(...(await pruneGrafana(grafana, uids, { ...how, folderUid })));
  if (push.annotations && !dryRun)
    for (const mark of marksOf(content)) await again(() => putAnnotation(grafana, mark, { signal }));
  return results;
}

function marksOf({ incidents, changes, pageOf }: PushContent): readonly OwnAnnotation[] {
  return [
    ...incidents.flatMap(each => annotationsOf(each, pageOf(each.id))),
    ...changes.map(changeAnnotation),
  ];
}

/** Undefined where the config does not ask for rules: then nothing is done with those that are there. */
function wantedRules({ packs, runbooks }: PushContent, push: PushBlock) {
  const { alert_rules: rules, folder_uid: folderUid } = push;
  if (rules === undefined) return undefined;
  return rulesOf(packs, { folderUid, datasourceUid: rules.datasource_uid, runbooks });
}

/** Where people find dashboards of incidents; undefined where the config does not say. */
export function grafanaUrl(dashboards: DashboardsBlock | undefined): string | undefined {
  return (dashboards?.grafana_url ?? dashboards?.push?.url)?.replace(/\/+$/, '');
}
