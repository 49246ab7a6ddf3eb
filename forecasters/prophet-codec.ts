import { z } from 'zod';
import type { Terms } from './prophet-design.ts';
import type { ProphetScale } from './prophet-scale.ts';
import type { Trend } from './prophet-trend.ts';

/** All that a fitted model is; plain data. */
export interface ProphetModel {
  readonly scale: ProphetScale;
  readonly trend: Trend;
  readonly terms: Terms;
  readonly beta: Float64Array;
  readonly sigma: number;
  readonly samples: number;
  readonly seed: number;
  /** Last time of the history and its step (ms), and what is known of the regressors after it: where `forecast` goes on. */
  readonly last: number;
  readonly step: number;
  readonly future: Readonly<Record<string, Float64Array>>;
}

const version = 1;
const numbers = z.array(z.number()).transform(values => Float64Array.from(values));
/** JSON has no NaN. */
const orNone = z
  .number()
  .nullable()
  .transform(value => value ?? Number.NaN);
const term = { name: z.string(), prior: z.number(), multiplicative: z.boolean() };
const calendar = z.strictObject({
  months: z.array(z.number()).optional(),
  weekdays: z.array(z.number()).optional(),
  hours: z.array(z.number()).optional(),
});

const modelSchema = z.strictObject({
  kind: z.literal('prophet'),
  version: z.literal(version),
  scale: z.strictObject({
    start: z.number(),
    span: z.number(),
    scale: z.number(),
    floor: orNone,
    cap: orNone,
  }),
  trend: z.strictObject({
    growth: z.enum(['linear', 'logistic', 'flat']),
    k: z.number(),
    m: z.number(),
    changepoints: numbers,
    delta: numbers,
  }),
  terms: z.strictObject({
    seasons: z.array(
      z.strictObject({
        ...term,
        period: z.number(),
        order: z.int(),
        when: calendar.optional(),
        condition: z.string().optional(),
      }),
    ),
    holidays: z.array(z.strictObject({ ...term, days: z.array(z.number()) })),
    regressors: z.array(z.strictObject({ ...term, mean: z.number(), scale: z.number() })),
  }),
  beta: numbers,
  sigma: z.number(),
  samples: z.int(),
  seed: z.int(),
  last: z.number(),
  step: z.number(),
  future: z.record(z.string(), numbers),
});

/** The model as bytes: JSON in UTF-8, in which every number is written so that it comes back the same. */
export function writeProphet(model: ProphetModel): Uint8Array {
  const text = JSON.stringify({ kind: 'prophet', version, ...model }, (_, value: unknown) =>
    value instanceof Float64Array ? Array.from(value) : value,
  );
  return new TextEncoder().encode(text);
}

/** Reads what `writeProphet` wrote; RangeError when the bytes are cut or another thing. */
export function readProphet(bytes: Uint8Array): ProphetModel {
  try {
    const {
      kind: _kind,
      version: _version,
      ...model
    } = modelSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
    return model;
  } catch (cause) {
    throw new RangeError(`the bytes (${bytes.length}) are no model of prophet of version ${version}`, {
      cause,
    });
  }
}
