import type { Rule } from '../charts/frame.ts';
import type { Suspect } from '../core/incident.ts';
import { marksOf } from './incident-marks.ts';
import type { IncidentView, SignalView } from './model.ts';

const minute = 60_000;
/** What is looked at before the first alert and after the last, at least. */
const before = 10 * minute;
const after = 5 * minute;

/** The axis of time that all pictures of an incident share, ms. */
export interface IncidentAxis {
  readonly start: number;
  readonly end: number;
  readonly rules: readonly Rule[];
}

function isOf({ entity, signal }: Suspect, view: SignalView): boolean {
  return view.signal === signal && Object.values(entity).some(name => view.entity.includes(name));
}

/** When the first suspect left its expected range, ms; undefined while nobody knows. */
export function suspectOnset({ incident, signals }: IncidentView): number | undefined {
  const [suspect] = incident.suspects;
  if (suspect === undefined) return undefined;
  const onsets = signals.flatMap(view => (isOf(suspect, view) ? (view.onset ?? []) : []));
  return onsets.length === 0 ? undefined : Math.min(...onsets);
}

function rulesOf(view: IncidentView): Rule[] {
  const { startsAt, endsAt } = view.incident;
  const onset = suspectOnset(view);
  return [
    ...(onset === undefined ? [] : [{ t: onset, label: 'first sign', begun: false }]),
    { t: startsAt, label: 'began', begun: true },
    ...(endsAt === undefined ? [] : [{ t: endsAt, label: 'ended', begun: true }]),
  ];
}

const finite = (times: readonly number[]): number[] => times.filter(Number.isFinite);

/** From ten minutes before the incident, or from the first change before it, until what is known last. */
export function incidentAxis(view: IncidentView): IncidentAxis {
  const { startsAt, endsAt } = view.incident;
  const marks = marksOf(view).map(({ at }) => at);
  const firsts = finite(view.signals.map(({ t }) => t[0] ?? Number.NaN));
  const lasts = finite(view.signals.map(({ t }) => t.at(-1) ?? Number.NaN));
  const told = view.incident.timeline.map(({ at }) => at);
  const start = Math.min(startsAt - before, ...firsts, ...finite(marks).map(at => at - minute));
  const end = Math.max(startsAt + after, endsAt ?? startsAt, ...lasts, ...finite([...marks, ...told]));
  return { start, end, rules: rulesOf(view) };
}
