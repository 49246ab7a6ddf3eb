import { forecastFan } from '../charts/forecast-fan.ts';
import type { Calendar } from '../core/say-day.ts';
import { sayCount } from '../core/say-name.ts';
import { clipped, visibleText } from '../core/visible-text.ts';
import { type Block, heading, paragraph } from './document.ts';
import { isExpiry } from './expiry.ts';
import type { ReportedResource } from './model.ts';
import { sayComparison, sayUsed } from './say-report.ts';

/** Size of each picture, in its own units. */
export interface FigureSize {
  readonly width: number;
  readonly height: number;
  readonly fontSize: number;
}

const longestHeading = 90;

/** `Full on 4 December (80 %: 2 to 9 December).` */
function sayAnswer({ answer, interval }: ReportedResource): string {
  const sentence = answer.charAt(0).toUpperCase() + answer.slice(1);
  return interval === '' ? sentence : `${sentence} (80 %: ${interval})`;
}

/** Methods that weigh less are not worth a name. */
const leastWeight = 0.05;
const mostMethods = 3;

function sayMethods({ methods }: ReportedResource): string {
  const sorted = methods.filter(({ weight }) => weight >= leastWeight).sort((a, b) => b.weight - a.weight);
  const shown = sorted
    .slice(0, mostMethods)
    .map(({ name, weight }) => `${visibleText(name)} ${Math.round(100 * weight)} %`);
  const rest = methods.length - shown.length;
  return shown.length === 0 || rest <= 0
    ? shown.join(', ')
    : `${shown.join(', ')} and ${sayCount(rest, 'other')}`;
}

function factsOf(resource: ReportedResource, calendar: Calendar): (readonly [string, string])[] {
  const { name, cause, action, advice, reason, unit, lastWeek, lastMonth, pack, entity } = resource;
  const methods = sayMethods(resource);
  const labels = Object.entries(entity).map(([label, value]) => `${label}="${value}"`);
  const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
  const facts: [string, string][] = [
    ['Why', capitalised(cause)],
    ['Do', action],
    ['Advice', action === '' || action.endsWith(advice) ? '' : advice],
    [
      'How it is forecast',
      capitalised(
        [reason.replace(/\.$/, ''), methods === '' ? '' : `by ${methods}`].filter(Boolean).join('; '),
      ),
    ],
    ['A week ago', lastWeek === undefined ? '' : capitalised(sayComparison(lastWeek, unit, calendar))],
    ['A month ago', lastMonth === undefined ? '' : capitalised(sayComparison(lastMonth, unit, calendar))],
    [
      'In full',
      [...name].length > longestHeading && labels.length > 0
        ? visibleText(`${pack}: ${labels.join(', ')}`)
        : '',
    ],
  ];
  return facts.filter(([, value]) => value !== '');
}

/** One resource: its answer, its picture, and what is known of it. */
export function resourceBlock(resource: ReportedResource, size: FigureSize, calendar: Calendar): Block {
  const { id, name, unit, history, forecast, limit, fill, madeAt } = resource;
  const expires = isExpiry(resource.resource);
  const short = clipped(name, longestHeading);
  const picture = forecastFan({
    title: short,
    ends: expires ? 'expires' : 'is full',
    ...{ unit, history, forecast, limit, fill, madeAt, calendar },
    ...size,
  });
  const empty = history.t.length === 0 && forecast.t.length === 0;
  return {
    kind: 'group',
    blocks: [
      heading(3, id, short),
      paragraph(`${sayAnswer(resource)}. ${expires ? '' : 'Used: '}${sayUsed(resource)}.`, 'strong'),
      ...(empty ? [paragraph('There is nothing to draw.', 'note')] : [{ kind: 'figure' as const, picture }]),
      { kind: 'facts', facts: factsOf(resource, calendar) },
    ],
  };
}
