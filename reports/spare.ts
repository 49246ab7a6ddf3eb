import { isExpiry } from './expiry.ts';
import type { ReportedResource, SpareResource } from './model.ts';

const day = 86_400_000;
/** Less history says nothing of a month's end. */
const shortest = 14 * day;
/** What never needs more than this share of its limit is over-provisioned; so much of it is to stay in use afterwards. */
const idle = 0.5;
const filled = 0.7;

const largest = (values: Float64Array): number =>
  values.reduce((most, v) => (Number.isFinite(v) ? Math.max(most, v) : most), Number.NEGATIVE_INFINITY);

/**
 * Resources that neither measured values nor the widest interval of the forecast bring above half of the limit; what could go
 * with 30 % still free, the emptiest first.
 */
export function spareOf(resources: readonly ReportedResource[]): readonly SpareResource[] {
  const found = resources.flatMap((each): SpareResource[] => {
    const { history, forecast, limit, resource, verdict } = each;
    const seen = history.t.filter((_, k) => Number.isFinite(history.v[k]));
    const isLong = seen.length > 1 && seen.at(-1)! - seen[0]! >= shortest;
    if (!isLong || !(limit > 0) || verdict !== 'clear' || isExpiry(resource)) return [];
    const peak = largest(history.v);
    const top = Math.max(
      peak,
      largest(forecast.yhat),
      ...forecast.intervals.map(({ upper }) => largest(upper)),
    );
    if (!(top >= 0) || top > idle * limit) return [];
    const { id, name, unit } = each;
    return [{ id, name, unit, limit, peak, top, spare: limit - top / filled }];
  });
  return found.sort((a, b) => a.top / a.limit - b.top / b.limit);
}
