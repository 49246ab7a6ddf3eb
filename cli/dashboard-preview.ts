import type { PlotMark } from '../charts/plot.ts';
import type { Labels } from '../core/labels.ts';
import type { SeriesSource } from '../core/series.ts';
import { beginnings, type PanelAnswer, type TargetAnswer, withGaps } from '../dashboards/preview-answer.ts';
import {
  askedBy,
  type PreviewDashboard,
  type PreviewMark,
  type PreviewPanel,
  type PreviewTarget,
} from '../dashboards/preview-model.ts';
import { previewPage } from '../dashboards/preview-page.ts';
import {
  fillIn,
  legendOf,
  type PreviewRange,
  rangeOf,
  stepFor,
  timeOf,
} from '../dashboards/preview-query.ts';
import { colourOf } from '../dashboards/preview-style.ts';
import type { NamedSource } from './sources.ts';

/** Who answers the queries of a preview. */
export interface PreviewSources {
  readonly metrics: readonly NamedSource[];
  readonly foreshock: SeriesSource;
  /** How often series are sampled, ms. */
  readonly scrape: number;
  /** All of them in words, for the page. */
  readonly said: string;
}

/** How a dashboard is looked at; times in ms. */
export interface PreviewOptions {
  readonly now: number;
  /** Instead of the dashboard's own range. */
  readonly range?: Partial<PreviewRange>;
  /** Titles of the dashboards of incidents. */
  readonly incidents: readonly string[];
  readonly signal: AbortSignal;
}

/** A drawn dashboard; `unanswered` says of each query that was not answered why, each once. */
export interface Preview {
  readonly html: string;
  readonly asked: number;
  readonly unanswered: readonly string[];
}

const points = 300;
const mostMarks = 25;

interface Asking {
  readonly sources: PreviewSources;
  readonly range: PreviewRange;
  readonly variables: readonly string[];
  readonly signal: AbortSignal;
  readonly now: number;
}

/** Draws a dashboard from what its queries answer now. A query that fails is said in its panel; only an abort rejects. */
export async function previewOf(
  dashboard: PreviewDashboard,
  sources: PreviewSources,
  options: PreviewOptions,
): Promise<Preview> {
  const { now, incidents, signal } = options;
  const range = rangeOf(dashboard.time, options);
  const variables = dashboard.templating.list.flatMap(({ name, type }) => (type === 'query' ? [name] : []));
  const asking: Asking = { sources, range, variables, signal, now };
  const drawn = dashboard.panels.filter(({ type }) => type !== 'row');
  const answers = new Map<number, PanelAnswer>();
  for (const panel of drawn) answers.set(panel.id, await askPanel(panel, asking));
  const marks = await askMarks(dashboard.annotations.list, drawn, asking);
  const html = previewPage({ dashboard, range, answers, marks, incidents, from: sources.said });
  const all = [...answers.values()].flatMap(({ targets }) => targets);
  return {
    html,
    asked: all.length,
    unanswered: [...new Set(all.flatMap(({ error }) => (error === undefined ? [] : [error])))],
  };
}

/** A panel with a time of its own looks back from now, whatever the dashboard shows. */
async function askPanel(panel: PreviewPanel, asking: Asking): Promise<PanelAnswer> {
  const range =
    panel.timeFrom === undefined
      ? asking.range
      : { start: timeOf(`now-${panel.timeFrom.replace(/^now-/, '')}`, asking.now), end: asking.now };
  const step = stepFor(range, points);
  const targets = panel.targets.map(target => askTarget(target, { ...asking, range }, step));
  return { targets: await Promise.all(targets) };
}

async function askTarget(target: PreviewTarget, asking: Asking, step: number): Promise<TargetAnswer> {
  const { range, sources, variables, signal } = asking;
  const query = fillIn(target.expr, { range, step, scrape: sources.scrape, variables });
  const end = Math.floor(range.end / 1000) * 1000;
  const when = target.instant ? { start: end, end, step: 1000 } : { ...range, step };
  try {
    const series = await askAll(sourcesOf(target, sources), { query, ...when, signal });
    return { series: target.instant ? series : series.map(one => withGaps(one, step)) };
  } catch (error) {
    signal.throwIfAborted();
    return { series: [], error: error instanceof Error ? error.message : String(error) };
  }
}

function sourcesOf(asked: Parameters<typeof askedBy>[0], { metrics, foreshock }: PreviewSources) {
  return askedBy(asked) === 'foreshock' ? [{ name: '', source: foreshock }] : metrics;
}

/** What all of them have, told apart by their names where there are several. */
async function askAll(sources: readonly NamedSource[], range: Parameters<SeriesSource['queryRange']>[0]) {
  const sets = await Promise.all(
    sources.map(async ({ name, source }) => {
      const { series } = await source.queryRange(range);
      const own: Labels = sources.length > 1 ? { source: name } : {};
      return series.map(one => ({ ...one, labels: { ...one.labels, ...own } }));
    }),
  );
  return sets.flat();
}

/** The moments of each mark on the panels that it is for. Marks are an aid: one that is not answered is left out. */
async function askMarks(
  marks: readonly PreviewMark[],
  panels: readonly PreviewPanel[],
  asking: Asking,
): Promise<ReadonlyMap<number, readonly PlotMark[]>> {
  const { now } = asking;
  const ahead = now < asking.range.end ? [{ t: now, label: 'now', colour: colourOf('gray') }] : [];
  const out = new Map<number, PlotMark[]>(panels.map(({ id }) => [id, ahead]));
  const step = Math.max(60_000, stepFor(asking.range, 5000));
  for (const mark of marks.filter(({ enable, expr }) => enable && expr !== '')) {
    const target = {
      refId: 'A',
      expr: mark.expr,
      legendFormat: '',
      instant: false,
      datasource: mark.datasource,
    };
    const { series } = await askTarget(target, asking, step);
    const moments = series
      .flatMap(one =>
        beginnings(one, step).map(t => ({
          t,
          label: legendOf(mark.titleFormat, one.labels),
          colour: colourOf(mark.iconColor),
        })),
      )
      .slice(0, mostMarks);
    for (const { id } of panels) {
      const meant = mark.filter === undefined || mark.filter.ids.includes(id) !== mark.filter.exclude;
      if (meant) out.set(id, [...(out.get(id) ?? []), ...moments]);
    }
  }
  return out;
}
