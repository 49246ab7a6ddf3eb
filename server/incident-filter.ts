import { sayEntity } from '../core/say-name.ts';
import type { IncidentView } from './model.ts';

/** What somebody asks of the list of incidents, as it was written; `''` asks for nothing. */
export interface IncidentFilter {
  /** `open` or `ended`. */
  readonly state: string;
  /** The name of an affected or suspected thing. */
  readonly service: string;
  /** The severity of one of its alerts. */
  readonly severity: string;
  /** Times in UTC, `2026-03-01T10:05`: incidents that lasted at some moment from the one to the other. */
  readonly since: string;
  readonly until: string;
  /** Words that all stand somewhere in it. */
  readonly text: string;
}

/** Incidents that fit, in the order given; `faults` say what of the filter was not understood and passed over. */
export interface FilteredIncidents {
  readonly views: readonly IncidentView[];
  readonly faults: readonly string[];
}

const longest = 200;

/** Reads a filter from the parameters of a URL; what is named twice counts once. */
export function readFilter(query: URLSearchParams): IncidentFilter {
  const read = (name: keyof IncidentFilter) => (query.get(name) ?? '').trim().slice(0, longest);
  return {
    state: read('state'),
    service: read('service'),
    severity: read('severity'),
    since: read('since'),
    until: read('until'),
    text: read('text'),
  };
}

/** True when anything is asked. */
export function isAsked(filter: IncidentFilter): boolean {
  return Object.values(filter).some(value => value !== '');
}

/** A time of a filter in ms, read as UTC; undefined when it is none. */
export function filterTime(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?)?$/.test(text)) return undefined;
  const ms = Date.parse(text.includes('T') ? `${text}Z` : text);
  // Date.parse takes a 31st of February for a day in March.
  return Number.isNaN(ms) || !new Date(ms).toISOString().startsWith(text) ? undefined : ms;
}

/** The things that an incident is about, in words. */
export function thingsOf({ affected, incident }: IncidentView): readonly string[] {
  return [...new Set([...affected, ...incident.suspects.map(({ entity }) => sayEntity(entity))])];
}

/** The severities of its alerts. */
export function severitiesOf({ incident }: IncidentView): readonly string[] {
  return [...new Set(incident.members.flatMap(({ alert }) => alert.labels.severity ?? []))];
}

function wordsOf(view: IncidentView): string {
  const { incident, title, feedback } = view;
  const alerts = incident.members.map(({ alert }) => alert.labels.alertname ?? '');
  const lines = incident.timeline.map(({ what }) => what);
  const evidence = incident.suspects.flatMap(each => [each.signal, ...each.evidence]);
  const notes = feedback?.notes.map(({ text }) => text ?? '') ?? [];
  const all = [title, incident.id, ...thingsOf(view), ...alerts, ...lines, ...evidence, ...notes];
  return all.join('\n').toLowerCase();
}

type Test = (view: IncidentView) => boolean;

function stateTest(state: string, faults: string[]): Test[] {
  if (state === '') return [];
  if (state === 'open') return [view => view.incident.endsAt === undefined];
  if (state === 'ended') return [view => view.incident.endsAt !== undefined];
  faults.push(`state ${JSON.stringify(state)} is unknown: open and ended are there`);
  return [];
}

function timeTests({ since, until }: IncidentFilter, faults: string[]): Test[] {
  const read = (name: string, text: string): number | undefined => {
    const ms = filterTime(text);
    if (text !== '' && ms === undefined)
      faults.push(`${name} ${JSON.stringify(text)} is no time: write it like 2026-03-01T10:05, in UTC`);
    return ms;
  };
  const first = read('since', since);
  const last = read('until', until);
  return [
    ({ incident }) => first === undefined || (incident.endsAt ?? Number.POSITIVE_INFINITY) >= first,
    ({ incident }) => last === undefined || incident.startsAt <= last,
  ];
}

/** The incidents that fit all that is asked; capitals do not count. */
export function filterIncidents(views: readonly IncidentView[], filter: IncidentFilter): FilteredIncidents {
  const faults: string[] = [];
  const [service, severity, text] = [filter.service, filter.severity, filter.text].map(asked =>
    asked.toLowerCase(),
  );
  const words = text!.split(/\s+/).filter(word => word !== '');
  const among = (names: readonly string[], name: string) => names.some(each => each.toLowerCase() === name);
  const tests: readonly Test[] = [
    ...stateTest(filter.state, faults),
    ...timeTests(filter, faults),
    ...(service === '' ? [] : [(view: IncidentView) => among(thingsOf(view), service!)]),
    ...(severity === '' ? [] : [(view: IncidentView) => among(severitiesOf(view), severity!)]),
    ...(words.length === 0
      ? []
      : [(view: IncidentView) => words.every(word => wordsOf(view).includes(word))]),
  ];
  return { views: views.filter(view => tests.every(test => test(view))), faults };
}
