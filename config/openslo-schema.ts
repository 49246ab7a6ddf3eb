import { z } from 'zod';
import { parseDuration } from '../core/duration.ts';

const text = z.string().min(1);
const about = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'must be lower case letters, digits and -, at most 63'),
  displayName: z.string().optional(),
  labels: z.record(z.string(), z.unknown()).optional(),
  annotations: z.record(z.string(), z.unknown()).optional(),
});

const metric = z.strictObject({
  metricSource: z.strictObject({
    metricSourceRef: z.string().optional(),
    type: z
      .string()
      .regex(/^prometheus$/i, 'must be Prometheus: rules are made for no other')
      .default('Prometheus'),
    spec: z.strictObject({ query: text }),
  }),
});

const oneOf = 'must have ratioMetric or thresholdMetric, one of them';
const indicator = z
  .strictObject({
    description: z.string().optional(),
    ratioMetric: z
      .strictObject({
        counter: z.boolean().optional(),
        good: metric.optional(),
        bad: metric.optional(),
        total: metric,
      })
      .refine(
        ({ good, bad }) => (good === undefined) !== (bad === undefined),
        'must have good or bad, one of them',
      )
      .optional(),
    thresholdMetric: metric.optional(),
  })
  .refine(each => (each.ratioMetric === undefined) !== (each.thresholdMetric === undefined), oneOf);

function within(given: string, least: string, most: string): boolean {
  try {
    const ms = parseDuration(given);
    return ms >= parseDuration(least) && ms <= parseDuration(most);
  } catch {
    return false;
  }
}

/** Slices are judged over the window of the rules, which is no shorter. */
const sliceWindow = z.string().refine(given => within(given, '1s', '5m'), 'must be a duration of at most 5m');

const objective = z
  .strictObject({
    displayName: z.string().optional(),
    op: z.enum(['lt', 'lte', 'gt', 'gte']).optional(),
    value: z.number().optional(),
    target: z.number().gt(0).lt(1).optional(),
    targetPercent: z.number().gt(0).lt(100).optional(),
    timeSliceTarget: z.number().gt(0).max(1).optional(),
    timeSliceWindow: sliceWindow.optional(),
  })
  .refine(
    each => (each.target === undefined) !== (each.targetPercent === undefined),
    'must have target or targetPercent, one of them',
  );

const timeWindow = z.strictObject({
  duration: z.string().refine(given => within(given, '1d', '90d'), 'must be a duration from 1d to 90d'),
  isRolling: z.literal(true, 'must be true: a budget that begins anew with the calendar is not supported'),
});

/** A document of kind SLO: https://github.com/OpenSLO/OpenSLO, version v1. What only other kinds are about is read over. */
export const sloSchema = z.strictObject({
  apiVersion: z.literal('openslo/v1'),
  kind: z.literal('SLO'),
  metadata: about,
  spec: z.strictObject({
    description: z.string().default(''),
    service: z.string().optional(),
    indicator: z.strictObject(
      { metadata: about.optional(), spec: indicator },
      'must be written here: an indicatorRef is not followed',
    ),
    timeWindow: z
      .array(timeWindow)
      .length(1)
      .default([{ duration: '30d', isRolling: true }]),
    budgetingMethod: z.enum(['Occurrences', 'Timeslices']),
    objectives: z.array(objective).min(1),
    alertPolicies: z.array(z.unknown()).optional(),
  }),
});

export type Slo = z.output<typeof sloSchema>;
export type SloObjective = Slo['spec']['objectives'][number];
