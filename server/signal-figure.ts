import { lineChart } from '../charts/line.ts';
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
  const chart = lineChart({
    title,
    unit,
    width: 880,
    height: 200,
    start,
    end,
    lines: [{ t, v, label: view.signal }],
    band: { t, low, high },
    ...(onset === undefined ? {} : { marks: [{ t: onset, label: 'left its range' }] }),
  });
  const words =
    onset === undefined ? 'It stayed in its expected range.' : `Left its expected range at ${clock(onset)}.`;
  return html`<figure class="card" data-stop tabindex="-1">${trusted(chart)}<figcaption class="soft">${words}</figcaption></figure>`;
}
