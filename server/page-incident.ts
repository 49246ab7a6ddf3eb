import type { Member, Suspect } from '../core/incident.ts';
import { html, type Markup, safeLink } from './html.ts';
import type { IncidentView } from './model.ts';
import { clock, count, entityWords, listWords, percent, span, when } from './page-words.ts';
import { signalFigure } from './signal-figure.ts';

function heading({ incident, title, affected }: IncidentView): Markup {
  const { startsAt, endsAt } = incident;
  const state =
    endsAt === undefined
      ? html`<span class="state open">Open</span>`
      : html`<span class="state ended">Ended ${when(endsAt)}, after ${span(endsAt - startsAt)}</span>`;
  return html`<h1>${title}</h1>
<p class="lead">${state} <span>Began <time datetime="${when(startsAt).replace(' UTC', 'Z').replace(' ', 'T')}">${when(startsAt)}</time>.
Affected: ${listWords(affected, 8)}.</span></p>`;
}

function evidence(suspect: Suspect): Markup {
  if (suspect.evidence.length === 0) return html`<p class="soft">No evidence was recorded.</p>`;
  return html`<ul>${suspect.evidence.map(line => html`<li>${line}</li>`)}</ul>`;
}

function firstSuspect(suspect: Suspect | undefined): Markup {
  if (suspect === undefined)
    return html`<h2>First suspect</h2>
<p>None stands out yet: no entity left its expected range before the others.</p>`;
  return html`<h2>First suspect</h2>
<section class="card suspect" data-stop tabindex="-1" aria-label="First suspect">
<p class="who">${entityWords(suspect.entity)}</p>
<p class="soft">${suspect.signal}, score ${Number(suspect.score.toPrecision(3))}</p>
${evidence(suspect)}</section>`;
}

function figures(view: IncidentView): Markup {
  const { notificationsIn, notificationsOut, incident } = view;
  const saved = notificationsIn > 0 ? 1 - notificationsOut / notificationsIn : undefined;
  const fewer = saved === undefined || saved <= 0 ? undefined : figure('fewer messages', percent(saved));
  const { escalation } = incident;
  const worse =
    escalation === undefined ? undefined : figure('odds that it gets worse', percent(escalation.p));
  return html`<h2>Alerts and notifications</h2>
<dl class="figures">${figure('alerts in', String(notificationsIn))}
${figure('notifications out', String(notificationsOut))}${fewer}${worse}</dl>
${escalation === undefined ? html`<p class="soft">Not enough history to say whether it gets worse.</p>` : undefined}`;
}

function figure(what: string, value: string): Markup {
  return html`<div><dt>${what}</dt><dd>${value}</dd></div>`;
}

function timeline({ incident }: IncidentView): Markup {
  const lines = [...incident.timeline].sort((a, b) => a.at - b.at);
  const body =
    lines.length === 0
      ? html`<p>Nothing is recorded yet.</p>`
      : html`<dl class="time">${lines.map(
          line => html`<dt>${clock(line.at)}</dt><dd>${line.what}</dd>
`,
        )}</dl>`;
  return html`<h2>Timeline</h2>
${body}`;
}

function memberRow({ alert, reason }: Member): Markup {
  const { alertname, ...rest } = alert.labels;
  const labels = Object.entries(rest).map(([name, value]) => `${name}=${value}`);
  const link = safeLink(alert.generatorURL);
  const source = link === undefined || link === '' ? undefined : html` <a href="${link}">source</a>`;
  return html`<li data-stop tabindex="-1"><strong>${alertname ?? 'alert without a name'}</strong>
<span class="soft">${labels.join(' ')}</span> since ${clock(alert.startsAt)}${alert.endsAt === undefined ? '' : `, ended ${clock(alert.endsAt)}`}${source}<br>${reason}</li>
`;
}

/** A storm of alerts must not make the page heavy. */
const mostRows = 100;

function members({ incident }: IncidentView): Markup {
  const more = incident.members.length - mostRows;
  if (incident.members.length === 0) return html`<h2>Alerts of this incident</h2><p>It has no alert yet.</p>`;
  return html`<h2>${count(incident.members.length, 'alert')} of this incident, and why</h2>
<ul class="plain rows">${incident.members.slice(0, mostRows).map(memberRow)}</ul>
${more > 0 ? html`<p>And ${more} more: <a href="/api/v1/incidents/${encodeURIComponent(incident.id)}">all as JSON</a>.</p>` : undefined}`;
}

function otherSuspects(suspects: readonly Suspect[]): Markup {
  const row = (
    suspect: Suspect,
  ): Markup => html`<li data-stop tabindex="-1"><strong>${entityWords(suspect.entity)}</strong>
<span class="soft">${suspect.signal}, score ${Number(suspect.score.toPrecision(3))}</span>${evidence(suspect)}</li>
`;
  if (suspects.length === 0) return html`<h2>Other suspects</h2><p>There is no other.</p>`;
  return html`<h2>Other suspects</h2><ol start="2">${suspects.map(row)}</ol>`;
}

function signals(view: IncidentView): Markup {
  if (view.signals.length === 0) return html`<h2>Signals</h2><p>No signal was recorded for it.</p>`;
  return html`<h2>Signals and their expected ranges</h2>
${view.signals.map(signal => signalFigure(signal))}`;
}

/** What stands on the page of one incident, in the order in which it is read at night. */
export function incidentSections(view: IncidentView): Markup {
  const link = safeLink(view.dashboardPath);
  const { suspects } = view.incident;
  return html`${heading(view)}
${firstSuspect(suspects[0])}
${figures(view)}
${timeline(view)}
${members(view)}
${otherSuspects(suspects.slice(1))}
${signals(view)}
${link === undefined ? undefined : html`<h2>Dashboard</h2><p><a data-stop href="${link}">Open the dashboard of this incident</a></p>`}`;
}
