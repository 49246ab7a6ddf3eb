import type { Incident, Member } from '../core/incident.ts';
import type { Labels } from '../core/labels.ts';
import { sayTime } from '../core/say-time.ts';
import type { Placeable } from './grid.ts';
import { markdownText } from './text.ts';
import { textPanel } from './text-panel.ts';

/** Labels that are said in a column of their own, or that no reader needs. */
const quiet = new Set(['alertname', 'generator', 'class', 'severity', 'signal']);
const mostRows = 30;
const longest = 160;

const cut = (text: string) => (text.length > longest ? `${[...text].slice(0, longest - 1).join('')}…` : text);

interface Size {
  readonly w: number;
  readonly h: number;
}

/** The first suspects with their evidence. */
export function suspectsPanel({ suspects }: Incident, size: Size): Placeable {
  const lines = suspects.slice(0, 5).map((suspect, k) => {
    const name = markdownText(Object.values(suspect.entity).join(' '));
    return `${k + 1}. **${name}** (${suspect.score.toFixed(2)}): ${suspect.evidence.map(markdownText).join('; ')}`;
  });
  return textPanel(
    {
      title: 'Suspects',
      about:
        'Ranked by onset, by how much of the incident they explain, and by changes. Begin with the first: its panels stand first, too.',
      content: lines.length === 0 ? 'Not enough evidence for a cause.' : lines.join('\n'),
    },
    size,
  );
}

/** The alerts that belong to it, in order of their onset, and why. */
export function membersPanel({ members }: Incident, size: Size): Placeable {
  const inOrder = [...members].sort((a, b) => a.alert.startsAt - b.alert.startsAt);
  const rows = inOrder.slice(0, mostRows).map(rowOf);
  const left = members.length - rows.length;
  const more = left > 0 ? [`| | and ${left} more: see its page | | | |`] : [];
  return textPanel(
    {
      title: 'Alerts of the incident',
      about:
        'In the order in which they began, and why each belongs to it. One that does not belong: take it out on the page of the incident.',
      content: ['| since | alert | where | severity | why |', '|---|---|---|---|---|', ...rows, ...more].join(
        '\n',
      ),
    },
    size,
  );
}

function rowOf({ alert, reason }: Member): string {
  const { alertname = '', signal, severity = '' } = alert.labels;
  const name = signal === undefined ? alertname : `${alertname} (${signal})`;
  const ended = alert.endsAt === undefined ? '' : ', over';
  const cells = [`${sayTime(alert.startsAt)}${ended}`, name, placeOf(alert.labels), severity, reason];
  return `| ${cells.map(cell => markdownText(cut(cell))).join(' | ')} |`;
}

function placeOf(labels: Labels): string {
  return Object.entries(labels)
    .filter(([name]) => !quiet.has(name))
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}
