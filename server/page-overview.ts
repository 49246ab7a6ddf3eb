import type { WatchState } from '../core/detector.ts';
import { sayCount, sayEntity, sayList } from '../core/say-name.ts';
import { saySymptom } from '../core/say-symptom.ts';
import { saySpan, sayTime } from '../core/say-time.ts';
import { html, type Markup } from './html.ts';
import type { ClassOverview, Health, IncidentView, ServerState, WatchOverview } from './model.ts';
import { budgetSection } from './page-budget.ts';
import { rulesSection } from './page-rules.ts';
import { cut, part, percent, timeTag } from './page-words.ts';

function incidentRow(view: IncidentView): Markup {
  const { id, startsAt, endsAt, suspects } = view.incident;
  const first = suspects[0];
  const told = `${sayCount(view.notificationsIn, 'alert')} in, ${sayCount(view.notificationsOut, 'notification')} out`;
  const state =
    endsAt === undefined
      ? html`<span class="state open">Open</span>`
      : html`<span class="state ended">Ended after ${saySpan(endsAt - startsAt)}</span>`;
  const suspect =
    first === undefined
      ? 'no suspect yet'
      : `first suspect ${sayEntity(first.entity)} (${saySymptom(first, view.incident)})`;
  const affected = `affected: ${sayList(view.affected, 3)}`;
  return html`<li><a data-stop data-key="incident ${id}" href="/incidents/${encodeURIComponent(id)}">
<strong>${view.title}</strong>${state} <span class="soft">since ${timeTag(startsAt)} · ${suspect} · ${affected} · ${told}</span></a></li>
`;
}

/** Incidents as rows that lead to their pages. */
export function incidentList(views: readonly IncidentView[]): Markup {
  return html`<ul class="plain list">${views.map(incidentRow)}</ul>`;
}

const isOpen = (view: IncidentView) => view.incident.endsAt === undefined;

function openSection(views: readonly IncidentView[], watched: number): Markup {
  const open = views.filter(isOpen);
  if (open.length > 0) return html`<h1>${sayCount(open.length, 'open incident')}</h1>${incidentList(open)}`;
  const quiet =
    watched > 0
      ? `${sayCount(watched, 'entity is', 'entities are')} being watched and none is in trouble.`
      : 'Nothing is watched yet, so nothing can be found. See below what is missing.';
  return html`<h1>No open incident</h1><p>${quiet}</p>`;
}

/** So many ended incidents stand on the first page. */
const mostEnded = 5;

function endedSection(views: readonly IncidentView[]): Markup {
  const ended = views.filter(view => !isOpen(view));
  if (ended.length === 0) return html`<h2>Ended incidents</h2><p>There is none.</p>`;
  const all = html`<p><a data-stop data-key="all" href="/incidents">All ${views.length} incidents</a></p>`;
  return html`<h2>Ended incidents</h2>
${incidentList(ended.slice(0, mostEnded))}${ended.length > mostEnded ? all : undefined}`;
}

/** What is unusual now, ranked; it is no incident yet, or never becomes one. */
function unusualSection({ unusual }: WatchOverview, watched: number): Markup | undefined {
  const { total, rows } = unusual;
  if (watched === 0) return undefined;
  if (total === 0) return html`<h2>Unusual now</h2><p>Nothing is.</p>`;
  const more = total > rows.length ? html`<p>And ${total - rows.length} more.</p>` : undefined;
  return html`<h2>Unusual now</h2>
<p class="soft">The surest first, by the share of false ones to be expected down to each. Pages need more: evidence, over the budget.</p>
<ol class="plain rows">${rows.map(
    row =>
      html`<li><strong>${cut(row.entity)}</strong> <span class="soft">${row.class}</span> ${row.reason} <span class="soft">· expected false ${percent(row.q)}</span></li>
`,
  )}</ol>${more}`;
}

const states = ['watching', 'learning', 'no_data', 'gone', 'unfit', 'blind', 'muted'] as const;

function stateCell(state: WatchState, n: number): Markup {
  return html`<td class="n${n === 0 ? ' zero' : ''}" data-label="${state.replace('_', ' ')}">${n}</td>`;
}

function classRow(row: ClassOverview): Markup {
  const why =
    row.reasons.length === 0
      ? undefined
      : html`<br><span class="soft">${row.reasons.slice(0, 3).join('; ')}</span>`;
  return html`<tr><th scope="row">${row.name}${why}</th>
${states.map(state => stateCell(state, row.counts[state] ?? 0))}
<td class="n" data-label="marked, allowed">${percent(row.statedRate)}</td>
<td class="n" data-label="marked, seen">${percent(row.realisedRate)}</td></tr>
`;
}

function classesTable(watch: WatchOverview): Markup {
  if (watch.classes.length === 0)
    return html`<p>Nothing is watched. Name at least one pack in the config, then reload.</p>`;
  return html`<div class="wide" tabindex="0" data-key="classes" role="region" aria-label="Classes by state"><table>
<thead><tr><th scope="col">Class</th><th class="n" scope="col">watching</th><th class="n" scope="col">learning</th>
<th class="n" scope="col">no data</th><th class="n" scope="col">gone</th><th class="n" scope="col">unfit</th>
<th class="n" scope="col">blind</th><th class="n" scope="col">muted</th><th class="n" scope="col">marked, allowed</th><th class="n" scope="col">marked, seen</th></tr></thead>
<tbody>${watch.classes.map(classRow)}</tbody></table></div>
<p class="soft">Marked: the share of normal looks that are taken for unusual. A mark is evidence and pages nobody.</p>`;
}

function sourcesList({ sources }: WatchOverview): Markup {
  if (sources.length === 0) return html`<p>No source is configured.</p>`;
  const row = (source: WatchOverview['sources'][number]): Markup => {
    const state = source.up
      ? html`<span class="state up">Up</span>`
      : html`<span class="state down">Down</span>`;
    const last = source.lastAt === undefined ? 'never answered' : `last answer ${sayTime(source.lastAt)}`;
    return html`<li>${state} <strong>${source.name}</strong> <span class="soft">${last}${source.message === '' ? '' : `. ${source.message}`}</span></li>
`;
  };
  return html`<ul class="plain rows">${sources.map(row)}</ul>`;
}

function healthLine({ healthy, ready, reasons }: Health): Markup | undefined {
  if (healthy && ready) return undefined;
  const what = healthy ? 'Not ready' : 'Not healthy';
  return html`<p class="card suspect" role="status"><strong>${what}:</strong> ${sayList(reasons)}.</p>`;
}

/** What stands on the first page: health when it is bad, incidents, what is watched, sources. */
export function overviewSections(state: ServerState): Markup {
  const watch = state.watch();
  const watched = watch.classes.reduce((sum, row) => sum + (row.counts.watching ?? 0), 0);
  const views = state.incidents();
  return html`${part('open', html`${openSection(views, watched)}${healthLine(state.health())}`)}
${part('unusual', html`${unusualSection(watch, watched)}`)}
${part('ended', endedSection(views))}
${part(
  'watched',
  html`<h2>What is watched</h2>
${classesTable(watch)}`,
)}
${part('budget', budgetSection(watch.budget))}
${part('rules', rulesSection(watch.suppressions))}
${part(
  'sources',
  html`<h2>Sources</h2>
${sourcesList(watch)}`,
)}`;
}
