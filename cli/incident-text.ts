import type { Incident, Member, Suspect } from '../core/incident.ts';
import { omit } from '../core/labels.ts';
import { sayCount, sayEntity, sayList, saySignal } from '../core/say-name.ts';
import { saySymptom } from '../core/say-symptom.ts';
import { sayClock, saySpan, sayTime } from '../core/say-time.ts';
import type { IncidentSeen } from './feedback-access.ts';
import { table } from './model-tables.ts';
import { formatTimestamp } from './timestamp.ts';

function said({ feedback: { acknowledged, verdict, notes } }: IncidentSeen): readonly string[] {
  return [
    ...(acknowledged === undefined ? [] : [`acknowledged by ${acknowledged.by}`]),
    ...(verdict === undefined ? [] : [`${verdict.real ? 'confirmed' : 'rejected'} by ${verdict.by}`]),
    ...(notes.length === 0 ? [] : [sayCount(notes.length, 'note')]),
  ];
}

/** A line an incident. */
export function incidentLines(views: readonly IncidentSeen[]): string {
  const rows = views.map(view => {
    const { id, startsAt, endsAt, members } = view.incident;
    const state = endsAt === undefined ? 'open' : 'ended';
    return [
      id,
      state,
      formatTimestamp(startsAt),
      String(members.length),
      said(view).join(', ') || '-',
      view.title,
    ];
  });
  return table([['INCIDENT', 'STATE', 'BEGAN', 'ALERTS', 'SAID', 'WHAT'], ...rows]);
}

function remarks({ feedback: { acknowledged, verdict, notes } }: IncidentSeen): readonly string[] {
  const lines = [
    ...(acknowledged === undefined ? [] : [{ what: 'acknowledged', ...acknowledged, text: undefined }]),
    ...(verdict === undefined ? [] : [{ what: verdict.real ? 'confirmed' : 'rejected', ...verdict }]),
    ...notes.map(note => ({ what: 'note', ...note })),
  ];
  return lines
    .sort((a, b) => a.at - b.at)
    .map(
      ({ at, by, what, text }) =>
        `  ${sayTime(at)}  ${what} by ${by}${text === undefined ? '' : `: ${text}`}`,
    );
}

/** The odds that it gets worse, or why there are none. */
function odds({ incident: { escalation, oddsUnknown } }: IncidentSeen): readonly string[] {
  if (escalation === undefined) return oddsUnknown === undefined ? [] : [`  not known: ${oddsUnknown}`];
  const line = (what: string, p: number, drivers: readonly string[]) =>
    `  ${String(Math.round(100 * p)).padStart(3)} %  ${what}${drivers.length === 0 ? '' : `: ${drivers.join('; ')}`}`;
  const { p, drivers, chances = [] } = escalation;
  return [line('it gets worse', p, drivers), ...chances.map(each => line(each.what, each.p, each.drivers))];
}

const notThePlace = ['alertname', 'generator', 'severity', 'class', 'signal', 'incident'];

/** An alert under the number that `split` takes: what and where, since when, and why it belongs. */
function alertLines({ alert, reason }: Member, k: number): readonly string[] {
  const { labels, startsAt, endsAt, fingerprint } = alert;
  const { signal, alertname = 'an alert without a name', severity } = labels;
  const what = signal === undefined ? alertname : `${saySignal(signal)} unusual`;
  const grave = severity === undefined ? '' : ` [${severity}]`;
  const until = endsAt === undefined ? '' : `, ended ${sayClock(endsAt)}`;
  const number = String(k + 1).padStart(3);
  return [
    `${number}  ${what}${grave}: ${sayEntity(omit(labels, notThePlace))}, since ${sayClock(startsAt)}${until}`,
    `     ${reason}`,
    `     ${fingerprint}`,
  ];
}

function suspectLines(suspect: Suspect, incident: Incident): readonly string[] {
  const { entity, score, evidence } = suspect;
  return [
    `  ${sayEntity(entity)}, ${saySymptom(suspect, incident)}, score ${Number(score.toPrecision(3))}`,
    ...evidence.map(line => `    - ${line}`),
  ];
}

const block = (title: string, lines: readonly string[]): string =>
  lines.length === 0 ? '' : `\n${title}\n${lines.map(line => `${line}\n`).join('')}`;

/** One incident in full; its alerts are numbered from 1, as `split` takes them. */
export function incidentText(view: IncidentSeen): string {
  const { id, startsAt, endsAt, members, suspects, timeline } = view.incident;
  const state = endsAt === undefined ? 'open' : `ended after ${saySpan(endsAt - startsAt)}`;
  const head = `${view.title}\n  incident ${id}, ${state}, began ${sayTime(startsAt)}; affected: ${sayList(view.affected, 8)}\n`;
  return [
    head,
    block('Said', remarks(view)),
    block('Odds', odds(view)),
    block(
      'Suspects',
      suspects.flatMap(suspect => suspectLines(suspect, view.incident)),
    ),
    block('Alerts, clocks in UTC', members.flatMap(alertLines)),
    block(
      'Timeline',
      timeline.map(({ at, what }) => `  ${sayTime(at)}  ${what}`),
    ),
  ].join('');
}
