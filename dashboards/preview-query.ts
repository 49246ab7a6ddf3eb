import { parseDuration } from '../core/duration.ts';
import { labelOf } from '../core/labels.ts';

/** A range of time, ms. */
export interface PreviewRange {
  readonly start: number;
  readonly end: number;
}

/** Grafana's text for a time: `now`, `now-6h`, `now+30d`, or ms. Throws an Error for another text. */
export function timeOf(text: string, now: number): number {
  if (/^\d+$/.test(text)) return Number(text);
  const relative = /^now(?:([+-])(\d+[smhdwy]))?$/.exec(text);
  if (relative !== null) {
    const [, sign, span] = relative;
    return span === undefined ? now : now + (sign === '-' ? -1 : 1) * parseDuration(span);
  }
  // Date.parse takes much that is no ISO 8601, each runtime in its own way.
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time))
    throw new Error(`"${text}" is no time: write now-6h, an ISO 8601 time or milliseconds`);
  return time;
}

/** A dashboard's own range, or what is given instead of either end of it. */
export function rangeOf(
  { from, to }: { readonly from: string; readonly to: string },
  { now, range = {} }: { readonly now: number; readonly range?: Partial<PreviewRange> | undefined },
): PreviewRange {
  return { start: range.start ?? timeOf(from, now), end: range.end ?? timeOf(to, now) };
}

const second = 1000;
const steps = [15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400];

/** The step of a query over a range: a round one that gives about `points` samples. */
export function stepFor({ start, end }: PreviewRange, points: number): number {
  const wanted = (end - start) / second / points;
  return (steps.find(step => step >= wanted) ?? Math.ceil(wanted / 86_400) * 86_400) * second;
}

/** What Grafana would fill in: its intervals, and variables that stand at "All". */
export function fillIn(
  expr: string,
  how: {
    readonly range: PreviewRange;
    readonly step: number;
    readonly scrape: number;
    readonly variables: readonly string[];
  },
): string {
  const { range, step, scrape, variables } = how;
  const said = (ms: number) => `${Math.max(1, Math.round(ms / second))}s`;
  const known: Readonly<Record<string, string>> = {
    __rate_interval: said(Math.max(4 * scrape, step + scrape)),
    __interval: said(step),
    __range: said(range.end - range.start),
  };
  return expr.replaceAll(/\$(\w+)/g, (whole, name: string) => {
    if (Object.hasOwn(known, name)) return known[name]!;
    return variables.includes(name) ? '.*' : whole;
  });
}

/** The name of a line: Grafana's format with the labels filled in, or the labels themselves. */
export function legendOf(format: string, labels: Readonly<Record<string, string>>): string {
  if (format !== '' && format !== '__auto')
    return format.replaceAll(/\{\{\s*([^}\s]+)\s*\}\}/g, (_, name: string) => labelOf(labels, name)).trim();
  const { __name__: name = '', ...rest } = labels;
  const said = Object.entries(rest).map(([label, value]) => `${label}=${value}`);
  return said.length === 0 ? name : `${name} ${said.join(' ')}`.trim();
}
