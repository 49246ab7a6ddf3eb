import { formatDuration, parseDuration } from '../core/duration.ts';
import type { Labels } from '../core/labels.ts';
import type { ObjectiveSpec } from '../core/objective.ts';
import { sayEntity } from '../core/say-name.ts';
import type { Rule, RuleGroup } from './rule-file.ts';
import { literal } from './template-text.ts';

/** An objective of a pack with its queries filled in, their rates over 5 minutes. */
export interface NamedObjective {
  /** `pack/objective`. */
  readonly name: string;
  readonly spec: ObjectiveSpec;
  /** `pack/class` and its labels; undefined where the objective is about no class. */
  readonly class?: { readonly name: string; readonly entityLabels: readonly string[] } | undefined;
}

interface Burn {
  readonly alert: string;
  /** Share of the whole budget that is spent within the long window. */
  readonly share: number;
  readonly long: string;
  readonly short: string;
}

/**
 * Alerts on burn rates over several windows: Beyer et al., The Site Reliability Workbook (2018), chapter 5, table 5-8. The
 * burn rate is share x time window / long window: 14.4, 6, 3 and 1 for 30 days.
 */
const fast: readonly Burn[] = [
  { alert: 'ForeshockBudgetBurnsFast', share: 0.02, long: '1h', short: '5m' },
  { alert: 'ForeshockBudgetBurnsFast', share: 0.05, long: '6h', short: '30m' },
];
const slow: readonly Burn[] = [
  { alert: 'ForeshockBudgetBurnsSlowly', share: 0.1, long: '1d', short: '2h' },
  { alert: 'ForeshockBudgetBurnsSlowly', share: 0.1, long: '3d', short: '6h' },
];
/** Windows that are summed from what is recorded every minute, and every 15 minutes. */
const shortWindows = ['30m', '1h', '2h', '6h'];
const longWindows = ['1d', '3d'];
/** An error ratio that every objective can reach, however low its target is. */
const mostErrors = 0.95;

const errors = (window: string): string => `foreshock:objective_errors:ratio_rate${window}`;
const selected = (name: string): string => `{objective="${name}"}`;

/** Error ratio from which on a burn is told; never below that which just keeps the objective. */
export function burnThreshold({ target, timeWindow }: ObjectiveSpec, { share, long }: Burn): number {
  const rate = Math.max(1, (share * parseDuration(timeWindow)) / parseDuration(long));
  return Number(Math.min(mostErrors, rate * (1 - target)).toPrecision(6));
}

/** The error ratios from which on an objective burns: within an hour, within six, and slowly. */
export function burnThresholds(spec: ObjectiveSpec) {
  const [hour, sixHours, ...slowly] = [...fast, ...slow].map(burn => burnThreshold(spec, burn));
  return { hour: hour!, sixHours: sixHours!, slowly: Math.min(...slowly) };
}

/** Bad events and all events a second; for a threshold, the bad share of the time and 1. */
function eventQueries({ indicator: { ratioMetric: ratio, thresholdMetric: threshold } }: ObjectiveSpec) {
  if (ratio !== undefined) {
    const { good, bad, total } = ratio;
    // A service without any error has no series of errors; without one of good events nothing is known.
    if (bad !== undefined) return { bad: `(${bad}) or 0 * (${total})`, total };
    return { bad: `clamp_min((${total}) - (${good}), 0)`, total };
  }
  if (threshold === undefined) throw new RangeError('an objective has no indicator');
  const { query, op, value } = threshold;
  const broken = { lt: '>=', lte: '>', gt: '<=', gte: '<' }[op];
  return { bad: `(${query}) ${broken} bool ${value}`, total: `(${query}) >= bool -Inf` };
}

/** Labels of all series of an objective. */
export function objectiveLabels({ name, class: of }: NamedObjective): Labels {
  return { objective: name, ...(of === undefined ? {} : { class: of.name }) };
}

function eventRules(objective: NamedObjective): readonly Rule[] {
  const { bad, total } = eventQueries(objective.spec);
  const labels = objectiveLabels(objective);
  return [
    { record: 'foreshock:objective_bad:rate5m', expr: bad, labels },
    { record: 'foreshock:objective_total:rate5m', expr: total, labels },
  ];
}

/** One rule for all objectives: the share of bad events over a window, weighted by traffic. */
function ratioRule(window: string, of: string): Rule {
  const sum = (what: string) => `sum_over_time(foreshock:objective_${what}:rate${of}[${window}])`;
  return { record: errors(window), expr: `${sum('bad')} / (${sum('total')} > 0)` };
}

