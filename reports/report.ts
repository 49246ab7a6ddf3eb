import type { CapacityForecast } from '../core/capacity.ts';
import { type Calendar, calendarOf } from '../core/say-day.ts';
import { sayCount } from '../core/say-name.ts';
import { visibleText } from '../core/visible-text.ts';
import { actionOf } from './action.ts';
import { causeOf } from './cause.ts';
import type { CapacityReport, Comparison, ReportedResource, ReportInputs, Verdict } from './model.ts';
import { resourceName } from './resource-name.ts';
import { spareOf } from './spare.ts';
import { aMonth, aWeek, coverageOf, keyOf, newestOf, trackRecord } from './track-record.ts';
import { answerOf } from './verdict.ts';

const order: readonly Verdict[] = ['over', 'soon', 'maybe', 'later', 'unknown', 'clear'];

/** What a resource is ranked by among those with the same verdict, the smallest first. */
function rank({ verdict, fill, share }: ReportedResource): number {
  if (verdict === 'soon' || verdict === 'later') return fill!.median;
  if (verdict === 'maybe') return fill!.earliest;
  return Number.isNaN(share) ? Number.POSITIVE_INFINITY : -share;
}

/** `node-9` before `node-10`. */
const inWords = new Intl.Collator('en', { numeric: true });

const compare = (a: number | string, b: number | string): number => (a < b ? -1 : a > b ? 1 : 0);

function byUrgency(a: ReportedResource, b: ReportedResource): number {
  return (
    order.indexOf(a.verdict) - order.indexOf(b.verdict) ||
    compare(rank(a), rank(b)) ||
    inWords.compare(a.name, b.name) ||
    compare(a.name, b.name)
  );
}

/** What is known beside the forecasts. */
interface Beside {
  readonly week: ReadonlyMap<string, Comparison>;
  readonly month: ReadonlyMap<string, Comparison>;
  readonly advice: ReportInputs['advice'];
}

function reported(
  forecast: CapacityForecast,
  beside: Beside,
  how: { readonly madeAt: number; readonly ahead: number; readonly calendar: Calendar },
): ReportedResource {
  const { limit, history, exhaustion, pack, resource, entity, unit } = forecast;
  const used = history.v.findLast(Number.isFinite) ?? Number.NaN;
  const answer = answerOf(forecast, how, how.calendar);
  const key = keyOf(forecast);
  const advice = beside.advice.get(`${pack}/${resource}`) ?? '';
  return {
    id: '',
    name: resourceName(forecast),
    ...{ pack, resource, entity, unit, used, limit, history, ...answer },
    share: limit > 0 ? used / limit : Number.NaN,
    fill: exhaustion.state === 'fills' ? exhaustion.date : undefined,
    cause: causeOf(forecast, how.calendar),
    action: actionOf(forecast, answer, { ...how, advice }),
    advice,
    reason: visibleText(exhaustion.reason),
    methods: forecast.methods,
    madeAt: forecast.madeAt,
    forecast: forecast.forecast,
    lastWeek: beside.week.get(key),
    lastMonth: beside.month.get(key),
  };
}

/** The first sentence of the report. */
function headlineOf(resources: readonly ReportedResource[], days: string, calendar: Calendar): string {
  const dateOf = ({ fill }: ReportedResource) => calendar.day(fill!.median);
  const count = (verdict: Verdict) => resources.filter(each => each.verdict === verdict).length;
  const [over, soon, maybe, unknown] = [count('over'), count('soon'), count('maybe'), count('unknown')];
  if (resources.length === 0) return 'No resource has a forecast yet.';
  const told = resources.length - unknown;
  const first = resources.find(({ verdict }) => verdict === 'soon');
  const said = [
    ...(over > 0
      ? [
          `${sayCount(over, 'resource')} ${over === 1 ? 'is' : 'are'} over ${over === 1 ? 'its limit' : 'their limits'} already`,
        ]
      : []),
    ...(soon > 0
      ? [
          `${sayCount(soon, 'resource')} ${soon === 1 ? 'runs' : 'run'} out in the next ${days}, ${soon === 1 ? '' : 'the first one '}on ${dateOf(first!)}`,
        ]
      : []),
    ...(maybe > 0 ? [`${sayCount(maybe, 'resource')} may run out in the next ${days}`] : []),
  ];
  const cannot = unknown === 0 ? '' : ` ${sayCount(unknown, 'resource')} cannot be forecast.`;
  if (said.length === 0)
    return `Nothing runs out in the next ${days}, of ${sayCount(told, 'resource')} that can be forecast.${cannot}`;
  return `${said.join('; ')}. ${sayCount(told - over - soon - maybe, 'other')} will last.${cannot}`;
}

const day = 86_400_000;

/** The report of what was forecast, how it came out, and the week. Throws a RangeError for a time zone that is not known. */
export function capacityReport(inputs: ReportInputs): CapacityReport {
  const { madeAt, back, ahead, timeZone, outcomes, forecasts } = inputs;
  const calendar = calendarOf(timeZone, madeAt);
  const period = { from: madeAt - back, to: madeAt };
  const beside = {
    week: newestOf(outcomes, aWeek, period),
    month: newestOf(outcomes, aMonth, period),
    advice: inputs.advice,
  };
  const resources = forecasts
    .map(forecast => reported(forecast, beside, { madeAt, ahead, calendar }))
    .sort(byUrgency)
    .map((each, k) => ({ ...each, id: `r${k + 1}` }));
  const named = new Map(resources.map(each => [keyOf(each), { name: each.name, unit: each.unit }]));
  return {
    madeAt,
    from: period.from,
    ahead,
    timeZone,
    headline: headlineOf(resources, sayCount(Math.round(ahead / day), 'day'), calendar),
    resources,
    week: trackRecord(aWeek, beside.week, named),
    month: trackRecord(aMonth, beside.month, named),
    coverage: coverageOf(outcomes),
    incidents: [...inputs.incidents].sort((a, b) => a.startsAt - b.startsAt || compare(a.id, b.id)),
    noise: inputs.noise,
    noiseBefore: inputs.noiseBefore,
    spare: spareOf(resources),
    missing: inputs.missing,
  };
}
