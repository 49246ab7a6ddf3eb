import { html, type Markup } from './html.ts';
import { incidentAxis } from './incident-axis.ts';
import { lanesFigure } from './lanes-figure.ts';
import type { IncidentView } from './model.ts';
import { signalFigure } from './signal-figure.ts';

/** So many charts are read at a glance; the others are one step away. */
const mostCharts = 6;

const key = html`<p class="soft">All on one axis of time, in UTC. Line: what was measured. Shaded, with dashed edges: what was expected. Upright lines: the first suspect left its range (dotted), the first alert (solid).</p>`;

/** Changes, log lines, alerts and the signals, one below the other on one axis of time. */
export function signalsSection(view: IncidentView): Markup {
  const axis = incidentAxis(view);
  const left = view.signals.filter(signal => signal.onset !== undefined);
  const shown = (left.length > 0 ? left : view.signals).slice(0, mostCharts);
  const rest = view.signals.filter(signal => !shown.includes(signal));
  const none = html`<p>No chart yet: none of its signals could be read so far.</p>`;
  const more = html`<details data-key="more signals"><summary data-stop data-key="summary of more signals">${rest.length} more signals on the same axis</summary>
${rest.map(signal => signalFigure(signal, axis))}</details>`;
  return html`<h2>What happened when</h2>
${key}
<div class="card">${lanesFigure(view, axis)}
${shown.length === 0 ? none : shown.map(signal => signalFigure(signal, axis))}${rest.length === 0 ? undefined : more}</div>`;
}
