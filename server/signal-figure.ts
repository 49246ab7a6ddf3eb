import { lineChart } from '../charts/line.ts';
import { saySignal } from '../core/say-name.ts';
import { sayRange, sayValue } from '../core/say-value.ts';
import { html, type Markup, trusted } from './html.ts';
import type { IncidentAxis } from './incident-axis.ts';
import type { SignalView } from './model.ts';
import { inWidths } from './page-widths.ts';
import { clockTag, cut } from './page-words.ts';

/** One signal with its expected range as a chart on the axis of the incident, and in words for those who cannot see it. */
export function signalFigure(view: SignalView, { start, end, rules }: IncidentAxis): Markup {
  const { t, v, low, high, unit, onset } = view;
  const title = cut(`${view.entity}: ${saySignal(view.signal)}`);
  if (t.length < 2)
    return html`<figure class="panel"><figcaption><strong>${title}</strong>: too few samples for a chart.</figcaption></figure>`;
  const chart = {
    title,
    heading: '',
    unit,
    start,
    end,
    height: 104,
    lines: [{ t, v, label: saySignal(view.signal) }],
    band: { t, low, high },
    rules,
    ...(onset === undefined ? {} : { marks: [{ t: onset, label: 'left its range' }] }),
  };
  return html`<figure class="panel" data-stop data-key="chart ${title}" tabindex="-1"><figcaption><strong>${title}</strong> <span class="soft">${words(view)}</span></figcaption>${inWidths(
    width => trusted(lineChart({ ...chart, width })),
  )}</figure>
`;
}

/** A number stays on one line with its unit. */
const whole = (text: string): string => text.replaceAll(' ', '\u00a0');

/** What was expected and what was seen at the worst, and since when. */
function words({ t, v, low, high, unit, onset }: SignalView): Markup {
  if (!low.some(Number.isFinite)) return html`What is expected of it is not known.`;
  if (onset === undefined) return html`It stayed in its expected range.`;
  const at = worstAfter({ t, v, low, high }, onset);
  const expected = sayRange({ low: low[at]!, high: high[at]! }, v[at]!, unit);
  return html`Left its expected range at ${clockTag(onset)} UTC: ${v[at]! < low[at]! ? 'down' : 'up'} to <strong>${whole(sayValue(v[at]!, unit))}</strong>, expected ${whole(expected)}.`;
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
