import { type CountLane, laneChart, type MarkLane } from '../charts/lanes.ts';
import { grouped } from './grouped.ts';
import { html, type Markup, trusted } from './html.ts';
import type { IncidentAxis } from './incident-axis.ts';
import { type IncidentMark, markId, marksOf } from './incident-marks.ts';
import type { IncidentView } from './model.ts';
import { inWidths } from './page-widths.ts';

function laneOf(name: string, shape: MarkLane['shape'], marks: readonly IncidentMark[]): MarkLane {
  return {
    name,
    shape,
    marks: marks.map(mark => ({
      t: mark.at,
      label: String(mark.n),
      text: `${mark.n}, ${mark.text}`,
      href: `#${markId(mark)}`,
    })),
  };
}

/** One bar for each moment at which alerts began. */
function alertLane({ incident }: IncidentView): MarkLane {
  const began = grouped(incident.members, ({ alert }) => alert.startsAt);
  const marks = [...began].map(([t, members]) => ({ t, label: '', text: `${members.length} began` }));
  return { name: 'alerts', shape: 'bar', marks };
}

function lanesOf(view: IncidentView): readonly (MarkLane | CountLane)[] {
  const marks = marksOf(view);
  const { counts } = view.logs ?? {};
  const lines = marks.filter(({ kind }) => kind === 'log');
  return [
    laneOf(
      'changes',
      'diamond',
      marks.filter(({ kind }) => kind === 'change'),
    ),
    ...(lines.length === 0 ? [] : [laneOf('new lines', 'triangle', lines)]),
    ...(counts === undefined ? [] : [{ name: 'errors', ...counts }]),
    alertLane(view),
  ];
}

/** What happened beside the signals, on their axis: changes, lines of logs, alerts. */
export function lanesFigure(view: IncidentView, { start, end, rules }: IncidentAxis): Markup {
  const lanes = lanesOf(view);
  const title = 'Changes, log lines and alerts over time';
  const drawn = inWidths(width => trusted(laneChart({ title, width, start, end, lanes, rules })));
  const changes = lanes[0]!;
  const none = 'marks' in changes && changes.marks.length === 0 ? ' No change of it is known.' : '';
  return html`<figure data-stop data-key="lanes" tabindex="-1">${drawn}<figcaption class="soft">Numbers stand in the timeline, too.${none}</figcaption></figure>`;
}
