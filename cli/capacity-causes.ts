import type { GrowthCause } from '../core/capacity.ts';
import { fitProphet } from '../forecasters/prophet.ts';
import { prophetOptions } from '../forecasters/prophet-options.ts';
import { type CapacityHistory, lastDay } from './capacity-history.ts';
import { day } from './capacity-reads.ts';

/** Fewer days than these do not tell a trend from what moves with it. */
const fewestDays = 28;
const options = prophetOptions.parse({});

/** A regressor with its gaps closed by the value before; undefined when it hardly moves or is hardly known. */
function closed(x: Float64Array): Float64Array | undefined {
  const known = x.filter(value => Number.isFinite(value));
  if (known.length < 0.8 * x.length || known.every(value => value === known[0])) return undefined;
  let last = known[0]!;
  return x.map(value => {
    if (Number.isFinite(value)) last = value;
    return last;
  });
}

/** How a regressor goes on by itself: its own trend and seasons. */
function continued(t: Float64Array, x: Float64Array, ahead: Float64Array): Float64Array {
  const fit = fitProphet({ t, y: x }, options);
  return 'unfit' in fit ? new Float64Array(ahead.length).fill(x.at(-1)!) : fit.predict({ t: ahead }, []).yhat;
}

/** A regressor of a resource at times after its last day (ms), as it would go on by itself; undefined when too little is known of it. */
export function continuedRegressor(
  { from, regressors }: Pick<CapacityHistory, 'from' | 'regressors'>,
  name: string,
  ahead: Float64Array,
): Float64Array | undefined {
  const whole = closed(regressors[name] ?? new Float64Array(0));
  if (whole === undefined) return undefined;
  return continued(
    whole.map((_, i) => from + i * day),
    whole,
    ahead,
  );
}

/**
 * What moves a resource over the next days and by how much, the largest first: what its regressors do, and growth of its own. Read
 * off a fit of Prophet's model; the forecast itself is the ensemble's.
 */
export function growthCauses(known: CapacityHistory, days: number): readonly GrowthCause[] {
  const { from, used } = known;
  if (used.filter(value => Number.isFinite(value)).length < fewestDays) return [];
  const t = used.map((_, i) => from + i * day);
  const last = lastDay(known);
  const at = Float64Array.from({ length: days + 1 }, (_, i) => last + i * day);
  const past: Record<string, Float64Array> = {};
  const ahead: Record<string, Float64Array> = {};
  for (const [name, x] of Object.entries(known.regressors)) {
    const whole = closed(x);
    if (whole === undefined) continue;
    past[name] = whole;
    ahead[name] = continued(t, whole, at);
  }
  const fit = fitProphet({ t, y: used, regressors: past }, options);
  if ('unfit' in fit) return [];
  const { trend, terms } = fit.predict({ t: at, regressors: ahead }, []);
  const change = (values: Float64Array) => values[days]! - values[0]!;
  const movers = Object.keys(past).map(name => ({ name, amount: change(terms.get(name)!) }));
  return [{ name: 'growth', amount: change(trend) }, ...movers].sort(
    (a, b) => Math.abs(b.amount) - Math.abs(a.amount),
  );
}
