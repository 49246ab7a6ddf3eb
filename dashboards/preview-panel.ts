import { figurePicture } from '../charts/figure.ts';
import type { PlotMark } from '../charts/plot.ts';
import { tablePicture } from '../charts/table.ts';
import { wordsPicture } from '../charts/words.ts';
import type { PanelAnswer } from './preview-answer.ts';
import type { PreviewPanel } from './preview-model.ts';
import type { PreviewRange } from './preview-query.ts';
import { sayIn } from './preview-say.ts';
import { noneOf, seriesPicture } from './preview-series.ts';
import { colourOf } from './preview-style.ts';
import { tableOf } from './preview-table.ts';
import { wordsOf } from './preview-words.ts';

/** What a panel is drawn from; sizes in pixels. */
export interface PanelDrawing {
  readonly answer: PanelAnswer;
  readonly width: number;
  readonly height: number;
  readonly range: PreviewRange;
  readonly marks: readonly PlotMark[];
  /** Titles of the dashboards that a list of them would show. */
  readonly dashboards: readonly string[];
}

/** A panel as an SVG text. */
export function panelPicture(panel: PreviewPanel, drawing: PanelDrawing): string {
  const { answer, width, height, dashboards } = drawing;
  const size = { width, height };
  switch (panel.type) {
    case 'timeseries':
      return seriesPicture(panel, answer, drawing);
    case 'table':
      return tableOf(panel, answer, size);
    case 'stat':
      return statOf(panel, answer, size);
    case 'text':
      return wordsOf(panel, size);
    case 'dashlist':
      return tablePicture({
        title: panel.title,
        ...size,
        columns: [{ title: 'dashboard', right: false }],
        rows: dashboards.map(title => [title]),
        none: 'None is open.',
      });
    default: {
      const text = `A panel of the type ${panel.type} cannot be drawn here.`;
      return wordsPicture({ title: panel.title, ...size, paragraphs: [[{ text, bold: false }]] });
    }
  }
}

function statOf(
  panel: PreviewPanel,
  { targets }: PanelAnswer,
  size: { readonly width: number; readonly height: number },
): string {
  const { defaults } = panel.fieldConfig;
  const value = targets[0]?.series[0]?.v.findLast(each => !Number.isNaN(each));
  if (value === undefined) {
    const answered = targets.every(({ error }) => error === undefined);
    const said = answered && defaults.noValue !== '' ? defaults.noValue : noneOf(targets);
    return figurePicture({ title: panel.title, ...size, said, colour: colourOf('gray') });
  }
  const step = defaults.thresholds?.steps.findLast(each => each.value === null || value >= each.value);
  const colour = colourOf(step?.color ?? 'blue');
  return figurePicture({ title: panel.title, ...size, said: sayIn(defaults.unit)(value), colour });
}
