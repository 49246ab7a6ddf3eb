import type { Suspect } from '../core/incident.ts';
import { sayEntity, sayList, saySignal } from '../core/say-name.ts';
import { saySpan } from '../core/say-time.ts';
import { html, type Markup, safeLink } from './html.ts';
import type { IncidentView } from './model.ts';
import { feedbackSection } from './page-feedback.ts';
import { membersSection } from './page-members.ts';
import { clockTag, part, percent, timeTag } from './page-words.ts';
import { signalFigure } from './signal-figure.ts';
import { topologySection } from './topology-figure.ts';

function heading({ incident, title, affected, dashboardPath }: IncidentView): Markup {
  const { startsAt, endsAt } = incident;
  const link = safeLink(dashboardPath);
  const state =
    endsAt === undefined
      ? html`<span class="state open">Open</span>`
      : html`<span class="state ended">Ended ${timeTag(endsAt)}, after ${saySpan(endsAt - startsAt)}</span>`;
  return html`<h1>${title}</h1>
<p class="lead">${state} <span>Began ${timeTag(startsAt)}. Affected: ${sayList(affected, 8)}.</span>
${link === undefined ? undefined : html`<a data-stop data-key="dashboard" href="${link}">Open its dashboard</a>`}</p>`;
}

function evidence(suspect: Suspect): Markup {
  if (suspect.evidence.length === 0) return html`<p class="soft">No evidence was recorded.</p>`;
  return html`<ul>${suspect.evidence.map(line => html`<li>${line}</li>`)}</ul>`;
}

function symptom({ signal, score }: Suspect): string {
  return `${saySignal(signal)}, score ${Number(score.toPrecision(3))}`;
}

function firstSuspect(suspect: Suspect | undefined): Markup {
  if (suspect === undefined)
    return html`<h2>First suspect</h2>
<p>None stands out yet: no entity left its expected range before the others.</p>`;
  return html`<h2>First suspect</h2>
<div class="card suspect" role="group" data-stop data-key="suspect" tabindex="-1" aria-label="First suspect">
<p class="who">${sayEntity(suspect.entity)}</p>
<p class="soft">${symptom(suspect)}</p>
${evidence(suspect)}</div>`;
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

/** Changes are what a reader looks for first in a timeline. */
const changeMark = html`<span class="state change">Change</span> `;

function timeline({ incident }: IncidentView): Markup {
  const lines = [...incident.timeline].sort((a, b) => a.at - b.at);
  if (lines.length === 0) return html`<h2>Timeline</h2><p>Nothing is recorded yet.</p>`;
  return html`<h2>Timeline, in UTC</h2>
<dl class="time">${lines.map(
    ({ at, what, kind }) =>
      html`<div><dt>${clockTag(at, incident.startsAt)}</dt><dd>${kind === 'change' ? changeMark : undefined}${what}</dd></div>
`,
  )}</dl>`;
}

function otherSuspects(suspects: readonly Suspect[]): Markup {
  const row = (suspect: Suspect): Markup => {
    const name = sayEntity(suspect.entity);
    return html`<li><details data-key="other ${name}"><summary data-stop data-key="summary of ${name}"><strong>${name}</strong>
<span class="soft">${symptom(suspect)}</span></summary>${evidence(suspect)}</details></li>
`;
  };
  if (suspects.length === 0) return html`<h2>Other suspects</h2><p>There is no other.</p>`;
  return html`<h2>Other suspects</h2><ol start="2">${suspects.map(row)}</ol>`;
}

/** So many charts are read at a glance; the others are one step away. */
const mostCharts = 6;

function signals(view: IncidentView): Markup {
  if (view.signals.length === 0) return html`<h2>Signals</h2><p>No signal was recorded for it.</p>`;
  const left = view.signals.filter(signal => signal.onset !== undefined);
  const shown = (left.length > 0 ? left : view.signals).slice(0, mostCharts);
  const rest = view.signals.filter(signal => !shown.includes(signal));
  const heading =
    left.length > 0 ? 'Signals that left their expected range' : 'Signals and their expected ranges';
  return html`<h2>${heading}</h2>
<div class="charts">${shown.map(signalFigure)}</div>
${
  rest.length === 0
    ? undefined
    : html`<details data-key="more signals"><summary data-stop data-key="summary of more signals">${rest.length} more</summary>
<div class="charts">${rest.map(signalFigure)}</div></details>`
}`;
}

/** What stands on the page of one incident, in the order in which it is read at night. */
export function incidentSections(view: IncidentView): Markup {
  const { suspects } = view.incident;
  const feedback = feedbackSection(view);
  return html`${part('head', heading(view))}
${part('suspect', firstSuspect(suspects[0]))}
${feedback === undefined ? undefined : part('feedback', feedback)}
${part('around', topologySection(view))}
${part('signals', signals(view))}
${part('figures', figures(view))}
${part('timeline', timeline(view))}
${part('others', otherSuspects(suspects.slice(1)))}
${part('members', membersSection(view.incident))}`;
}
