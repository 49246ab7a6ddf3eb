import { parse } from 'yaml';
import { z } from 'zod';
import { diffDashboards } from './dashboard-diff.ts';
import type { FileResult } from './dashboard-folder.ts';
import type { PushResult } from './grafana-dashboards.ts';

/** What became of a file, or of something in Grafana. */
export type BuildResult = FileResult | PushResult;

type Model = Readonly<Record<string, unknown>>;
const model = z.record(z.string(), z.unknown());
const configMap = z.object({ data: z.record(z.string(), z.string()) });

/** The dashboard in a file or in a ConfigMap; undefined where there is none. */
function dashboardIn(path: string, text: string): Model | undefined {
  try {
    if (path.endsWith('.json')) return model.parse(JSON.parse(text));
    const [json] = Object.values(configMap.parse(parse(text)).data);
    return model.parse(JSON.parse(json ?? ''));
  } catch {
    return undefined;
  }
}

function differences(result: BuildResult): readonly string[] {
  const { before, after } = result;
  if (before === undefined || after === undefined) return [];
  const read = (side: string | Model) =>
    typeof side === 'string' ? dashboardIn('path' in result ? result.path : '', side) : side;
  const [old, fresh] = [read(before), read(after)];
  return old === undefined || fresh === undefined ? [] : diffDashboards(old, fresh);
}

function sayResult(result: BuildResult, flags: { readonly diff?: true }): readonly string[] {
  const what = 'path' in result ? result.path : `${result.uid} ${JSON.stringify(result.title)}`;
  const why = result.why === undefined ? '' : `: ${result.why}`;
  const lines = flags.diff && result.state !== 'unchanged' ? differences(result) : [];
  return [`${result.state} ${what}${why}`, ...lines.map(line => `  ${line}`)];
}

/** A line for each; where nobody asked for more only those that were left alone or taken away. */
export function sayResults(
  results: readonly BuildResult[],
  flags: { readonly dryRun?: true; readonly diff?: true },
): string {
  const always = ({ state }: BuildResult) => state === 'conflict' || state === 'removed';
  const shown = flags.dryRun || flags.diff ? results : results.filter(always);
  return shown
    .flatMap(result => sayResult(result, flags))
    .map(line => `${line}\n`)
    .join('');
}

/** `2 new, 14 unchanged`. */
export function sayStates(results: readonly BuildResult[]): string {
  const states = ['new', 'changed', 'overwritten', 'unchanged', 'removed', 'conflict'] as const;
  const counts = states.map(state => [state, results.filter(each => each.state === state).length] as const);
  const parts = counts.filter(([, count]) => count > 0).map(([state, count]) => `${count} ${state}`);
  return parts.length === 0 ? 'nothing to do' : parts.join(', ');
}
