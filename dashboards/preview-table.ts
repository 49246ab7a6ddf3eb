import { tablePicture } from '../charts/table.ts';
import { labelOf } from '../core/labels.ts';
import type { PanelAnswer, TargetAnswer } from './preview-answer.ts';
import type { PreviewPanel } from './preview-model.ts';
import { sayIn } from './preview-say.ts';
import { noneOf } from './preview-series.ts';

interface Row {
  readonly labels: Readonly<Record<string, string>>;
  readonly values: (number | undefined)[];
}

interface Organized {
  readonly hidden: ReadonlySet<string>;
  readonly renamed: ReadonlyMap<string, string>;
}

/** A panel with a table as an SVG: a row a label set, as Grafana's `merge` and `organize` make it. */
export function tableOf(
  panel: PreviewPanel,
  answer: PanelAnswer,
  size: { readonly width: number; readonly height: number },
): string {
  const { defaults } = panel.fieldConfig;
  const { hidden, renamed } = organized(panel);
  const all = rowsOf(answer.targets);
  const labels = [...new Set(all.flatMap(row => Object.keys(row.labels)))].filter(name => !hidden.has(name));
  const values = panel.targets.map(({ refId }) => {
    const field = panel.targets.length === 1 ? 'Value' : `Value #${refId}`;
    const title = renamed.get(field) ?? field;
    return { title, say: sayIn(unitOf(panel, title)) };
  });
  const rows = sorted(
    all,
    panel,
    values.map(({ title }) => title),
  ).map(row => [
    ...labels.map(name => labelOf(row.labels, name)),
    ...values.map(({ say }, k) => (row.values[k] === undefined ? '' : say(row.values[k]))),
  ]);
  const answered = answer.targets.every(target => target.error === undefined);
  return tablePicture({
    title: panel.title,
    ...size,
    columns: [
      ...labels.map(title => ({ title, right: false })),
      ...values.map(({ title }) => ({ title, right: true })),
    ],
    rows,
    none: answered && defaults.noValue !== '' ? defaults.noValue : noneOf(answer.targets),
  });
}

function rowsOf(targets: readonly TargetAnswer[]): Row[] {
  const rows = new Map<string, Row>();
  for (const [k, { series }] of targets.entries())
    for (const { labels, v } of series) {
      const value = v.findLast(each => !Number.isNaN(each));
      if (value === undefined) continue;
      const { __name__: _, ...own } = labels;
      const key = JSON.stringify(Object.entries(own).sort(([a], [b]) => (a < b ? -1 : 1)));
      const row: Row = rows.get(key) ?? { labels: own, values: [] };
      row.values[k] = value;
      rows.set(key, row);
    }
  return [...rows.values()];
}

const recordOf = (value: unknown, key: string): Readonly<Record<string, unknown>> => {
  const found = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
  return typeof found === 'object' && found !== null ? { ...found } : {};
};

function organized({ transformations }: PreviewPanel): Organized {
  const options = transformations.find(({ id }) => id === 'organize')?.options;
  const hidden = Object.entries(recordOf(options, 'excludeByName')).flatMap(([name, yes]) =>
    yes === true ? [name] : [],
  );
  const renamed = Object.entries(recordOf(options, 'renameByName')).map(
    ([from, to]) => [from, String(to)] as const,
  );
  return { hidden: new Set(hidden), renamed: new Map(renamed) };
}

function unitOf({ fieldConfig: { defaults, overrides } }: PreviewPanel, title: string): string {
  const own = overrides.find(({ matcher }) => matcher.id === 'byName' && matcher.options === title);
  const unit = own?.properties.find(({ id }) => id === 'unit')?.value;
  return typeof unit === 'string' ? unit : defaults.unit;
}

function sorted(rows: readonly Row[], { options }: PreviewPanel, titles: readonly string[]): readonly Row[] {
  const [by] = options.sortBy;
  const k = titles.indexOf(by?.displayName ?? '');
  if (by === undefined || k < 0) return rows;
  const of = (row: Row) => row.values[k] ?? (by.desc ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY);
  return rows.toSorted((a, b) => {
    const [x, y] = by.desc ? [of(b), of(a)] : [of(a), of(b)];
    return x === y ? 0 : x - y;
  });
}
