import { shareAtLeast } from '../core/share-at-least.ts';
import type { AlertHistory, PastAlert } from './history.ts';
import { type InhibitRule, inhibitCandidates } from './inhibition-candidates.ts';
import { holdOf, leads, type ReadyRule, Replay, readyRule, tellable } from './inhibition-replay.ts';
import { type Tellable, toldBy } from './notifications.ts';

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

/** Suggestions, and what Alertmanager tells of the history without them (`bare`) and under all of them. */
export interface InhibitSuggestions {
  readonly suggestions: readonly InhibitSuggestion[];
  readonly bare: readonly Tellable[];
  readonly under: readonly Tellable[];
}

/** How much evidence a rule must have. */
export const inhibitLimits = { incidents: 5, share: 0.8, rules: 50 } as const;

/**
 * Rules whose target follows the source, and never fires without it, in a share of incidents that is at least .8 with 95 %
 * confidence each way, that would have hidden no incident and nothing of another one. The most saved notifications first;
 * what adds nothing to the rules before it, or would hide an incident together with them, is left out.
 */
export function suggestInhibition(history: AlertHistory): InhibitSuggestions {
  const bare = new Replay(history);
  const enough = inhibitCandidates(history, inhibitLimits.incidents)
    .map(({ rule, path }) => ({ rule, path, ready: readyRule(rule, history) }))
    .map(candidate => ({ ...candidate, seen: together(candidate.ready) }))
    .filter(({ seen }) => isRegular(seen))
    .map(({ seen, ...candidate }) => ({
      ...candidate,
      evidence: { ...seen, ...replayed(candidate.ready, bare) },
    }))
    .filter(({ evidence }) => isHarmless(evidence))
    .sort((a, b) => b.evidence.saved - a.evidence.saved);
  const taken: InhibitSuggestion[] = [];
  const replay = new Replay(history);
  for (const { ready, ...suggestion } of enough) {
    if (taken.length === inhibitLimits.rules) break;
    const { alerts, incidents } = replay.hides(ready);
    if (alerts.length === 0 || incidents > 0) continue;
    taken.push(suggestion);
    replay.take(ready);
  }
  return { suggestions: taken, bare: bare.told(), under: replay.told() };
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
function together({ sources, targets, holders }: ReadyRule): Together {
  const incidents = (alerts: readonly PastAlert[]) => new Set(alerts.map(({ incident }) => incident));
  const seen = targets.map(alert => ({
    alert,
    source: holders(alert).find(each => each.incident === alert.incident && leads(each, alert)),
  }));
  const led = seen.filter(({ source }) => source !== undefined);
  const alone = seen.filter(({ source }) => source === undefined);
  const leadTimes = seen
    .flatMap(({ alert, source }) => (source === undefined ? [] : [alert.startsAt - source.startsAt]))
    .sort((a, b) => a - b);
  const target = incidents(targets).size;
  return {
    source: incidents(sources).size,
    followed: incidents(led.map(({ alert }) => alert)).size,
    target,
    never: target - incidents(alone.map(({ alert }) => alert)).size,
    lead: leadTimes[Math.floor((leadTimes.length - 1) / 2)] ?? Number.NaN,
  };
}

/** What the rule alone would have done. Targets are groups of their own, so that other alerts do not count. */
function replayed(rule: ReadyRule, bare: Replay) {
  const strange = rule.targets.filter(alert => {
    const { by } = holdOf(alert, rule.holders(alert));
    return by.length > 0 && by.every(({ incident }) => incident !== alert.incident);
  });
  const without = rule.targets.flatMap(alert => tellable(alert, []));
  const under = rule.targets.flatMap(alert => tellable(alert, rule.holders(alert)));
  return {
    saved: toldBy(without).notifications - toldBy(under.sort((a, b) => a.at - b.at)).notifications,
    strange: strange.length,
    hidden: bare.hides(rule).incidents,
  };
}
