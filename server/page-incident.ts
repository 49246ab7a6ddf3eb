import type { Incident, Suspect } from '../core/incident.ts';
import { sayEntity, sayList } from '../core/say-name.ts';
import { saySymptom } from '../core/say-symptom.ts';
import { saySpan } from '../core/say-time.ts';
import { html, type Markup, safeLink } from './html.ts';
import type { IncidentView } from './model.ts';
import { feedbackSection } from './page-feedback.ts';
import { logsSection } from './page-logs.ts';
import { membersSection } from './page-members.ts';
import { oddsSection } from './page-odds.ts';
import { signalsSection } from './page-signals.ts';
import { timelineSection } from './page-timeline.ts';
import { cut, part, percent, timeTag } from './page-words.ts';
import { silenceLink } from './silence-link.ts';
import { topologySection } from './topology-figure.ts';

/** Where to go from here. */
function linksOf({ incident, dashboardPath, runbook, alertmanager }: IncidentView): Markup {
  const silence = silenceLink(alertmanager, { alertname: 'ForeshockIncident', incident: incident.id });
  const links = [
    { key: 'dashboard', label: 'Open its dashboard', address: safeLink(dashboardPath) },
    { key: 'runbook', label: 'Runbook', address: safeLink(runbook) },
    { key: 'silence', label: 'Silence it in Alertmanager', address: safeLink(silence) },
  ].flatMap(({ key, label, address }) =>
    address === undefined
      ? []
      : html`<a class="go" data-stop data-key="${key}" href="${address}">${label}</a>
`,
  );
  return html`<p class="acts">${links}</p>`;
}

function heading(view: IncidentView): Markup {
  const { incident, title, affected } = view;
  const { startsAt, endsAt } = incident;
  const state =
    endsAt === undefined
      ? html`<span class="state open">Open</span>`
      : html`<span class="state ended">Ended ${timeTag(endsAt)}, after ${saySpan(endsAt - startsAt)}</span>`;
  return html`<h1>${cut(title)}</h1>
<p class="lead">${state} <span>Began ${timeTag(startsAt)}. Affected: ${sayList(affected.map(cut), 8)}.</span></p>
${linksOf(view)}`;
}

function evidence(suspect: Suspect): Markup {
  if (suspect.evidence.length === 0) return html`<p class="soft">No evidence was recorded.</p>`;
  return html`<ul>${suspect.evidence.map(line => html`<li>${cut(line)}</li>`)}</ul>`;
}

function symptom(suspect: Suspect, incident: Incident): string {
  const { score } = suspect;
  return `${cut(saySymptom(suspect, incident))}, score ${Number(score.toPrecision(3))}`;
}

/** More of them are among the alerts. */
const mostForecasts = 3;

/** What forecasts say of resources: when they are full, and what to do. */
function forecasts({ members }: Incident): readonly Markup[] {
  const said = members.flatMap(({ alert: { labels, annotations } }) =>
    labels.generator === 'foreshock' && labels.resource !== undefined ? (annotations.summary ?? []) : [],
  );
  return [...new Set(said)].slice(0, mostForecasts).map(
    text => html`<p>${cut(text)}</p>
`,
  );
}

function firstSuspect(incident: Incident): Markup {
  const [suspect] = incident.suspects;
  if (suspect === undefined)
    return html`<h2>First suspect</h2>
<p>None stands out yet: no entity left its expected range before the others.</p>`;
  return html`<h2>First suspect</h2>
<div class="card suspect" role="group" data-stop data-key="suspect" tabindex="-1" aria-label="First suspect">
<p class="who">${cut(sayEntity(suspect.entity))}</p>
<p class="soft">${symptom(suspect, incident)}</p>
${evidence(suspect)}${forecasts(incident)}</div>`;
}

function figures(view: IncidentView): Markup {
  const { notificationsIn, notificationsOut } = view;
  const saved = notificationsIn > 0 ? 1 - notificationsOut / notificationsIn : undefined;
  const fewer = saved === undefined || saved <= 0 ? undefined : figure('fewer messages', percent(saved));
  return html`<h2>Alerts and notifications</h2>
<dl class="figures">${figure('alerts in', String(notificationsIn))}
${figure('notifications out', String(notificationsOut))}${fewer}</dl>`;
}

function figure(what: string, value: string): Markup {
  return html`<div><dt>${what}</dt><dd>${value}</dd></div>`;
}

function otherSuspects(incident: Incident): Markup {
  const suspects = incident.suspects.slice(1);
  const row = (suspect: Suspect): Markup => {
    const name = cut(sayEntity(suspect.entity));
    return html`<li><details data-key="other ${name}"><summary data-stop data-key="summary of ${name}"><strong>${name}</strong>
<span class="soft">${symptom(suspect, incident)}</span></summary>${evidence(suspect)}</details></li>
`;
  };
  if (suspects.length === 0) return html`<h2>Other suspects</h2><p>There is no other.</p>`;
  return html`<h2>Other suspects</h2>
<p class="soft">Scores rank. 1: it began there and all others depend on it; below .5: a guess.</p>
<ol start="2">${suspects.map(row)}</ol>`;
}

/** What stands on the page of one incident, in the order in which it is read at night. */
export function incidentSections(view: IncidentView): Markup {
  const feedback = feedbackSection(view);
  return html`${part('head', heading(view))}
${part('suspect', firstSuspect(view.incident))}
${part('odds', oddsSection(view))}
${feedback === undefined ? undefined : part('feedback', feedback)}
${part('around', topologySection(view))}
${part('signals', signalsSection(view))}
${part('logs', logsSection(view))}
${part('figures', figures(view))}
${part('timeline', timelineSection(view))}
${part('others', otherSuspects(view.incident))}
${part('members', membersSection(view))}`;
}
