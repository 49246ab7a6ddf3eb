import { escapeText, timeText } from '../charts/frame.ts';
import type { PlotMark } from '../charts/plot.ts';
import type { PanelAnswer } from './preview-answer.ts';
import type { PreviewDashboard, PreviewPanel } from './preview-model.ts';
import { panelPicture } from './preview-panel.ts';
import type { PreviewRange } from './preview-query.ts';

/** What a page is made from: answers and marks by the id of their panel. */
export interface PreviewPage {
  readonly dashboard: PreviewDashboard;
  readonly range: PreviewRange;
  readonly answers: ReadonlyMap<number, PanelAnswer>;
  readonly marks: ReadonlyMap<number, readonly PlotMark[]>;
  /** Titles of the dashboards of incidents. */
  readonly incidents: readonly string[];
  /** Whom the panels were asked from, in words. */
  readonly from: string;
}

const cell = { width: 58, height: 32, gap: 6 } as const;

const style = `
:root{color-scheme:light dark;--page:#f2f3f5;--paper:#fff;--ink:#1f2430;--rim:#dfe2e8;--chart-text:#1f2430;--chart-grid:#0002;--chart-blue:#2f74c0;--chart-red:#c0362c;--chart-purple:#7c3aed}
@media (prefers-color-scheme:dark){:root{--page:#0f1116;--paper:#181b20;--ink:#d5d8de;--rim:#2a2e36;--chart-text:#d5d8de;--chart-grid:#fff2;--chart-1:#5b9ce6;--chart-2:#f0a030;--chart-3:#3fb984;--chart-4:#c77fc0;--chart-5:#e57373;--chart-6:#94a3b8;--chart-blue:#5b9ce6;--chart-red:#ef6a5f;--chart-orange:#f0a030;--chart-green:#3fb984;--chart-purple:#a78bfa;--chart-gray:#94a3b8}}
body{margin:0;padding:16px;background:var(--page);color:var(--ink);font:14px/1.45 system-ui,sans-serif}
h1{font-size:20px;margin:0}h2{font-size:15px;margin:0;align-self:end}
header{max-width:1530px;margin-bottom:12px}header p{margin:2px 0;opacity:.85}
main{display:grid;grid-template-columns:repeat(24,${cell.width}px);grid-auto-rows:${cell.height}px;gap:${cell.gap}px}
section{background:var(--paper);border:1px solid var(--rim);border-radius:4px;overflow:hidden;box-sizing:border-box}
section svg{display:block}
`;

const pixels = ({ w, h }: { readonly w: number; readonly h: number }) => ({
  width: w * (cell.width + cell.gap) - cell.gap - 2,
  height: h * (cell.height + cell.gap) - cell.gap - 2,
});

/** A dashboard as one page that needs nothing beside it: its panels as pictures where they stand. */
export function previewPage(page: PreviewPage): string {
  const { dashboard, range, from } = page;
  const title = escapeText(dashboard.title);
  const said = `${timeText(range.start)} to ${timeText(range.end)}, from ${from}`;
  const panels = dashboard.panels.map(panel => placed(panel, page));
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title><style>${style}</style></head>
<body><header><h1>${title}</h1><p>${escapeText(dashboard.description)}</p><p>${escapeText(said)}</p></header>
<main>
${panels.join('\n')}
</main></body></html>
`;
}

function placed(panel: PreviewPanel, page: PreviewPage): string {
  const { x, y, w, h } = panel.gridPos;
  const place = `grid-column:${x + 1}/span ${w};grid-row:${y + 1}/span ${h}`;
  if (panel.type === 'row') return `<h2 style="${place}">${escapeText(panel.title)}</h2>`;
  const picture = panelPicture(panel, {
    answer: page.answers.get(panel.id) ?? { targets: [] },
    ...pixels({ w, h }),
    range: page.range,
    marks: page.marks.get(panel.id) ?? [],
    dashboards: page.incidents,
  });
  return `<section id="panel-${panel.id}" title="${escapeText(panel.description)}" style="${place}">${picture}</section>`;
}
