import type { AlertRule, FoundDashboard, Grafana } from '../clients/grafana.ts';
import { persist } from '../clients/persist.ts';
import { uidOf } from '../dashboards/text.ts';
import type { PushHow, PushResult } from './grafana-dashboards.ts';
import { handiwork, markOf } from './grafana-mark.ts';
import { isAsPushed, isPushed } from './grafana-rules.ts';

/** How what is not wanted any more is taken away. */
export type PruneHow = Pick<PushHow, 'folderUid' | 'dryRun' | 'signal'> & { readonly random: () => number };

const prefix = uidOf('foreshock', '');
const incidents = uidOf('foreshock', 'incident', '');

/**
 * Whether a push of the fleet may have given this uid: those of incidents come and go by a policy of their own, and what a person
 * saved as a copy has our mark, but a uid of Grafana's.
 */
function isOfFleet(uid: string): boolean {
  return uid.startsWith(prefix) && !uid.startsWith(incidents);
}

/** Uids of what the config asks for; without `rules` it says nothing of alert rules, and those that are there stay. */
export interface WantedUids {
  readonly dashboards: ReadonlySet<string>;
  readonly rules: ReadonlySet<string> | undefined;
}

/**
 * Takes away what foreshock pushed into the folder for the fleet and nothing of the config asks for any more, dashboards, then alert
 * rules, and answers what became of each; in a dry run what would. What a person changed stays and is a conflict; what has no mark of
 * ours is left out, and so is what was moved out of the folder. Rejects with a GrafanaError: what was done stays done.
 */
export async function pruneGrafana(
  grafana: Grafana,
  { dashboards, rules }: WantedUids,
  how: PruneHow,
): Promise<readonly PushResult[]> {
  const results: PushResult[] = [];
  for (const found of await dashboardsOfFleet(grafana, how)) {
    const result = dashboards.has(found.uid) ? undefined : await pruneDashboard(grafana, found, how);
    if (result !== undefined) results.push(result);
  }
  if (rules === undefined) return results;
  for (const rule of await rulesOfFleet(grafana, how))
    if (!rules.has(rule.uid)) results.push(await pruneRule(grafana, rule, how));
  return results;
}

async function dashboardsOfFleet(grafana: Grafana, how: PruneHow): Promise<readonly FoundDashboard[]> {
  const { folderUid, signal } = how;
  const found = new Map<string, FoundDashboard>();
  for (let page = 1; ; page++) {
    const at = { folderUid, tag: 'foreshock', page };
    const some = await persist(() => grafana.dashboardsIn(at, signal), how);
    const before = found.size;
    for (const each of some) found.set(each.uid, each);
    // An empty page is the last; one that tells nothing new is that of a search that does not know of pages.
    if (found.size === before) return [...found.values()].filter(({ uid }) => isOfFleet(uid));
  }
}

async function pruneDashboard(
  grafana: Grafana,
  { uid, title }: FoundDashboard,
  how: PruneHow,
): Promise<PushResult | undefined> {
  const { folderUid, dryRun, signal } = how;
  const held = await persist(() => grafana.dashboard(uid, signal), how);
  if (held === undefined || markOf(held.model) === undefined) return undefined;
  const why = handiwork(held, folderUid);
  if (why !== undefined) return { uid, title, state: 'conflict', why: unwanted(why) };
  if (!dryRun) await persist(() => grafana.removeDashboard(uid, signal), how);
  return { uid, title, state: 'removed' };
}

const unwanted = (why: string) => `no pack has it any more, but ${why}`;

async function rulesOfFleet(grafana: Grafana, how: PruneHow): Promise<readonly AlertRule[]> {
  const all = await persist(() => grafana.alertRules(how.signal), how);
  return all.filter(rule => rule.folderUID === how.folderUid && isPushed(rule) && isOfFleet(rule.uid));
}

async function pruneRule(grafana: Grafana, rule: AlertRule, how: PruneHow): Promise<PushResult> {
  const { uid, title } = rule;
  if (!isAsPushed(rule))
    return { uid, title, state: 'conflict', why: unwanted('the rule was changed by hand') };
  if (!how.dryRun) await persist(() => grafana.removeAlertRule(uid, how.signal), how);
  return { uid, title, state: 'removed' };
}
