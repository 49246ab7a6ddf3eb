import type { WatchState } from '../core/detector.ts';
import { html, type Markup } from './html.ts';
import type { ClassOverview, Health, IncidentView, ServerState, WatchOverview } from './model.ts';
import { count, entityWords, listWords, percent, span, when } from './page-words.ts';

function incidentRow(view: IncidentView): Markup {
  const { id, startsAt, endsAt, suspects } = view.incident;
  const first = suspects[0];
  const told = `${count(view.notificationsIn, 'alert')} in, ${count(view.notificationsOut, 'notification')} out`;
  const state =
    endsAt === undefined
      ? html`<span class="state open">Open</span>`
      : html`<span class="state ended">Ended after ${span(endsAt - startsAt)}</span>`;
  const suspect =
    first === undefined ? 'no suspect yet' : `first suspect ${entityWords(first.entity)} (${first.signal})`;
  return html`<li><a data-stop href="/incidents/${encodeURIComponent(id)}">
<strong>${view.title}</strong>${state} <span class="soft">since ${when(startsAt)} · ${suspect} · ${told}</span></a></li>
`;
}

function incidentsSection(views: readonly IncidentView[], watched: number): Markup {
  const open = views.filter(view => view.incident.endsAt === undefined).length;
  const heading = open === 0 ? 'No open incident' : count(open, 'open incident');
  if (views.length > 0)
    return html`<h1>${heading}</h1>
<ul class="plain list">${views.map(incidentRow)}</ul>`;
  const quiet =
    watched > 0
      ? `${count(watched, 'entity').replace('entitys', 'entities')} are being watched and none is outside its expected range.`
      : 'Nothing is watched yet, so nothing can be found. See below what is missing.';
  return html`<h1>${heading}</h1>
<p>${quiet}</p>`;
}

const states = ['watching', 'learning', 'no_data', 'gone', 'unfit', 'muted'] as const;

function stateCell(state: WatchState, n: number): Markup {
  return html`<td class="n${n === 0 ? ' zero' : ''}" data-label="${state.replace('_', ' ')}">${n}</td>`;
}

function classRow(row: ClassOverview): Markup {
  const why =
    row.reasons.length === 0 ? undefined : html`<br><span class="soft">${listWords(row.reasons, 3)}</span>`;
  return html`<tr><th scope="row">${row.name}${why}</th>
${states.map(state => stateCell(state, row.counts[state] ?? 0))}
<td class="n" data-label="false positives, stated">${percent(row.statedRate)}</td>
<td class="n" data-label="realised">${percent(row.realisedRate)}</td></tr>
`;
}

function budgetLine({ budget }: WatchOverview): Markup | undefined {
  if (budget === undefined) return undefined;
  const { statedPerDay, realisedPerDay } = budget;
  const came =
    realisedPerDay === undefined ? 'not known yet' : `${Number(realisedPerDay.toPrecision(2))} a day came`;
  return html`<p>False alerts: ${Number(statedPerDay.toPrecision(2))} a day allowed, ${came}.</p>`;
}

function classesTable(watch: WatchOverview): Markup {
  if (watch.classes.length === 0)
    return html`<p>Nothing is watched. Name at least one pack in the config, then reload.</p>`;
  return html`<div class="wide" tabindex="0" role="region" aria-label="Classes by state"><table>
<thead><tr><th scope="col">Class</th><th class="n" scope="col">watching</th><th class="n" scope="col">learning</th>
<th class="n" scope="col">no data</th><th class="n" scope="col">gone</th><th class="n" scope="col">unfit</th><th class="n" scope="col">muted</th>
<th class="n" scope="col">false positives, stated</th><th class="n" scope="col">realised</th></tr></thead>
<tbody>${watch.classes.map(classRow)}</tbody></table></div>`;
}

function sourcesList({ sources }: WatchOverview): Markup {
  if (sources.length === 0) return html`<p>No source is configured.</p>`;
  const row = (source: WatchOverview['sources'][number]): Markup => {
    const state = source.up
      ? html`<span class="state up">Up</span>`
      : html`<span class="state down">Down</span>`;
    const last = source.lastAt === undefined ? 'never answered' : `last answer ${when(source.lastAt)}`;
    return html`<li>${state} <strong>${source.name}</strong> <span class="soft">${last}${source.message === '' ? '' : `. ${source.message}`}</span></li>
`;
  };
  return html`<ul class="plain rows">${sources.map(row)}</ul>`;
}

function healthLine({ healthy, ready, reasons }: Health): Markup | undefined {
  if (healthy && ready) return undefined;
  const what = healthy ? 'Not ready' : 'Not healthy';
  return html`<p class="card suspect" role="status"><strong>${what}:</strong> ${listWords(reasons)}.</p>`;
}

/** What stands on the first page: health when it is bad, incidents, what is watched, sources. */
export function overviewSections(state: ServerState): Markup {
  const watch = state.watch();
  const watched = watch.classes.reduce((sum, row) => sum + (row.counts.watching ?? 0), 0);
  return html`${incidentsSection(state.incidents(), watched)}
${healthLine(state.health())}
<h2>What is watched</h2>
${classesTable(watch)}
${budgetLine(watch)}
<h2>Sources</h2>
${sourcesList(watch)}`;
}
