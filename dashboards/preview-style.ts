import { strokes } from '../charts/frame.ts';
import type { PreviewPanel } from './preview-model.ts';

/** How a line is drawn. */
export interface LineStyle {
  readonly colour: string;
  readonly width: number;
  readonly dash: string;
  /** Name of the line down to which all is filled. */
  readonly fillTo: string | undefined;
  readonly inLegend: boolean;
}

const named: Readonly<Record<string, string>> = {
  red: 'var(--chart-red, #c24141)',
  orange: 'var(--chart-orange, #d97706)',
  green: 'var(--chart-green, #16875a)',
  blue: 'var(--chart-blue, #2f74c0)',
  purple: 'var(--chart-purple, #7c3aed)',
  gray: 'var(--chart-gray, #64748b)',
};

/** A colour of Grafana as CSS; one that is not known is that of the text. */
export function colourOf(name: string): string {
  return named[name] ?? 'var(--chart-text, currentColor)';
}

const at = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;

/** The k-th plain line of a panel, as the panel's overrides change it. */
export function styleOf(
  { fieldConfig: { overrides } }: PreviewPanel,
  line: { readonly refId: string; readonly name: string; readonly k: number },
): LineStyle {
  const stroke = strokes[line.k % strokes.length]!;
  const said = new Map<string, unknown>();
  for (const { matcher, properties } of overrides) {
    const hit =
      (matcher.id === 'byName' && matcher.options === line.name) ||
      (matcher.id === 'byFrameRefID' && matcher.options === line.refId);
    if (hit) for (const { id, value } of properties) said.set(id, value);
  }
  const fixed = at(said.get('color'), 'fixedColor');
  const fillTo = said.get('custom.fillBelowTo');
  const width = said.get('custom.lineWidth');
  const dashed = at(said.get('custom.lineStyle'), 'fill') === 'dash';
  return {
    colour: typeof fixed === 'string' ? colourOf(fixed) : stroke.colour,
    width: typeof width === 'number' ? width : 1.5,
    dash: dashed ? '6 4' : typeof fixed === 'string' ? '' : stroke.dash,
    fillTo: typeof fillTo === 'string' ? fillTo : undefined,
    inLegend: at(said.get('custom.hideFrom'), 'legend') !== true,
  };
}
