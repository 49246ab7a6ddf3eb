import type { TimelineEntry } from '../core/incident.ts';
import { html, type Markup, safeLink } from './html.ts';
import { type IncidentMark, markId, marksOf } from './incident-marks.ts';
import type { IncidentView } from './model.ts';
import { clockTag, cut } from './page-words.ts';

const names = { change: 'Change', log: 'Log' } as const;

interface Row {
  readonly at: number;
  readonly body: Markup;
}

/** Changes and log lines are what a reader looks for first in a timeline; each has the number that it has in the picture. */
function markRow(mark: IncidentMark, began: number): Row {
  const { at, n, kind, text } = mark;
  const link = safeLink(mark.link);
  const more =
    link === undefined
      ? undefined
      : html` <a data-stop data-key="link of mark ${n}" href="${link}">Open ${new URL(link).host}</a>`;
  const body = html`<div id="${markId(mark)}" tabindex="-1"><dt>${clockTag(at, began)}</dt><dd><span class="state change">${names[kind]} ${n}</span> ${cut(text)}${more}</dd></div>
`;
  return { at, body };
}

function entryRow({ at, what }: TimelineEntry, began: number): Row {
  return {
    at,
    body: html`<div><dt>${clockTag(at, began)}</dt><dd>${cut(what)}</dd></div>
`,
  };
}

/** What happened, one line each, in order of time. */
export function timelineSection(view: IncidentView): Markup {
  const { startsAt, timeline } = view.incident;
  const rows = [
    ...marksOf(view).map(mark => markRow(mark, startsAt)),
    ...timeline.filter(({ kind }) => kind !== 'change').map(entry => entryRow(entry, startsAt)),
  ].sort((a, b) => a.at - b.at);
  if (rows.length === 0) return html`<h2>Timeline</h2><p>Nothing is recorded yet.</p>`;
  return html`<h2>Timeline, in UTC</h2>
<dl class="time">${rows.map(({ body }) => body)}</dl>`;
}
