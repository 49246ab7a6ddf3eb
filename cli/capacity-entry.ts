import { z } from 'zod';
import type { CapacityForecast } from '../core/capacity.ts';
import { fingerprint } from '../core/labels.ts';
import { readBytes, writeBytes } from '../detectors/bytes.ts';
import type { CapacityLevel } from './capacity-alerts.ts';
import { capacityLevels, type Judged, type Pending, type WidthFactors } from './capacity-calibration.ts';
import { type CapacityHistory, usedHistory } from './capacity-history.ts';

/** Everything that is kept of one resource of one entity. */
export interface CapacityEntry {
  readonly history: CapacityHistory;
  readonly own: WidthFactors;
  /** Forecasts that wait for their day, in order of making. */
  readonly pending: readonly Pending[];
  /** What came of those of the last days, the newest last. */
  readonly judged: readonly Judged[];
  readonly level: CapacityLevel;
  /** The newest forecast; undefined before the first. */
  readonly forecast: CapacityForecast | undefined;
}

/** The name under which an entry is kept. */
export function entryKey({
  pack,
  resource,
  entity,
}: Pick<CapacityHistory, 'pack' | 'resource' | 'entity'>): string {
  return `${pack}/${resource}${fingerprint(entity)}`;
}

const pair = z.tuple([z.number(), z.number()]);
const orNone = z
  .number()
  .nullable()
  .transform(value => value ?? Number.NaN);
const exhaustionSchema = z.union([
  z.object({
    state: z.literal('fills'),
    date: z.object({ median: orNone, earliest: orNone, latest: orNone, chance: z.number() }),
    reason: z.string(),
  }),
  z.object({ state: z.enum(['over', 'clear', 'unknown']), reason: z.string() }),
]);

/** What is no column. */
const headSchema = z.object({
  pack: z.string(),
  resource: z.string(),
  entity: z.record(z.string(), z.string()),
  regressors: z.array(z.string()),
  own: pair,
  pending: z.array(
    z.object({ madeAt: z.number(), due: z.number(), predicted: z.number(), lower: pair, upper: pair }),
  ),
  judged: z.array(
    z.object({
      madeAt: z.number(),
      ahead: z.number(),
      predicted: z.number(),
      lower80: z.number(),
      upper80: z.number(),
      actual: z.number(),
      missed: z.tuple([z.boolean(), z.boolean()]),
    }),
  ),
  level: z.object({ level: z.enum(['none', 'warning', 'critical']), since: z.number() }),
  made: z
    .object({
      unit: z.string(),
      madeAt: z.number(),
      limit: orNone,
      exhaustion: exhaustionSchema,
      causes: z.array(z.object({ name: z.string(), amount: z.number() })),
      methods: z.array(z.object({ name: z.string(), weight: z.number() })),
    })
    .optional(),
});

function madeOf({ unit, madeAt, limit, exhaustion, causes, methods }: CapacityForecast) {
  return { unit, madeAt, limit, exhaustion, causes, methods };
}

/** An entry as bytes. */
export function writeEntry({ history, own, pending, judged, level, forecast }: CapacityEntry): Uint8Array {
  const { pack, resource, entity, from, used, limit, regressors } = history;
  const head = {
    ...{ pack, resource, entity, own, pending, level },
    regressors: Object.keys(regressors),
    judged: judged.map(({ outcome: { pack: _p, resource: _r, entity: _e, ...outcome }, missed }) => ({
      ...outcome,
      missed,
    })),
    made: forecast === undefined ? undefined : madeOf(forecast),
  };
  const ahead = forecast?.forecast;
  const ends = ahead === undefined ? [] : ahead.intervals.flatMap(({ lower, upper }) => [lower, upper]);
  const columns = [
    used,
    limit,
    ...Object.values(regressors),
    ...(ahead ? [ahead.t, ahead.yhat, ...ends] : []),
  ];
  return writeBytes({ from }, columns, [new TextEncoder().encode(JSON.stringify(head))]);
}

/** Reads what `writeEntry` wrote; throws when the bytes are cut or another thing. */
export function readEntry(bytes: Uint8Array): CapacityEntry {
  const { head: numbers, arrays, blobs } = readBytes(bytes);
  const head = headSchema.parse(JSON.parse(new TextDecoder().decode(blobs[0])));
  const { pack, resource, entity, own, pending, level, made } = head;
  const [used, limit, ...rest] = arrays;
  const { from } = numbers;
  if (from === undefined || used === undefined || limit === undefined)
    throw new RangeError('the entry has no columns');
  const regressors = Object.fromEntries(head.regressors.map((name, k) => [name, rest[k]!]));
  const history = { pack, resource, entity, from, used, limit, regressors };
  const [t = new Float64Array(0), yhat = new Float64Array(0), ...ends] = rest.slice(head.regressors.length);
  const intervals = capacityLevels
    .map((each, k) => ({ level: each, lower: ends[2 * k], upper: ends[2 * k + 1] }))
    .flatMap(({ level: each, lower, upper }) => (lower && upper ? [{ level: each, lower, upper }] : []));
  return {
    ...{ history, own, pending, level },
    judged: head.judged.map(({ missed, ...outcome }) => ({
      outcome: { pack, resource, entity, ...outcome },
      missed,
    })),
    forecast:
      made === undefined
        ? undefined
        : {
            pack,
            resource,
            entity,
            history: usedHistory(history),
            forecast: { t, yhat, intervals },
            ...made,
          },
  };
}
