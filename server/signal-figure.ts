import { type LineChart, lineChart } from '../charts/line.ts';
import { html, type Markup, trusted } from './html.ts';
import type { SignalView } from './model.ts';
import { clock } from './page-words.ts';

/** One signal with its expected range as a chart of fixed size, and in words for those who cannot see it. */
export function signalFigure(view: SignalView): Markup {
  const { t, v, low, high, unit, onset } = view;
  const start = t[0];
  const end = t.at(-1);
  const title = `${view.entity}: ${view.signal}`;
  if (start === undefined || end === undefined || end <= start)
    return html`<figure><figcaption>${title}: too few samples for a chart.</figcaption></figure>`;
  const chart = {
    title,
    unit,
    start,
    end,
    lines: [{ t, v, label: view.signal }],
    band: { t, low, high },
    ...(onset === undefined ? {} : { marks: [{ t: onset, label: 'left its range' }] }),
  };
  const words =
    onset === undefined ? 'It stayed in its expected range.' : `Left its expected range at ${clock(onset)}.`;
  return html`<figure class="card" data-stop tabindex="-1">${[880, 320].map(width => drawn(chart, width))}<figcaption class="soft">${words}</figcaption></figure>`;
}

/** The text of a chart does not scale down, so a phone gets a narrower drawing and the style shows one of the two. */
function drawn(chart: Omit<LineChart, 'width' | 'height'>, width: number): Markup {
  return html`<div class="${width > 500 ? 'broad' : 'narrow'}">${trusted(lineChart({ ...chart, width, height: 200 }))}</div>`;
}
