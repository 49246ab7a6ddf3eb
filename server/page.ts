import { html, type Markup, trusted } from './html.ts';
import type { IncidentView, ServerState } from './model.ts';
import { script, style } from './page-assets.ts';
import { incidentSections } from './page-incident.ts';
import { overviewSections } from './page-overview.ts';
import { runbookIndex, runbookSections } from './runbooks.ts';

function layout(title: string, body: Markup): Markup {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${trusted(style)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header><a href="/">foreshock</a><span>Press <kbd>?</kbd> for keys</span></header>
<main id="main" tabindex="-1">
${body}
</main>
<footer>All times are UTC. <a href="/metrics">Metrics</a> · <a href="/api/v1/incidents">Incidents as JSON</a> · <a href="/runbooks">Runbooks</a></footer>
<dialog id="keys" aria-labelledby="keys-title">
<h2 id="keys-title">Keys</h2>
<ul class="plain">
<li><kbd>j</kbd> <kbd>k</kbd> next, previous</li>
<li><kbd>Enter</kbd> open</li>
<li><kbd>Esc</kbd> back to all incidents</li>
<li><kbd>?</kbd> show or hide this</li>
</ul>
</dialog>
<script>${trusted(script)}</script>
</body>
</html>
`;
}

/** The page at `/`: incidents, then what is watched. */
export function overviewPage(state: ServerState): Markup {
  const open = state.incidents().filter(view => view.incident.endsAt === undefined).length;
  return layout(open > 0 ? `(${open}) foreshock` : 'foreshock', overviewSections(state));
}

/** The page of one incident. */
export function incidentPage(view: IncidentView): Markup {
  return layout(`${view.title} - foreshock`, incidentSections(view));
}

/** The page of one alert's runbook, or the list of all of them. */
export function runbookPage(runbooks: ReadonlyMap<string, string>, name?: string): Markup {
  const text = name === undefined ? undefined : runbooks.get(name);
  if (text === undefined) return layout('Runbooks - foreshock', runbookIndex(runbooks.keys()));
  return layout(`${name} - foreshock`, runbookSections(text));
}

/** The page for an id that is not known. */
export function missingPage(id: string): Markup {
  return layout(
    'No such incident - foreshock',
    html`<h1>No such incident</h1>
<p>There is no incident ${id}. It may have been removed with old results. <a href="/">All incidents</a></p>`,
  );
}
