import { sayValue } from '../core/say-value.ts';
import { byLevel, type ForecastFan, largest, smallest } from './forecast-course.ts';

/** What the picture shows, in sentences: for those who do not see it. */
export function aboutFan({
  history,
  forecast,
  limit,
  unit,
  fill,
  calendar,
  ends = 'is full',
}: ForecastFan): string {
  const [low, high] = [smallest(history.v), largest(history.v)];
  const last = history.v.findLast(Number.isFinite);
  const measured =
    last === undefined
      ? 'No samples were measured'
      : `Measured from ${calendar.day(history.t[0]!)} to ${calendar.day(history.t.at(-1)!)} between ${sayValue(low, unit)} and ${sayValue(high, unit)}, last ${sayValue(last, unit)}`;
  const end = forecast.t.at(-1);
  const inner = byLevel(forecast).at(-1);
  const between =
    inner === undefined
      ? ''
      : `, ${Math.round(100 * inner.level)} % between ${sayValue(inner.lower.at(-1)!, unit)} and ${sayValue(inner.upper.at(-1)!, unit)}`;
  const ahead =
    end === undefined
      ? 'There is no forecast'
      : `The forecast for ${calendar.day(end)} is ${sayValue(forecast.yhat.at(-1)!, unit)}${between}`;
  const said = [measured, ahead];
  if (Number.isFinite(limit)) said.push(`The limit is ${sayValue(limit, unit)}`);
  if (fill !== undefined && Number.isFinite(fill.median))
    said.push(`It ${ends} on ${calendar.day(fill.median)}`);
  return `${said.join('. ')}.`;
}
