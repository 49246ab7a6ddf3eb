import { z } from 'zod';
import type { FillDate } from '../core/capacity.ts';
import type { Interval } from '../core/forecaster.ts';
import type { CapacityReport, Comparison, ReportedResource, TrackRecord } from './model.ts';

const time = z.iso.datetime().nullable().describe('ISO 8601, UTC; null is none.');
const value = z.number().nullable().describe('In the unit of the resource; null is not known.');

const comparison = z
  .strictObject({
    made_at: time,
    at: time,
    predicted: value,
    lower_80: value,
    upper_80: value,
    actual: value,
    held: z.boolean().describe('The interval held what came.'),
  })
  .nullable();

const track = z.strictObject({
  ahead: z.string().describe('Age of the forecasts.'),
  count: z.int(),
  held: z.int().describe('How many 80 % intervals held what came.'),
  median_error: z.number().nullable().describe('Median of |actual - predicted| / |actual|.'),
});

const resource = z.strictObject({
  name: z.string(),
  pack: z.string(),
  resource: z.string(),
  entity: z.record(z.string(), z.string()).describe('Labels.'),
  unit: z.string().describe("Grafana's name of the unit."),
  used: value,
  limit: value,
  verdict: z
    .enum(['over', 'soon', 'maybe', 'later', 'unknown', 'clear'])
    .describe('`soon`: full within the days ahead; `maybe`: it could be; `later`: after them.'),
  answer: z.string().describe('When it is full, in words.'),
  full_at: time,
  earliest: time,
  latest: time,
  chance: z.number().nullable().describe('That it is full within the horizon, 0 to 1.'),
  cause: z.string(),
  action: z.string(),
  reason: z.string(),
  methods: z.array(z.strictObject({ name: z.string(), weight: z.number() })),
  made_at: time,
  last_week: comparison,
  last_month: comparison,
  forecast: z
    .array(
      z.strictObject({
        at: time,
        median: value,
        intervals: z.array(z.strictObject({ level: z.number(), lower: value, upper: value })),
      }),
    )
    .describe('A step each.'),
});

const noise = z.strictObject({ alerts: z.int(), incidents: z.int(), notifications: z.int() });

/** The report as JSON. A field is added under the same version, never changed or removed. */
export const capacityReportSchema = z.strictObject({
  version: z.literal(1),
  made_at: time,
  from: time.describe('Begin of the period that is looked back on; it ends with `made_at`.'),
  days_ahead: z.number(),
  time_zone: z.string(),
  headline: z.string(),
  resources: z.array(resource).describe('The most urgent first.'),
  last_week: track,
  last_month: track,
  coverage: z.strictObject({ level: z.number(), held: z.int(), count: z.int() }),
  incidents: z.array(
    z.strictObject({
      id: z.string(),
      title: z.string(),
      starts_at: time,
      ends_at: time,
      alerts: z.int(),
      notifications: z.int(),
      real: z.boolean().nullable().describe('What people said.'),
    }),
  ),
  noise,
  noise_before: noise.nullable().describe('Of the period before.'),
  over_provisioned: z.array(
    z.strictObject({
      name: z.string(),
      unit: z.string(),
      limit: value,
      peak: value,
      top_of_forecast: value,
      spare: value,
    }),
  ),
  missing: z.array(z.string()).describe('What could not be read.'),
});
export type CapacityReportJson = z.output<typeof capacityReportSchema>;

const iso = (ms: number): string | null =>
  Number.isFinite(ms) && Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : null;
const known = (v: number | undefined): number | null => (v !== undefined && Number.isFinite(v) ? v : null);

function dates(fill: FillDate | undefined) {
  const { median = Number.NaN, earliest = Number.NaN, latest = Number.NaN, chance } = fill ?? {};
  return { full_at: iso(median), earliest: iso(earliest), latest: iso(latest), chance: known(chance) };
}

function comparisonJson(was: Comparison | undefined): z.output<typeof comparison> {
  if (was === undefined) return null;
  const { madeAt, at, predicted, lower80, upper80, actual, held } = was;
  return {
    made_at: iso(madeAt),
    at: iso(at),
    predicted: known(predicted),
    lower_80: known(lower80),
    upper_80: known(upper80),
    actual: known(actual),
    held,
  };
}

const trackJson = ({ ahead, count, held, medianError }: TrackRecord) => ({
  ahead,
  count,
  held,
  median_error: known(medianError),
});

function intervalsAt(intervals: readonly Interval[], k: number) {
  return intervals.map(({ level, lower, upper }) => ({
    level,
    lower: known(lower[k]),
    upper: known(upper[k]),
  }));
}

function resourceJson(each: ReportedResource): z.output<typeof resource> {
  const { name, pack, entity, unit, verdict, answer, cause, action, reason, methods, forecast } = each;
  return {
    name,
    pack,
    resource: each.resource,
    entity: { ...entity },
    unit,
    used: known(each.used),
    limit: known(each.limit),
    verdict,
    answer,
    ...dates(each.fill),
    cause,
    action,
    reason,
    methods: methods.map(({ name: method, weight }) => ({ name: method, weight })),
    made_at: iso(each.madeAt),
    last_week: comparisonJson(each.lastWeek),
    last_month: comparisonJson(each.lastMonth),
    forecast: Array.from(forecast.t, (t, k) => ({
      at: iso(t),
      median: known(forecast.yhat[k]),
      intervals: intervalsAt(forecast.intervals, k),
    })),
  };
}

/** The report as a value of its schema. */
export function reportValue(report: CapacityReport): CapacityReportJson {
  const { madeAt, from, ahead, timeZone, headline, resources, week, month, coverage, incidents } = report;
  return {
    version: 1,
    made_at: iso(madeAt),
    from: iso(from),
    days_ahead: ahead / 86_400_000,
    time_zone: timeZone,
    headline,
    resources: resources.map(resourceJson),
    last_week: trackJson(week),
    last_month: trackJson(month),
    coverage: { ...coverage },
    incidents: incidents.map(({ id, title, startsAt, endsAt, alerts, notifications, real }) => ({
      ...{ id, title, alerts, notifications },
      starts_at: iso(startsAt),
      ends_at: endsAt === undefined ? null : iso(endsAt),
      real: real ?? null,
    })),
    noise: { ...report.noise },
    noise_before: report.noiseBefore === undefined ? null : { ...report.noiseBefore },
    over_provisioned: report.spare.map(({ name, unit, limit, peak, top, spare }) => ({
      ...{ name, unit, limit, peak, spare },
      top_of_forecast: top,
    })),
    missing: [...report.missing],
  };
}

/** The report as JSON text. */
export function reportJson(report: CapacityReport): string {
  return `${JSON.stringify(reportValue(report), undefined, 1)}\n`;
}
