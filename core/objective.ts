import { z } from 'zod';
import { parseDuration } from './duration.ts';

const day = 86_400_000;

/** One that Prometheus can hold a window of: 1d to 90d. */
const timeWindow = z.string().refine(text => {
  try {
    const ms = parseDuration(text);
    return ms >= day && ms <= 90 * day;
  } catch {
    return false;
  }
}, 'must be a duration from 1d to 90d, such as 30d');

const query = z.string().min(1);

/** Good or bad events among all, each a second: `sum by (...) (rate(x[$rate_interval]))`. */
const ratioMetric = z
  .strictObject({ good: query.optional(), bad: query.optional(), total: query })
  .refine(
    ({ good, bad }) => (good === undefined) !== (bad === undefined),
    'must have good or bad, one of them',
  );

/** Time during which `query op value` holds is good. */
const thresholdMetric = z.strictObject({
  query,
  op: z.enum(['lt', 'lte', 'gt', 'gte']),
  value: z.number(),
});

const indicator = z
  .strictObject({ ratioMetric: ratioMetric.optional(), thresholdMetric: thresholdMetric.optional() })
  .refine(
    each => (each.ratioMetric === undefined) !== (each.thresholdMetric === undefined),
    'must have ratioMetric or thresholdMetric, one of them',
  );

/** A service level objective in the words of OpenSLO v1; each series of its indicator has a budget of its own. */
export const objectiveSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_-]*$/, 'must be lower case letters, digits, - and _'),
  /** What is promised, to whom. */
  description: z.string().default(''),
  /** The class whose entities it is about: the indicator carries their labels. */
  class: z.string().optional(),
  indicator,
  /** Share that is good, above 0 and below 1. */
  target: z.number().gt(0).lt(1),
  timeWindow: timeWindow.default('30d'),
  /** Of the alerts that page; slow burns are warnings. */
  severity: z.string().default('critical'),
  /** What to do when the budget burns. */
  action: z.string().default(''),
});
export type ObjectiveSpec = z.output<typeof objectiveSchema>;

export type Indicator = ObjectiveSpec['indicator'];

/** The queries of an indicator with their keys below `indicator`. */
export function indicatorQueries({
  ratioMetric: ratio,
  thresholdMetric: threshold,
}: {
  readonly ratioMetric?: Indicator['ratioMetric'];
  readonly thresholdMetric?: { readonly query: string } | undefined;
}): readonly { readonly keys: readonly string[]; readonly query: string }[] {
  return [
    { keys: ['ratioMetric', 'good'], query: ratio?.good },
    { keys: ['ratioMetric', 'bad'], query: ratio?.bad },
    { keys: ['ratioMetric', 'total'], query: ratio?.total },
    { keys: ['thresholdMetric', 'query'], query: threshold?.query },
  ].flatMap(({ keys, query }) => (query === undefined ? [] : [{ keys, query }]));
}

/** The same indicator with each of its queries changed. */
export function mapQueries(
  { ratioMetric: ratio, thresholdMetric: threshold }: Indicator,
  change: (query: string) => string,
): Indicator {
  const changed = (query: string | undefined) => (query === undefined ? undefined : change(query));
  return {
    ratioMetric: ratio && { good: changed(ratio.good), bad: changed(ratio.bad), total: change(ratio.total) },
    thresholdMetric: threshold && { ...threshold, query: change(threshold.query) },
  };
}
