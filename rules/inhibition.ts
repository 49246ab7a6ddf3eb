import { includes } from '../core/labels.ts';
import type { AlertHistory, PastAlert } from './history.ts';
import { type InhibitRule, inhibitCandidates } from './inhibition-candidates.ts';
import { holdOf, leads, type SourcesOf, sourcesOf, toldUnder } from './inhibition-replay.ts';
import { type Tellable, toldBy } from './notifications.ts';
import { shareAtLeast } from './wilson.ts';

/** What speaks for a rule: counts of incidents, times in ms. */
export interface InhibitEvidence {
  /** Incidents in which the source fired, and those in which the target came after it while it fired. */
  readonly source: number;
  readonly followed: number;
  /** Incidents in which the target fired, and those in which it did so only under the source. */
  readonly target: number;
  readonly never: number;
  /** From source to target, in the median. */
  readonly lead: number;
  /** Notifications that would not have been sent, were each alert told by itself. */
  readonly saved: number;
  /** Alerts that only a source of another incident would have held back. */
  readonly strange: number;
  /** Incidents of which nobody would have heard. */
  readonly hidden: number;
}

/** A rule with the place or the calls that explain it (`path`, from the target to the source), and its evidence. */
export interface InhibitSuggestion {
  readonly rule: InhibitRule;
  readonly path: readonly string[];
  readonly evidence: InhibitEvidence;
}

/** How much evidence a rule must have. */
export const inhibitLimits = { incidents: 5, share: 0.8, rules: 50 } as const;

/**
 * Rules whose target follows the source, and never fires without it, in a share of incidents that is at least .8 with 95 %
 * confidence each way, that would have hidden no incident and nothing of another one. The most saved notifications first;
 * what adds nothing to the rules before it, or would hide an incident together with them, is left out.
 */
export function suggestInhibition(history: AlertHistory): readonly InhibitSuggestion[] {
  const bare = toldUnder([], history);
  const enough = inhibitCandidates(history, inhibitLimits.incidents)
    .map(candidate => ({ ...candidate, seen: together(candidate.rule, history) }))
    .filter(({ seen }) => isRegular(seen))
    .map(({ rule, path, seen }) => ({ rule, path, evidence: { ...seen, ...replayed(rule, history, bare) } }))
    .filter(({ evidence }) => isHarmless(evidence))
    .sort((a, b) => b.evidence.saved - a.evidence.saved);
  const taken: InhibitSuggestion[] = [];
  let told = bare;
  for (const suggestion of enough) {
    if (taken.length === inhibitLimits.rules) break;
    const next = toldUnder(readied([...taken, suggestion], history), history);
    if (next.length >= told.length || incidentsIn(next) < incidentsIn(bare)) continue;
    taken.push(suggestion);
    told = next;
  }
  return taken;
}

/** The suggestions' rules, ready for a replay of the history. */
export function readied(suggestions: readonly InhibitSuggestion[], history: AlertHistory): SourcesOf[] {
  return suggestions.map(({ rule }) => sourcesOf(rule, history));
}

function incidentsIn(told: readonly { readonly incident: number }[]): number {
  return new Set(told.map(({ incident }) => incident)).size;
}

type Together = Pick<InhibitEvidence, 'source' | 'followed' | 'target' | 'never' | 'lead'>;

function isRegular({ source, followed, target, never }: Together): boolean {
  return (
    followed >= inhibitLimits.incidents &&
    shareAtLeast(followed, source) >= inhibitLimits.share &&
    shareAtLeast(never, target) >= inhibitLimits.share
  );
}

function isHarmless({ saved, strange, hidden }: InhibitEvidence): boolean {
  return saved > 0 && strange === 0 && hidden === 0;
}

/** How often source and target came together, incident by incident. */
function together(rule: InhibitRule, history: AlertHistory): Together {
  const sources = sourcesOf(rule, history);
  const incidents = (alerts: readonly PastAlert[]) => new Set(alerts.map(({ incident }) => incident));
  const targets = history.alerts.filter(({ labels }) => includes(labels, rule.target));
  const leadOf = (alert: PastAlert) => {
    const first = sources(alert).find(each => each.incident === alert.incident && leads(each, alert));
    return first === undefined ? undefined : alert.startsAt - first.startsAt;
  };
  const followers = targets.filter(alert => leadOf(alert) !== undefined);
  const alone = incidents(targets.filter(alert => leadOf(alert) === undefined));
  const leadTimes = followers.flatMap(alert => leadOf(alert) ?? []).sort((a, b) => a - b);
  const target = incidents(targets).size;
  return {
    source: incidents(history.alerts.filter(({ labels }) => includes(labels, rule.source))).size,
    followed: incidents(followers).size,
    target,
    never: target - alone.size,
    lead: leadTimes[Math.floor((leadTimes.length - 1) / 2)] ?? Number.NaN,
  };
}

/** What the rule alone would have done; `bare` is what was told without it. */
function replayed(rule: InhibitRule, history: AlertHistory, bare: readonly Tellable[]) {
  const sources = sourcesOf(rule, history);
  const told = toldUnder([sources], history);
  const strange = history.alerts.filter(alert => {
    const { by } = holdOf(alert, [sources]);
    return by.length > 0 && by.every(({ incident }) => incident !== alert.incident);
  });
  return {
    saved: toldBy(bare).notifications - toldBy(told).notifications,
    strange: strange.length,
    hidden: incidentsIn(bare) - incidentsIn(told),
  };
}