function budgetRule(objective: NamedObjective): Rule {
  const { target, timeWindow } = objective.spec;
  const budget = Number((1 - target).toPrecision(6));
  return {
    record: 'foreshock:objective_budget_left:ratio',
    expr: `1 - last_over_time(${errors(timeWindow)}${selected(objective.name)}[20m]) / ${budget}`,
    labels: objectiveLabels(objective),
  };
}

function burnExpr({ name, spec }: NamedObjective, burns: readonly Burn[]): string {
  const told = burns.map(burn => {
    const over = (window: string) => {
      const series = `${errors(window)}${selected(name)}`;
      const read = longWindows.includes(window) ? `last_over_time(${series}[20m])` : series;
      return `${read} > ${burnThreshold(spec, burn)}`;
    };
    return `(${over(burn.long)} and ${over(burn.short)})`;
  });
  return told.join(' or ');
}

/** What the alerts of an objective say; templates. */
export function burnAnnotations(
  { name, spec, class: of }: NamedObjective,
  pace: 'fast' | 'slowly',
  runbook: Labels,
): Labels {
  const named = Object.fromEntries((of?.entityLabels ?? []).map(label => [label, `{{ $labels.${label} }}`]));
  const who = of === undefined ? name : `${sayEntity(named)} (${name})`;
  const texts = [spec.description, spec.action].filter(text => text !== '').map(literal);
  return {
    summary: `The error budget of ${who} burns ${pace}.`,
    description: [
      `{{ $value | humanizePercentage }} are bad, ${Number((100 * (1 - spec.target)).toPrecision(4))} % are promised at most over ${spec.timeWindow}.`,
      ...texts,
    ].join(' '),
    ...runbook,
  };
}

/** Labels of an alert of an objective beside those of its entity. */
export function burnAlertLabels(objective: NamedObjective, pace: 'fast' | 'slowly'): Labels {
  const severity = pace === 'fast' ? objective.spec.severity : 'warning';
  return { ...objectiveLabels(objective), severity: literal(severity) };
}

function burnAlerts(objective: NamedObjective, runbook: (alert: string) => Labels): readonly Rule[] {
  return (['fast', 'slowly'] as const).map(pace => {
    const burns = pace === 'fast' ? fast : slow;
    const alert = burns[0]!.alert;
    return {
      alert,
      expr: burnExpr(objective, burns),
      labels: burnAlertLabels(objective, pace),
      annotations: burnAnnotations(objective, pace, runbook(alert)),
    };
  });
}

/** Windows of a day and more, from what this group records every 15 minutes. */
function longGroup(objectives: readonly NamedObjective[]): RuleGroup {
  const budgets = objectives.map(({ spec }) => spec.timeWindow);
  const long = [...new Set([...longWindows, ...budgets])].sort((a, b) => parseDuration(a) - parseDuration(b));
  const coarse = ['bad', 'total'].map(
    (what): Rule => ({
      record: `foreshock:objective_${what}:rate15m`,
      expr: `avg_over_time(foreshock:objective_${what}:rate5m[15m])`,
    }),
  );
  return {
    name: 'foreshock objectives, long windows',
    interval: formatDuration(900_000),
    rules: [...coarse, ...long.map(window => ratioRule(window, '15m'))],
  };
}

/**
 * Error ratios over all windows, the budget that is left, and alerts on burn rates. Long windows are made of what is
 * recorded every 15 minutes, so that 30 days are 2,880 samples a series; they hold what there is since the rules were loaded.
 */
export function burnGroups(
  objectives: readonly NamedObjective[],
  options: { readonly interval: number; readonly runbook: (alert: string) => Labels },
): readonly RuleGroup[] {
  if (objectives.length === 0) return [];
  const interval = formatDuration(options.interval);
  return [
    {
      name: 'foreshock objectives',
      interval,
      rules: [
        ...objectives.flatMap(eventRules),
        {
          record: errors('5m'),
          expr: 'foreshock:objective_bad:rate5m / (foreshock:objective_total:rate5m > 0)',
        },
        ...shortWindows.map(window => ratioRule(window, '5m')),
      ],
    },
    longGroup(objectives),
    {
      name: 'foreshock objectives, alerts',
      interval,
      rules: [
        ...objectives.map(budgetRule),
        ...objectives.flatMap(each => burnAlerts(each, options.runbook)),
      ],
    },
  ];
}
