import type { CapacityForecast, Exhaustion, ForecastOutcome } from '../../core/capacity.ts';
import type { Labels } from '../../core/labels.ts';
import { createRandom } from '../../core/random.ts';
import type { ReportedResource, ReportInputs } from '../../reports/model.ts';
import { capacityReport } from '../../reports/report.ts';

export const day = 86_400_000;
/** Monday, 30 November 2026, 08:00 in Berlin. */
export const madeAt = Date.UTC(2026, 10, 30, 7);

const past = 61;
const ahead = 60;

/** What tells a constructed resource from others; in GB and days. */
export interface Made {
  readonly resource?: string;
  readonly entity?: Labels;
  readonly unit?: string;
  readonly level?: number;
  readonly slope?: number;
  readonly noise?: number;
  readonly limit?: number;
  readonly exhaustion?: Exhaustion;
  readonly causes?: CapacityForecast['causes'];
}

export const fills = (
  median: number,
  earliest = median - 3,
  latest = median + 6,
  chance = 0.9,
): Exhaustion => ({
  state: 'fills',
  date: {
    median: madeAt + median * day,
    earliest: madeAt + earliest * day,
    latest: madeAt + latest * day,
    chance,
  },
  reason: 'The median of the simulated paths, read at the envelope of the saw-tooth.',
});
export const clear: Exhaustion = { state: 'clear', reason: 'No path reaches the limit within the horizon.' };
export const over: Exhaustion = { state: 'over', reason: 'The last value is at its limit.' };
export const unknown: Exhaustion = { state: 'unknown', reason: 'Only 2 days of history, 7 are needed.' };

/** A resource that grows by a line with noise, and its forecast with 80 % and 95 % intervals that widen. */
export function forecastOf(made: Made = {}): CapacityForecast {
  const { level = 70e9, slope = 0.4e9, noise = 0.6e9, unit = 'bytes' } = made;
  const random = createRandom(7);
  const start = Math.floor(madeAt / day) * day;
  const t = Float64Array.from({ length: past }, (_, k) => start - (past - 1 - k) * day);
  const v = t.map((_, k) => level + slope * (k - past + 1) + noise * (random() + random() - 1));
  const ft = Float64Array.from({ length: ahead }, (_, k) => start + (k + 1) * day);
  const yhat = ft.map((_, k) => level + slope * (k + 1));
  const spread = (k: number, z: number) => z * noise * Math.sqrt(1 + k / 2);
  const interval = (width: number, z: number) => ({
    level: width,
    lower: yhat.map((y, k) => Math.max(0, y - spread(k, z))),
    upper: yhat.map((y, k) => y + spread(k, z)),
  });
  return {
    pack: 'node',
    resource: made.resource ?? 'filesystem',
    entity: made.entity ?? { instance: 'db-7:9100', mountpoint: '/var' },
    unit,
    history: { t, v, step: day },
    forecast: { t: ft, yhat, intervals: [interval(0.8, 1.28), interval(0.95, 1.96)] },
    limit: made.limit ?? 100e9,
    exhaustion: made.exhaustion ?? clear,
    causes: made.causes ?? [],
    madeAt,
    methods: [
      { name: 'damped-trend', weight: 0.5 },
      { name: 'prophet', weight: 0.3 },
      { name: 'slope-7d', weight: 0.2 },
    ],
  };
}

/** How a forecast of a resource for the day of the report came out. */
export function outcomeOf(
  { pack, resource, entity }: Pick<CapacityForecast, 'pack' | 'resource' | 'entity'>,
  came: {
    readonly ahead: number;
    readonly predicted: number;
    readonly actual: number;
    readonly width?: number;
  },
): ForecastOutcome {
  const { predicted, actual, width = 2e9 } = came;
  const span = came.ahead * day;
  return {
    ...{ pack, resource, entity, predicted, actual },
    madeAt: madeAt - day / 2 - span,
    ahead: span,
    lower80: predicted - width,
    upper80: predicted + width,
  };
}

/** The inputs of a report, empty but for what is given. */
export function inputsOf(given: Partial<ReportInputs> = {}): ReportInputs {
  return {
    madeAt,
    back: 7 * day,
    ahead: 30 * day,
    timeZone: 'Europe/Berlin',
    forecasts: [],
    outcomes: [],
    incidents: [],
    noise: { alerts: 0, incidents: 0, notifications: 0 },
    noiseBefore: undefined,
    advice: new Map(),
    missing: [],
    ...given,
  };
}

