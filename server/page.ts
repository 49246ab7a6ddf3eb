import { createHash } from 'node:crypto';
import { html, type Markup, trusted } from './html.ts';
import type { IncidentFilter } from './incident-filter.ts';
import type { IncidentView, ServerState } from './model.ts';
import { style } from './page-assets.ts';
import { incidentSections } from './page-incident.ts';
import { listSections } from './page-list.ts';
import { overviewSections } from './page-overview.ts';
import { script } from './page-script.ts';
import { runbookIndex, runbookSections } from './runbooks.ts';

/** A page as text, and a tag that changes with what a reader sees. */
export interface Page {
  readonly text: string;
  readonly tag: string;
}

/** Where no script runs, the page is loaded anew so often, in seconds. */
const withoutScript = 30;

function layout(title: string, body: Markup): Page {
  const tag = `"${createHash('sha256').update(title).update(body.toString()).digest('base64url').slice(0, 22)}"`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<noscript><meta http-equiv="refresh" content="${withoutScript}"></noscript>
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${trusted(style)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header><a href="/">foreshock</a><span id="live" role="status"></span><span class="hint">Press <kbd>?</kbd> for keys</span></header>
<main id="main" tabindex="-1" data-tag="${tag}">
${body}
</main>
<footer>All times are UTC. <a href="/incidents">All incidents</a> · <a href="/api/v1/incidents">as JSON</a> · <a href="/metrics">Metrics</a> · <a href="/runbooks">Runbooks</a></footer>
<div id="news" role="status" hidden>This page has news. <button type="button">Show them (r)</button></div>
<div id="ghost" aria-hidden="true" inert></div>
<dialog id="keys" aria-labelledby="keys-title">
<h2 id="keys-title">Keys</h2>
<ul class="plain">
<li><kbd>j</kbd> <kbd>k</kbd> next, previous</li>
<li><kbd>Enter</kbd> open</li>
<li><kbd>/</kbd> search the incidents, where they are listed</li>
<li><kbd>r</kbd> show what is new</li>
<li><kbd>Esc</kbd> back to the first page</li>
<li><kbd>?</kbd> show or hide this</li>
</ul>
</dialog>
<script>${trusted(script)}</script>
</body>
</html>
`;
  return { text: page.toString(), tag };
}

/** The page at `/`: incidents, then what is watched. */
export function overviewPage(state: ServerState): Page {
  const open = state.incidents().filter(view => view.incident.endsAt === undefined).length;
  return layout(open > 0 ? `(${open}) foreshock` : 'foreshock', overviewSections(state));
}

/** The page at `/incidents`: every incident that is kept and fits the filter. */
export function allIncidentsPage(state: ServerState, filter: IncidentFilter): Page {
  return layout('All incidents - foreshock', listSections(state.incidents(), filter));
}

/** The page of one incident. */
export function incidentPage(view: IncidentView): Page {
  return layout(`${view.title} - foreshock`, incidentSections(view));
}

/** The page of one alert's runbook, or the list of all of them. */
export function runbookPage(runbooks: ReadonlyMap<string, string>, name?: string): Page {
  const text = name === undefined ? undefined : runbooks.get(name);
  if (text === undefined) return layout('Runbooks - foreshock', runbookIndex(runbooks.keys()));
  return layout(`${name} - foreshock`, runbookSections(text));
}

/** The page that says why feedback on an incident was not taken. */
export function refusedPage(id: string, message: string): Page {
  return layout(
    'Not taken - foreshock',
    html`<h1>It was not taken</h1>
<p>${message}</p>
<p><a href="/incidents/${encodeURIComponent(id)}#feedback">Back to the incident</a></p>`,
  );
}

/** The page for an id that is not known. */
export function missingPage(id: string): Page {
  return layout(
    'No such incident - foreshock',
    html`<h1>No such incident</h1>
<p>There is no incident ${id}. It may have been removed with old results. <a href="/">All incidents</a></p>`,
  );
}
