import { type Calendar, calendarOf } from '../core/say-day.ts';
import { sayCount } from '../core/say-name.ts';
import { saySpan } from '../core/say-time.ts';
import { sayRange, sayValue } from '../core/say-value.ts';
import { clipped, visibleText } from '../core/visible-text.ts';
import { type Block, type Cell, heading, paragraph, type ReportDocument, type Table } from './document.ts';
import type { CapacityReport, ReportedIncident, ReportedResource, TrackRecord } from './model.ts';
import { type FigureSize, resourceBlock } from './resource-blocks.ts';
import { sayCoverage, sayNoise, sayTrack, sayUsed } from './say-report.ts';

const day = 86_400_000;
const longestCell = 80;
/** Of more resources the others stand in the table only, and of still more in CSV and JSON only. */
const mostPictures = 400;
const mostGlanced = 2000;
/** Rows of any other table. */
const mostRows = 300;
/** Fewer resources are seen at a glance in their own section. */
const glanceFrom = 9;

/** A name that leads to the section of the resource, where it has one. */
function nameCell({ id, name }: { readonly id: string; readonly name: string }): Cell {
  const text = clipped(name, longestCell);
  const hasSection = Number(id.slice(1)) <= mostPictures;
  return { text, ...(hasSection ? { to: id } : {}), ...(text === name ? {} : { full: name }) };
}

/** A table of which only so many rows are shown; the rest is said. */
function capped(table: Table, most = mostRows): readonly Block[] {
  const rest = table.rows.length - most;
  if (rest <= 0) return [table];
  return [
    { ...table, rows: table.rows.slice(0, most) },
    paragraph(`${sayCount(rest, 'more row is', 'more rows are')} in CSV and JSON.`, 'note'),
  ];
}

const cells = (...texts: readonly string[]): readonly Cell[] => texts.map(text => ({ text }));

const isUrgent = ({ verdict }: ReportedResource): boolean =>
  verdict === 'over' || verdict === 'soon' || verdict === 'maybe';

function urgentTable(urgent: readonly ReportedResource[], days: string): Table {
  return {
    kind: 'table',
    caption: `What runs out in the next ${days}, by date`,
    columns: [
      { title: 'Resource', weight: 26 },
      { title: 'When', weight: 17 },
      { title: '80 % interval', weight: 15 },
      { title: 'Used of limit', weight: 14 },
      { title: 'Why', weight: 22 },
      { title: 'What to do', weight: 22 },
    ],
    rows: urgent.map(each => [
      nameCell(each),
      { text: each.answer, bold: true },
      ...cells(each.interval === '' ? '-' : each.interval, sayUsed(each), each.cause, each.action),
    ]),
  };
}

function firstPage(report: CapacityReport, days: string): readonly Block[] {
  const { resources, coverage, spare, missing } = report;
  const urgent = resources.filter(isUrgent);
  const table = urgent.length === 0 ? [] : capped(urgentTable(urgent, days));
  const over =
    spare.length === 0
      ? ''
      : ` ${sayCount(spare.length, 'resource')} ${spare.length === 1 ? 'is' : 'are'} over-provisioned.`;
  const gaps = missing.length === 0 ? [] : [paragraph(`Not in this report: ${missing.join(' ')}`, 'note')];
  return [
    paragraph(report.headline, 'lead'),
    ...table,
    paragraph(`How far to trust it: ${sayCoverage(coverage)}`),
    paragraph(`The week: ${sayNoise(report)}${over}`),
    ...gaps,
    { kind: 'contents' },
  ];
}

function glance(resources: readonly ReportedResource[]): readonly Block[] {
  if (resources.length < glanceFrom) return [];
  const table: Table = {
    kind: 'table',
    caption: 'All resources at a glance',
    columns: [
      { title: 'Resource', weight: 44 },
      { title: 'When it is full', weight: 34 },
      { title: 'Used of limit', weight: 24 },
    ],
    rows: resources.map(each => [nameCell(each), ...cells(clipped(each.answer, 120), sayUsed(each))]),
  };
  return capped(table, mostGlanced);
}

function sayLeftOut(count: number): readonly Block[] {
  if (count <= mostPictures) return [];
  return [paragraph(`Pictures are here of the ${mostPictures} most urgent of ${count} resources.`, 'note')];
}

function resourceSection(report: CapacityReport, size: FigureSize, calendar: Calendar): readonly Block[] {
  const { resources } = report;
  const none = [paragraph('There is no resource with a forecast. Packs declare them under `capacity`.')];
  return [
    heading(2, 'resources', 'Each resource'),
    ...(resources.length === 0 ? none : []),
    ...glance(resources),
    ...sayLeftOut(resources.length),
    ...resources.slice(0, mostPictures).map(each => resourceBlock(each, size, calendar)),
  ];
}

function missTable({ ahead, misses }: TrackRecord, calendar: Calendar): readonly Block[] {
  if (misses.length === 0) return [];
  return [
    {
      kind: 'table',
      caption: `Furthest outside of the interval, ${ahead} ahead`,
      columns: [
        { title: 'Resource', weight: 38 },
        { title: 'For', weight: 16 },
        { title: 'Said', weight: 14, numeric: true },
        { title: '80 % interval', weight: 22, numeric: true },
        { title: 'Came', weight: 14, numeric: true },
      ],
      rows: misses.map(({ name, unit, was }) => [
        { text: clipped(name, longestCell) },
        ...cells(
          calendar.day(was.at),
          sayValue(was.predicted, unit),
          sayRange({ low: was.lower80, high: was.upper80 }, was.predicted, unit),
          sayValue(was.actual, unit),
        ),
      ]),
    },
  ];
}

