import { fingerprint, type Labels } from '../core/labels.ts';
import {
  burnAlertLabels,
  burnAnnotations,
  burnThresholds,
  type NamedObjective,
  objectiveLabels,
} from './burn-rates.ts';
import { expectedAlert, type RuleTest, sampleInterval, stepSeries } from './rule-tests.ts';
import { valueText } from './template-text.ts';

type Pace = 'fast' | 'slowly';
type Runbook = (alert: string) => Labels;

/** An objective and the error ratio that is fed. */
type Fed = readonly [NamedObjective, number];

interface BurnCase {
  readonly name: string;
  readonly fed: readonly Fed[];
  /** Hour of the test from which on there are errors, 0 unless given, and hour at which alerts are looked for, 3. */
  readonly from?: number;
  readonly at?: number;
  readonly told: Readonly<Partial<Record<Pace, readonly Fed[]>>>;
  /** Share of the budget that is left of all of them; not looked at when it is left out. */
  readonly left?: number;
}

const alertnames = { fast: 'ForeshockBudgetBurnsFast', slowly: 'ForeshockBudgetBurnsSlowly' } as const;

function entityOf({ class: of }: NamedObjective): Labels {
  return Object.fromEntries((of?.entityLabels ?? []).map(label => [label, 'example']));
}

function expected(pace: Pace, [objective, errors]: Fed, runbook: Runbook): RuleTest {
  const labels = { ...entityOf(objective), ...burnAlertLabels(objective, pace) };
  const annotations = burnAnnotations(objective, pace, runbook(alertnames[pace]));
  return expectedAlert(labels, annotations, valueText(errors, 'percentunit'));
}

function testOf({ name, fed, from = 0, at = 3, told, left }: BurnCase, runbook: Runbook): RuleTest {
  const paces = (['fast', 'slowly'] as const).filter(pace => told[pace] !== undefined);
  return {
    name,
    interval: sampleInterval,
    input_series: fed.flatMap(([objective, errors]) => {
      const labels = { ...entityOf(objective), ...objectiveLabels(objective) };
      return [
        stepSeries('foreshock:objective_bad:rate5m', labels, [0, errors, from]),
        stepSeries('foreshock:objective_total:rate5m', labels, [1, 1, from]),
      ];
    }),
    promql_expr_test: left === undefined ? undefined : fed.map(([each]) => leftTest(each, { at, left })),
    alert_rule_test: paces.map(pace => ({
      eval_time: `${at}h`,
      alertname: alertnames[pace],
      exp_alerts: told[pace]?.map(each => expected(pace, each, runbook)),
    })),
  };
}

function leftTest(
  objective: NamedObjective,
  { at, left }: { readonly at: number; readonly left: number },
): RuleTest {
  const labels = fingerprint({ ...entityOf(objective), ...objectiveLabels(objective) });
  const expr = `foreshock:objective_budget_left:ratio${labels}`;
  return { expr, eval_time: `${at}h`, exp_samples: [{ labels: expr, value: left }] };
}

/** The objectives for which there is an error ratio above one threshold and below another, with it. */
function between(
  objectives: readonly NamedObjective[],
  bounds: (of: ReturnType<typeof burnThresholds>) => readonly [number, number],
): readonly Fed[] {
  return objectives.flatMap(each => {
    const [low, high] = bounds(burnThresholds(each.spec));
    const errors = Number((low + 0.5 * (high - low)).toPrecision(3));
    return errors > low && errors < high ? [[each, errors] as const] : [];
  });
}

/** Each objective without errors, with nothing but errors, and with so many that one window alone tells it. */
export function burnTests(objectives: readonly NamedObjective[], runbook: Runbook): readonly RuleTest[] {
  const all = objectives.map(each => [each, 1] as const);
  const none = objectives.map(each => [each, 0] as const);
  const hour = between(objectives, of => [of.hour, Math.min(1, 6 * of.sixHours)]);
  const sixHours = between(objectives, of => [of.sixHours, of.hour]);
  const slowly = between(objectives, of => [of.slowly, of.sixHours]);
  const cases: readonly BurnCase[] = [
    {
      name: 'without errors no budget burns',
      fed: none,
      told: { fast: [], slowly: [] },
      left: 1,
    },
    {
      name: 'with nothing but errors the budget burns fast',
      fed: all,
      told: { fast: all, slowly: all },
    },
    {
      name: 'after six good hours, an hour of many errors is told at once',
      fed: hour,
      from: 6,
      at: 7,
      told: { fast: hour },
    },
    {
      name: 'fewer errors are told when they last for hours',
      fed: sixHours,
      told: { fast: sixHours, slowly: sixHours },
    },
    {
      name: 'with some more errors than promised it burns slowly',
      fed: slowly,
      told: { fast: [], slowly },
    },
  ];
  return cases.filter(({ fed }) => fed.length > 0).map(each => testOf(each, runbook));
}
