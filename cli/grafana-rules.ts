import { runbookUrl } from '../alerts/runbook.ts';
import type { AlertRule, Grafana } from '../clients/grafana.ts';
import type { ResolvedPack } from '../config/resolve.ts';
import { formatDuration, parseDuration } from '../core/duration.ts';
import { uidOf } from '../dashboards/text.ts';
import { type Look, type PushHow, type PushResult, withSecondLook } from './grafana-dashboards.ts';
import { contentHash } from './grafana-mark.ts';

/** Where rules are put, and whom they ask. */
export interface RulePlace {
  readonly folderUid: string;
  readonly datasourceUid: string;
  /** Template of the addresses of runbooks, with `{alert}`. */
  readonly runbooks: string;
}

/** The annotation that tells what foreshock wrote last. */
const hashName = 'foreshock_pushed';
/** The expression engine of Grafana, as a data source. */
const expressions = '__expr__';

/**
 * An alert of a pack as a rule of Grafana's. As in Prometheus it fires for every series that its query answers, whatever the
 * value: `up == 0` answers 0.
 */
function ruleOf(pack: string, alert: ResolvedPack['alerts'][number], place: RulePlace): AlertRule {
  const { alert: title, expr, severity, summary } = alert;
  const { datasourceUid, folderUid, runbooks } = place;
  const query = { refId: 'A', expr, instant: true, range: false };
  const fires = { refId: 'B', type: 'math', expression: 'is_number($A) || is_nan($A) || is_inf($A)' };
  const rule: AlertRule = {
    uid: uidOf('foreshock', pack, title),
    title,
    folderUID: folderUid,
    ruleGroup: `foreshock ${pack}`,
    orgID: 1,
    condition: 'B',
    data: [
      { refId: 'A', queryType: '', relativeTimeRange: { from: 600, to: 0 }, datasourceUid, model: query },
      {
        refId: 'B',
        queryType: '',
        relativeTimeRange: { from: 0, to: 0 },
        datasourceUid: expressions,
        model: fires,
      },
    ],
    for: formatDuration(parseDuration(alert.for)),
    noDataState: 'OK',
    execErrState: 'Error',
    labels: { severity },
    annotations: { summary, runbook_url: runbookUrl(runbooks, title) },
    isPaused: false,
  };
  return { ...rule, annotations: { ...rule.annotations, [hashName]: contentHash(essence(rule)) } };
}

/** All alerts of the packs, each pack once. */
export function rulesOf(packs: readonly ResolvedPack[], place: RulePlace): readonly AlertRule[] {
  const rules = packs.flatMap(({ pack, alerts }) => alerts.map(alert => ruleOf(pack, alert, place)));
  return rules.filter((rule, k) => rules.findIndex(({ uid }) => uid === rule.uid) === k);
}

/** What a person may change, without what Grafana fills in. */
function essence(rule: AlertRule): unknown {
  const { uid: _uid, orgID: _org, data, annotations, for: pending, ...rest } = rule;
  const { [hashName]: _hash, ...said } = annotations;
  return {
    ...rest,
    for: millis(pending),
    annotations: said,
    data: data.map(({ refId, datasourceUid, model }) => {
      const { expr, expression } = model;
      return { refId, datasourceUid, expr, expression };
    }),
  };
}

function millis(text: string): number | string {
  try {
    return parseDuration(text);
  } catch {
    return text;
  }
}

/** Brings one rule to Grafana, as `pushDashboard` does a dashboard. */
export async function pushRule(grafana: Grafana, wanted: AlertRule, how: PushHow): Promise<PushResult> {
  return withSecondLook(() => lookAtRule(grafana, wanted, how));
}

async function lookAtRule(grafana: Grafana, wanted: AlertRule, how: PushHow): Promise<Look> {
  const { uid, title } = wanted;
  const { dryRun, signal } = how;
  const held = await grafana.alertRule(uid, signal);
  const state = planRule(held, wanted, how);
  if (state === 'conflict') {
    const why = 'the rule was changed by hand, or foreshock did not write it';
    return { result: { uid, title, state, why } };
  }
  const result = { uid, title, state };
  if (dryRun || state === 'unchanged') return { result };
  const save = () =>
    state === 'new' ? grafana.addAlertRule(wanted, signal) : grafana.replaceAlertRule(wanted, signal);
  return { result, save };
}

function planRule(
  held: AlertRule | undefined,
  wanted: AlertRule,
  { overwrite }: Pick<PushHow, 'overwrite'>,
): PushResult['state'] {
  if (held === undefined) return 'new';
  if (!isAsPushed(held)) return overwrite ? 'overwritten' : 'conflict';
  return held.annotations[hashName] === wanted.annotations[hashName] ? 'unchanged' : 'changed';
}

/** Whether a rule says of itself that foreshock wrote it. */
export function isPushed({ annotations }: AlertRule): boolean {
  return annotations[hashName] !== undefined;
}

/** Whether nobody changed a rule since foreshock wrote it. */
export function isAsPushed(held: AlertRule): boolean {
  return held.annotations[hashName] === contentHash(essence(held));
}