function trackSection({ week, month, coverage }: CapacityReport, calendar: Calendar): readonly Block[] {
  return [
    heading(2, 'track', 'Last forecasts against what happened'),
    paragraph(sayTrack(week)),
    ...missTable(week, calendar),
    paragraph(sayTrack(month)),
    ...missTable(month, calendar),
    paragraph(`So far: ${sayCoverage(coverage)}`, 'strong'),
  ];
}

const verdictOf = ({ real }: ReportedIncident): string =>
  real === undefined ? '-' : real ? 'real' : 'not real';

function incidentSection(report: CapacityReport, calendar: Calendar): readonly Block[] {
  const { incidents, madeAt } = report;
  const table: Table = {
    kind: 'table',
    caption: 'Incidents',
    columns: [
      { title: 'What', weight: 44 },
      { title: 'Began', weight: 18 },
      { title: 'Lasted', weight: 16 },
      { title: 'People say', weight: 14 },
      { title: 'Alerts', weight: 9, numeric: true },
      { title: 'Told', weight: 9, numeric: true },
    ],
    rows: incidents.map(each => [
      { text: clipped(visibleText(each.title), longestCell) },
      ...cells(
        calendar.shortMoment(each.startsAt),
        each.endsAt === undefined
          ? `open, ${saySpan(madeAt - each.startsAt)}`
          : saySpan(each.endsAt - each.startsAt),
        verdictOf(each),
        String(each.alerts),
        String(each.notifications),
      ),
    ]),
  };
  return [
    heading(2, 'incidents', 'Incidents and noise of the week'),
    paragraph(`In this week ${sayNoise(report)}`),
    ...(incidents.length === 0 ? [] : capped(table)),
  ];
}

function spareSection({ spare, ahead }: CapacityReport): readonly Block[] {
  const head = heading(2, 'spare', 'What is over-provisioned');
  if (spare.length === 0)
    return [head, paragraph('Nothing with 14 days of history stays below half of its limit.')];
  return [
    head,
    paragraph(
      `These never used half of their limit, and the top of the forecast does not reach it within ${sayCount(Math.round(ahead / day), 'day')} either. What could go leaves 30 % free.`,
    ),
    ...capped({
      kind: 'table',
      caption: 'Over-provisioned, the emptiest first',
      columns: [
        { title: 'Resource', weight: 42 },
        { title: 'Limit', weight: 14, numeric: true },
        { title: 'Most used', weight: 14, numeric: true },
        { title: 'Top of forecast', weight: 16, numeric: true },
        { title: 'Could go', weight: 14, numeric: true },
      ],
      rows: spare.map(each => [
        nameCell(each),
        ...[each.limit, each.peak, each.top, each.spare].map(value => ({
          text: sayValue(value, each.unit),
          bold: value === each.spare,
        })),
      ]),
    }),
  ];
}

function unknownSection({ resources, missing }: CapacityReport): readonly Block[] {
  const unknown = resources.filter(({ verdict }) => verdict === 'unknown');
  if (unknown.length === 0 && missing.length === 0) return [];
  const table: Table = {
    kind: 'table',
    caption: 'Resources that cannot be forecast',
    columns: [
      { title: 'Resource', weight: 44 },
      { title: 'Why', weight: 56 },
    ],
    rows: unknown.map(each => [nameCell(each), ...cells(clipped(each.reason || each.answer, 300))]),
  };
  return [
    heading(2, 'unknown', 'What cannot be forecast'),
    ...missing.map(text => paragraph(text)),
    ...(unknown.length === 0 ? [] : capped(table)),
  ];
}

const howToRead = [
  'A date is the median: half of the possible futures are full earlier, half later. Eight of ten are full within the 80 % interval.',
  'In the pictures the whole line is what was measured, the dashed line the forecast. Its areas hold 80 % (whole edges) and 95 % (dotted edges) of the futures. The thick line is the limit, the diamond the date at which it is full, the bar on it the 80 % interval of the date.',
  'The amount under "What to do" is what the days ahead need beyond the limit if it goes on growing as it does now: no room for more is in it.',
];

/** The report as blocks; `size` is that of its pictures. */
export function reportDocument(report: CapacityReport, size: FigureSize): ReportDocument {
  const calendar = calendarOf(report.timeZone, report.madeAt);
  const days = sayCount(Math.round(report.ahead / day), 'day');
  return {
    title: 'Capacity report',
    subtitle: `${calendar.moment(report.madeAt)} (${report.timeZone}). Looks ${days} ahead, and back at ${calendar.days(report.from, report.madeAt)}.`,
    madeAt: report.madeAt,
    blocks: [
      ...firstPage(report, days),
      ...resourceSection(report, size, calendar),
      ...trackSection(report, calendar),
      ...incidentSection(report, calendar),
      ...spareSection(report),
      ...unknownSection(report),
      heading(2, 'reading', 'How to read it'),
      ...howToRead.map(text => paragraph(text)),
    ],
  };
}
