import type { Calendar } from '../core/say-day.ts';
import { sayCount } from '../core/say-name.ts';
import { sayRange, sayValue } from '../core/say-value.ts';
import { isExpiry } from './expiry.ts';
import type { CapacityReport, Comparison, Coverage, Noise, ReportedResource, TrackRecord } from './model.ts';

const percent = (share: number): string => `${Math.round(100 * share)} %`;

/** `95.2 GB of 100 GB (95 %)`, or `12 d of 365 d left` of what expires. */
export function sayUsed({ resource, used, limit, unit, share }: ReportedResource): string {
  if (Number.isNaN(used)) return 'no sample';
  if (Number.isNaN(limit)) return `${sayValue(used, unit)}, no limit known`;
  if (isExpiry(resource))
    return used < limit ? `${sayValue(limit - used, unit)} of ${sayValue(limit, unit)} left` : 'nothing left';
  const part = Number.isNaN(share) ? '' : ` (${percent(share)})`;
  return `${sayValue(used, unit)} of ${sayValue(limit, unit)}${part}`;
}

/** What an earlier forecast said, and what came. */
export function sayComparison(
  { madeAt, at, predicted, lower80, upper80, actual, held }: Comparison,
  unit: string,
  calendar: Calendar,
): string {
  const range = sayRange({ low: lower80, high: upper80 }, predicted, unit);
  const said = `on ${calendar.day(madeAt)} it said ${sayValue(predicted, unit)} (80 %: ${range}) for ${calendar.day(at)}`;
  return `${said}; it was ${sayValue(actual, unit)}, ${held ? 'within' : 'outside of'} the interval`;
}

/** Fewer outcomes than this tell nothing of a share. */
const fewest = 30;
/** Shares that differ by less are as stated. */
const tolerance = 0.05;

/** `80 % intervals held 78 % of the time, 412 forecasts: as stated.` */
export function sayCoverage({ level, held, count }: Coverage): string {
  if (count === 0) return 'No forecast has come due yet, so nothing can be said of its intervals.';
  const share = held / count;
  const told = `${percent(level)} intervals held ${percent(share)} of the time, ${sayCount(count, 'forecast')}`;
  if (count < fewest) return `${told}: too few to judge.`;
  if (Math.abs(share - level) <= tolerance) return `${told}: as stated.`;
  if (share < level) return `${told}: they are too narrow, take the dates as less sure than they say.`;
  return `${told}: they are wider than they need be, the dates are surer than they say.`;
}

/** How the forecasts of one age came out. */
export function sayTrack({ ahead, count, held, medianError }: TrackRecord): string {
  if (count === 0) return `No forecast that was made ${ahead} ahead came due in this period.`;
  const error = Number.isNaN(medianError) ? '' : `, off by ${percent(medianError)} in the median`;
  return `Made ${ahead} ahead: ${sayCount(count, 'forecast')} came due${error}; the 80 % interval held ${held} of them (${percent(held / count)}).`;
}

/** What became of the alerts of the period, beside those of the one before; it begins with a small letter. */
export function sayNoise({ noise, noiseBefore }: Pick<CapacityReport, 'noise' | 'noiseBefore'>): string {
  const { alerts, notifications } = noise;
  const fewer =
    alerts > notifications && notifications > 0
      ? `, ${percent(1 - notifications / alerts)} fewer calls than alerts`
      : '';
  const before = noiseBefore === undefined ? '' : `; the week before, ${sayFlow(noiseBefore)}`;
  return `${sayFlow(noise)}${fewer}${before}.`;
}

function sayFlow({ alerts, incidents, notifications }: Noise): string {
  if (alerts === 0 && incidents === 0) return 'no alert and no incident';
  return `${sayCount(alerts, 'alert')} became ${sayCount(incidents, 'incident')} and ${sayCount(notifications, 'notification')}`;
}
