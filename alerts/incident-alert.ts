import type { Alert } from '../core/alert.ts';
import type { Incident, Suspect } from '../core/incident.ts';
import { fingerprint, type Labels } from '../core/labels.ts';
import { sayCount, sayEntity, sayList } from '../core/say-name.ts';
import { saySymptom } from '../core/say-symptom.ts';
import { severities } from '../core/severity.ts';
import { runbookUrl, servedRunbooks } from './runbook.ts';

/** Labels that describe one alert, not the way it is routed. */
const notRouting = new Set([
  'alertname',
  'severity',
  'generator',
  'class',
  'signal',
  'incident',
  '__name__',
  'le',
]);

/** The gravest severity among the labels given; `warning` where none is known. */
function worstSeverity(labels: readonly Labels[]): string {
  const ranks = labels.map(each => severities.indexOf(each.severity ?? ''));
  const worst = Math.max(-1, ...ranks);
  return worst < 0 ? 'warning' : severities[worst]!;
}

/** Labels that all members carry with the same value: team, namespace, service, external labels. */
function sharedLabels(members: readonly Labels[]): Labels {
  const [first, ...rest] = members;
  const shared: Record<string, string> = {};
  for (const [name, value] of Object.entries(first ?? {}))
    if (!notRouting.has(name) && rest.every(labels => labels[name] === value)) shared[name] = value;
  return shared;
}

/**
 * The identity of an incident's alert: decided when it is first told, and never changed after. As in Prometheus, an
 * external label gives way to one of the same name that is there.
 */
export function incidentLabels(incident: Incident, externalLabels: Labels = {}): Labels {
  const members = incident.members.map(member => member.alert.labels);
  return {
    ...externalLabels,
    ...sharedLabels(members),
    alertname: 'ForeshockIncident',
    generator: 'foreshock',
    incident: incident.id,
    severity: worstSeverity(members),
  };
}

/** The things that an incident touches, each once, in the order in which they were hit. */
export function affected(incident: Incident): readonly string[] {
  const names = incident.members.map(
    ({ alert }) =>
      alert.labels.service ?? alert.labels.instance ?? alert.labels.job ?? alert.labels.alertname ?? '?',
  );
  return [...new Set(names)];
}

/** The members that fire; all of them when it is over. */
function firingOf({ members }: Incident): Incident['members'] {
  const firing = members.filter(({ alert }) => alert.endsAt === undefined);
  return firing.length > 0 ? firing : members;
}

function suspectText(incident: Incident): string {
  const [first] = incident.suspects;
  return first === undefined
    ? 'not enough evidence'
    : `${sayEntity(first.entity)}: ${saySymptom(first, incident)}`;
}

/** One alert speaks for itself, by its first sentence; of several it is told how many, and where. */
function summaryOf(incident: Incident): string {
  const [only, ...others] = incident.members;
  const own = others.length === 0 ? only?.alert.annotations.summary?.split(/; |\. |\.?\n/)[0] : undefined;
  return own || `${sayCount(incident.members.length, 'alert')} on ${sayList(affected(incident))}`;
}

/** So many things are named in one annotation. */
const mostNamed = 20;

const sayScored = ({ entity, score }: Suspect) => `${sayEntity(entity)} (${score.toFixed(2)})`;

/** Lines of the log of the first member that has any. */
function examplesOf({ members }: Incident): Labels {
  const lines = members.map(({ alert }) => alert.annotations.log_examples).find(text => text !== undefined);
  return lines === undefined ? {} : { log_examples: lines };
}

/** So many forecasts are told in the description. */
const mostForecasts = 3;

/** What our own forecasts of resources say of them: when they are full, and what is to be done. */
function forecastsOf(incident: Incident): readonly string[] {
  const said = firingOf(incident).flatMap(({ alert: { labels, annotations } }) =>
    labels.generator === 'foreshock' && labels.resource !== undefined ? (annotations.summary ?? []) : [],
  );
  return [...new Set(said)].slice(0, mostForecasts);
}

const percent = (p: number): string => `${Math.round(100 * p)} %`;

/** The odds that it gets worse, of each way in which it may, and what raises them. */
function oddsOf({ escalation }: Incident): Labels {
  if (escalation === undefined) return {};
  const { p, drivers, chances = [] } = escalation;
  const ways = chances.map(chance => `${chance.what} ${percent(chance.p)}`);
  const why = drivers.length === 0 ? '' : `; ${drivers.join('; ')}`;
  return { escalation: `${[`gets worse ${percent(p)}`, ...ways].join(', ')}${why}` };
}

/**
 * The one alert that an incident is told by. `labels` is what `incidentLabels` answered when it was first told, `runbooks`
 * a template of addresses, `dashboard` where an incident's dashboard is; our own pages unless given.
 */
export function incidentAlert(
  incident: Incident,
  told: {
    readonly labels: Labels;
    readonly url: string;
    readonly runbooks?: string;
    readonly dashboard?: (id: string) => string;
  },
): Alert {
  const url = `${told.url.replace(/\/$/, '')}/incidents/${incident.id}`;
  const [first] = incident.suspects;
  const annotations: Labels = {
    summary: summaryOf(incident),
    description: [...(first?.evidence ?? ['no suspect stands out']), ...forecastsOf(incident)].join('; '),
    alerts: String(incident.members.length),
    affected: affected(incident).slice(0, mostNamed).join(', '),
    suspect: suspectText(incident),
    suspects: incident.suspects.slice(0, 3).map(sayScored).join(', '),
    severity_now: worstSeverity(firingOf(incident).map(member => member.alert.labels)),
    suspect_score: (first?.score ?? 0).toFixed(2),
    runbook_url: runbookUrl(told.runbooks ?? servedRunbooks(told.url), 'ForeshockIncident'),
    dashboard_url: told.dashboard?.(incident.id) ?? url,
    ...oddsOf(incident),
    ...examplesOf(incident),
  };
  return {
    labels: told.labels,
    annotations,
    startsAt: incident.startsAt,
    endsAt: incident.endsAt,
    generatorURL: url,
    fingerprint: fingerprint(told.labels),
  };
}