/** A week of a real team: some resources of each verdict, outcomes, incidents. */
export function usualWeek(): ReportInputs {
  const named = (instance: string, mountpoint?: string): Labels =>
    mountpoint === undefined ? { instance } : { instance, mountpoint };
  const forecasts = [
    forecastOf({
      level: 95e9,
      exhaustion: fills(8, 5, 12),
      slope: 0.6e9,
      causes: [
        { name: 'disk_written', amount: 22e9 },
        { name: 'trend', amount: 14e9 },
      ],
    }),
    forecastOf({
      entity: named('kafka-2:9100', '/data'),
      level: 1.7e12,
      slope: 12e9,
      noise: 20e9,
      limit: 2e12,
      exhaustion: fills(25, 19, 40),
    }),
    forecastOf({
      entity: named('mail-1:9100', '/srv'),
      level: 101e9,
      limit: 100e9,
      slope: 0.1e9,
      exhaustion: over,
    }),
    forecastOf({
      resource: 'memory',
      entity: named('api-3:9100'),
      level: 24e9,
      slope: 0.1e9,
      noise: 1.5e9,
      limit: 32e9,
      exhaustion: fills(45, 27, 90, 0.7),
    }),
    forecastOf({
      resource: 'connections',
      entity: { service: 'postgres', database: 'orders' },
      unit: 'short',
      level: 160,
      slope: 0.8,
      noise: 6,
      limit: 200,
      exhaustion: fills(50, 38, 70),
    }),
    forecastOf({ resource: 'memory', entity: named('api-4:9100'), exhaustion: unknown, limit: Number.NaN }),
    forecastOf({
      resource: 'filesystem',
      entity: named('backup-1:9100', '/backup'),
      level: 0.9e12,
      slope: 1e8,
      noise: 4e9,
      limit: 8e12,
    }),
    forecastOf({
      resource: 'memory',
      entity: named('batch-1:9100'),
      level: 6e9,
      slope: 0,
      noise: 1e9,
      limit: 64e9,
    }),
    forecastOf({
      resource: 'cpu',
      entity: named('web-1:9100'),
      unit: 'percentunit',
      level: 0.62,
      slope: 0.001,
      noise: 0.08,
      limit: 1,
      causes: [{ name: 'http_requests', amount: 0.05 }],
    }),
    forecastOf({
      resource: 'certificate_expiry',
      entity: { host: 'shop.example.com' },
      unit: 's',
      level: 78 * 86_400,
      slope: 86_400,
      noise: 0,
      limit: 90 * 86_400,
      exhaustion: { ...fills(12, 12, 12), reason: 'It ages by a second a second.' },
    }),
  ];
  const outcomes = forecasts.slice(0, 9).flatMap((each, k) => {
    const last = each.history.v.at(-1)!;
    const width = 0.03 * Math.abs(last);
    return [
      outcomeOf(each, { ahead: 7, predicted: last * (k === 3 ? 0.93 : 0.99), actual: last, width }),
      outcomeOf(each, { ahead: 30, predicted: last * (k === 0 ? 0.9 : 1.01), actual: last, width }),
      ...Array.from({ length: 44 }, (_, n) =>
        outcomeOf(each, {
          ahead: 1,
          predicted: last * (n % 4 === 0 && n % 3 !== 0 ? 1.05 : 1.01),
          actual: last,
          width,
        }),
      ),
    ];
  });
  const began = madeAt - 5 * day;
  return inputsOf({
    forecasts,
    outcomes,
    incidents: [
      {
        id: 'i1',
        title: 'redis: memory used',
        startsAt: began,
        endsAt: began + 42 * 60_000,
        alerts: 32,
        notifications: 2,
        real: true,
      },
      {
        id: 'i2',
        title: 'checkout: call error ratio',
        startsAt: began + 2 * day,
        endsAt: began + 2 * day + 9 * 60_000,
        alerts: 7,
        notifications: 2,
        real: undefined,
      },
      {
        id: 'i3',
        title: 'node-12:9100: filesystem used',
        startsAt: madeAt - 3 * 3_600_000,
        endsAt: undefined,
        alerts: 1,
        notifications: 1,
        real: undefined,
      },
    ],
    noise: { alerts: 40, incidents: 3, notifications: 5 },
    noiseBefore: { alerts: 61, incidents: 4, notifications: 9 },
    missing: [],
  });
}

/** The one resource of a report over this forecast. */
export function only(made: Parameters<typeof forecastOf>[0]): ReportedResource {
  const { resources } = capacityReport(inputsOf({ forecasts: [forecastOf(made)] }));
  return resources[0]!;
}
