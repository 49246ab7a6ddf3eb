import { type LineChart, lineChart } from '../charts/line.ts';
import { saySignal } from '../core/say-name.ts';
import { sayRange, sayValue } from '../core/say-value.ts';
import { html, type Markup, trusted } from './html.ts';
import type { SignalView } from './model.ts';
import { clockTag } from './page-words.ts';

/** One signal with its expected range as a chart of fixed size, and in words for those who cannot see it. */
export function signalFigure(view: SignalView): Markup {
  const { t, v, low, high, unit, onset } = view;
  const start = t[0];
  const end = t.at(-1);
  const title = `${view.entity}: ${saySignal(view.signal)}`;
  if (start === undefined || end === undefined || end <= start)
    return html`<figure class="card"><figcaption>${title}: too few samples for a chart.</figcaption></figure>`;
  const chart = {
    title,
    unit,
    start,
    end,
    lines: [{ t, v, label: saySignal(view.signal) }],
    band: { t, low, high },
    ...(onset === undefined ? {} : { marks: [{ t: onset, label: 'left its range' }] }),
  };
  return html`<figure class="card" data-stop data-key="chart ${title}" tabindex="-1">${[450, 320].map(width => drawn(chart, width))}<figcaption class="soft">${words(view)}</figcaption></figure>`;
}

/** What was expected and what was seen at the worst, and since when. */
function words({ t, v, low, high, unit, onset }: SignalView): Markup {
  if (onset === undefined) return html`It stayed in its expected range.`;
  const at = worstAfter({ t, v, low, high }, onset);
  const expected = sayRange({ low: low[at]!, high: high[at]! }, v[at]!, unit);
  return html`Left its expected range at ${clockTag(onset)} UTC: ${v[at]! < low[at]! ? 'down' : 'up'} to <strong>${sayValue(v[at]!, unit)}</strong>, expected ${expected}.`;
}

/** Index of the sample from `onset` on that lies farthest outside of its band. */
function worstAfter(view: Pick<SignalView, 't' | 'v' | 'low' | 'high'>, onset: number): number {
  const { t, v, low, high } = view;
  let worst = 0;
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < t.length; i++) {
    const outside = Math.max(v[i]! - high[i]!, low[i]! - v[i]!);
    if (t[i]! < onset || !(outside > most)) continue;
    most = outside;
    worst = i;
  }
  return worst;
}

/** The text of a chart does not scale down, so a phone gets a narrower drawing and the style shows one of the two. */
function drawn(chart: Omit<LineChart, 'width' | 'height'>, width: number): Markup {
  const svg = lineChart({ ...chart, width, height: 180 });
  return html`<div class="${width > 400 ? 'broad' : 'narrow'}">${trusted(svg)}</div>`;
}
