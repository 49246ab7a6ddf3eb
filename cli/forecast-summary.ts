import type { Exhaustion } from '../core/capacity.ts';
import { formatDuration } from '../core/duration.ts';
import type { Forecast, History } from '../core/forecaster.ts';
import type { Outlook } from '../forecasters/outlook.ts';
import { formatTimestamp } from './timestamp.ts';

const day = 86_400_000;
/** A number for a reader; null where there is none. */
const rounded = (value: number) => (Number.isFinite(value) ? Number(value.toPrecision(6)) : null);
const field = (value: number) => (Number.isFinite(value) ? String(Number(value.toPrecision(8))) : '');
const percent = (level: number) => String(Number((100 * level).toPrecision(6)));

/** A forecast as CSV: timestamp, yhat, and both ends of each interval. */
export function forecastTable({ t, yhat, intervals }: Forecast): string {
  const ends = intervals.flatMap(({ level }) => [
    `yhat_lower_${percent(level)}`,
    `yhat_upper_${percent(level)}`,
  ]);
  const rows = Array.from(t, (time, h) => {
    const values = intervals.flatMap(({ lower, upper }) => [field(lower[h]!), field(upper[h]!)]);
    return [formatTimestamp(time), field(yhat[h]!), ...values].join(',');
  });
  return `${[['timestamp', 'yhat', ...ends].join(','), ...rows].join('\n')}\n`;
}

/** What an exhaustion says, in days after the history; -1 is over already, null not within the horizon or unknown. */
function fillOf(exhaustion: Exhaustion, now: number) {
  const days = (t: number) => rounded((t - now) / day);
  const { state, reason } = exhaustion;
  if (state !== 'fills') return { state, days: state === 'over' ? -1 : null, reason };
  const { median, earliest, latest, chance } = exhaustion.date;
  return {
    state,
    days: days(median),
    days_80: [days(earliest), days(latest)],
    date: Number.isNaN(median) ? null : formatTimestamp(median),
    chance: rounded(chance),
    reason,
  };
}

/** How the ensemble did at earlier times of this series. */
function backtestOf({ fitted }: Outlook, history: History, levels: readonly number[]) {
  const errors = fitted.foldErrors.flatMap(fold => [...fold]).filter(error => !Number.isNaN(error));
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + Math.abs(value), 0);
  const sizes = [...history.v].filter(value => !Number.isNaN(value));
  const error = sum(errors) / errors.length;
  return {
    earlier_times: fitted.foldErrors.length,
    mean_absolute_error: rounded(error),
    share_of_mean: rounded((error * sizes.length) / sum(sizes)),
    coverage: Object.fromEntries(levels.map(level => [percent(level), rounded(fitted.coverage(level))])),
  };
}

/** What a summary is made of. */
export interface SummaryParts {
  readonly history: History;
  readonly levels: readonly number[];
  readonly outlook: Outlook;
  /** The forecast that was written. */
  readonly after: Forecast;
  readonly exhaustion: Exhaustion | undefined;
  readonly scenario?: ScenarioPart;
  readonly notes: readonly string[];
}

/** What the scenarios were, and what would be without them. */
export interface ScenarioPart {
  readonly texts: readonly string[];
  readonly before: Forecast;
  readonly exhaustion: Exhaustion | undefined;
}

function changeOf({ texts, before, exhaustion }: ScenarioPart, after: Forecast, now: number) {
  const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value / values.length, 0);
  const [from, to] = [mean(before.yhat), mean(after.yhat)];
  return {
    what: texts,
    mean_before: rounded(from),
    mean_after: rounded(to),
    change_percent: rounded((100 * (to - from)) / Math.abs(from)),
    ...(exhaustion === undefined ? {} : { exhaustion_before: fillOf(exhaustion, now) }),
  };
}

/** The summary of a forecast as JSON. */
export function summaryOf({
  history,
  levels,
  outlook,
  after,
  exhaustion,
  scenario,
  notes,
}: SummaryParts): string {
  const last = history.t[history.t.length - 1]!;
  const used = outlook.fitted.shares.filter(({ weight }) => weight >= 0.001);
  const effects = outlook.effects.map(({ name, coefficient }) => ({
    name,
    adds_per_unit: rounded(coefficient),
  }));
  const summary = {
    history: {
      from: formatTimestamp(history.t[0]!),
      until: formatTimestamp(last),
      step: formatDuration(history.step),
      values: history.v.filter(value => !Number.isNaN(value)).length,
    },
    steps: after.t.length,
    methods: used
      .sort((a, b) => b.weight - a.weight)
      .map(({ name, weight, error }) => ({ name, weight: rounded(weight), error: rounded(error) })),
    backtest: backtestOf(outlook, history, levels),
    ...(effects.length === 0 ? {} : { regressors: effects }),
    ...(exhaustion === undefined ? {} : { exhaustion: fillOf(exhaustion, last) }),
    ...(scenario === undefined ? {} : { scenario: changeOf(scenario, after, last) }),
    notes,
  };
  return `${JSON.stringify(summary, null, 2)}\n`;
}
