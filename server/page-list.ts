import { sayCount } from '../core/say-name.ts';
import { html, type Markup } from './html.ts';
import {
  filterIncidents,
  filterTime,
  type IncidentFilter,
  isAsked,
  severitiesOf,
  thingsOf,
} from './incident-filter.ts';
import type { IncidentView } from './model.ts';
import { incidentList } from './page-overview.ts';
import { part } from './page-words.ts';

/** More names do not help who writes one. */
const mostNames = 500;

function sorted(names: readonly string[]): string[] {
  return [...new Set(names)].filter(name => name !== '').sort();
}

function choice(name: string, values: readonly string[], chosen: string): Markup {
  const option = (value: string) =>
    value === chosen
      ? html`<option value="${value}" selected>${value}</option>`
      : html`<option value="${value}">${value}</option>`;
  return html`<select name="${name}" data-stop data-key="filter ${name}"><option value="">any</option>${values.map(option)}</select>`;
}

/** A field for a moment; a browser takes no value in it that is no time. */
function moment(name: 'since' | 'until', filter: IncidentFilter): Markup {
  const value = filterTime(filter[name]) === undefined ? '' : filter[name];
  const full = value === '' || value.includes('T') ? value : `${value}T00:00`;
  return html`<input type="datetime-local" name="${name}" value="${full}" data-stop data-key="filter ${name}">`;
}

/** What is asked less often; it is unfolded where it was asked. */
function moreFilters(views: readonly IncidentView[], filter: IncidentFilter): Markup {
  const things = sorted(views.flatMap(thingsOf)).slice(0, mostNames);
  const severities = sorted([...views.flatMap(severitiesOf), filter.severity]);
  const fields = html`<summary data-stop data-key="filter more">More filters</summary>
<div class="filter">
<label>Service <input name="service" maxlength="200" list="things" autocomplete="off" value="${filter.service}" data-stop data-key="filter service"></label>
<datalist id="things">${things.map(name => html`<option value="${name}"></option>`)}</datalist>
<label>State ${choice('state', ['open', 'ended'], filter.state)}</label>
<label>Severity ${choice('severity', severities, filter.severity)}</label>
<label>Since, UTC ${moment('since', filter)}</label>
<label>Until, UTC ${moment('until', filter)}</label>
</div>`;
  return isAsked({ ...filter, text: '' })
    ? html`<details open>${fields}</details>`
    : html`<details>${fields}</details>`;
}

/** The form stands in no part that refreshes, so that what somebody writes into it stays. It needs no script. */
function form(views: readonly IncidentView[], filter: IncidentFilter): Markup {
  const clear = html`<a data-stop data-key="filter none" href="/incidents">Show all</a>`;
  return html`<form class="say" role="search" method="get" action="/incidents">
<label>Text <input type="search" name="text" maxlength="200" value="${filter.text}" data-stop data-key="filter text"></label>
${moreFilters(views, filter)}
<p class="acts"><button data-stop data-key="filter">Filter</button>${isAsked(filter) ? clear : undefined}</p>
</form>
`;
}

function found(views: readonly IncidentView[], asked: boolean): Markup {
  if (views.length > 0) return incidentList(views);
  return asked ? html`<p>No incident is like that.</p>` : html`<p>There was none yet.</p>`;
}

/** What stands on the page of all incidents: those that fit the filter, open ones first, then the newest first. */
export function listSections(all: readonly IncidentView[], filter: IncidentFilter): Markup {
  const { views, faults } = filterIncidents(all, filter);
  const asked = isAsked(filter);
  const count = sayCount(all.length, 'incident');
  const heading = all.length === 0 ? 'All incidents' : asked ? `${views.length} of ${count}` : count;
  const passedOver = faults.map(
    fault => html`<p class="card suspect" role="status">Passed over: ${fault}.</p>
`,
  );
  return html`${part('count', html`<h1>${heading}</h1>`)}
${form(all, filter)}${passedOver}
${part('all', found(views, asked))}`;
}
