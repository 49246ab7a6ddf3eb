import { dirname, resolve } from 'node:path';
import { formatDuration } from '../core/duration.ts';
import { type Indicator, mapQueries, type ObjectiveSpec } from '../core/objective.ts';
import { substitute } from '../promql/params.ts';
import { findError } from '../promql/parse.ts';
import type { LoadContext } from './load.ts';
import type { Mistake } from './mistake.ts';
import { type Slo, type SloObjective, sloSchema } from './openslo-schema.ts';
import { at, type Outline } from './outline.ts';
import { burnStep } from './resolve.ts';
import { type Path, YamlSource } from './yaml-source.ts';

/** The objectives of all files that a config names, or what is wrong with each. */
export interface LoadedObjectives {
  readonly objectives: readonly ObjectiveSpec[];
  readonly mistakes: readonly Mistake[];
}

/** Kinds of OpenSLO that stand beside an SLO; nothing is read of them. */
const others = ['Service', 'SLI', 'DataSource', 'AlertPolicy', 'AlertCondition', 'AlertNotificationTarget'];

/** Reads the OpenSLO v1 documents of the files in `objectives:`, relative to the config. */
export function loadObjectives(
  outline: Outline,
  source: YamlSource,
  context: LoadContext & { readonly file: string },
): LoadedObjectives {
  const mistakes: Mistake[] = [];
  const objectives: ObjectiveSpec[] = [];
  outline.objectives.forEach((given, i) => {
    if (typeof given !== 'string') return;
    let text: string;
    const file = resolve(dirname(context.file), given);
    try {
      text = context.readFile(file);
    } catch {
      mistakes.push(source.mistake(['objectives', i], `the file cannot be read (got "${given}")`));
      return;
    }
    for (const document of documentsOf(file, text)) {
      const read = readDocument(document, new Set(objectives.map(({ name }) => name)), outline);
      objectives.push(...read.objectives);
      mistakes.push(...read.mistakes);
    }
  });
  return { objectives, mistakes };
}

/** Each document with its place in the file: what stands before it is blank lines. */
function documentsOf(file: string, text: string): YamlSource[] {
  const parts: string[][] = [[]];
  const lines = text.split('\n');
  lines.forEach((line, i) => {
    if (/^(---|\.\.\.)(\s|$)/.test(line)) parts.push([...lines.slice(0, i).fill(''), `   ${line.slice(3)}`]);
    else parts.at(-1)?.push(line);
  });
  return parts
    .map(part => part.join('\n'))
    .filter(part => /^\s*[^#\s]/m.test(part))
    .map(part => new YamlSource(file, part));
}

function readDocument(
  source: YamlSource,
  taken: ReadonlySet<string>,
  outline: Pick<Outline, 'scrapeInterval'>,
): LoadedObjectives {
  const syntax = source.syntax();
  if (!syntax.readable) return { objectives: [], mistakes: syntax.mistakes };
  const value = source.value();
  if (at(value, 'apiVersion') === 'openslo/v1' && others.includes(String(at(value, 'kind'))))
    return { objectives: [], mistakes: [] };
  const parsed = sloSchema.safeParse(value);
  const wrong = parsed.success
    ? [...queryMistakes(parsed.data, source), ...nameMistakes(parsed.data, source, taken)]
    : source.schemaMistakes(parsed.error, sloSchema);
  const mistakes = [...syntax.mistakes, ...wrong];
  if (!parsed.success || mistakes.length > 0) return { objectives: [], mistakes };
  const slo = parsed.data;
  const wrongOnes = slo.spec.objectives.flatMap((one, i) => meaningMistakes(slo, one, { source, i }));
  if (wrongOnes.length > 0) return { objectives: [], mistakes: wrongOnes };
  const window = formatDuration(Math.max(burnStep, 4 * outline.scrapeInterval));
  return { objectives: slo.spec.objectives.map((one, i) => objectiveOf(slo, one, { i, window })), mistakes };
}

/** Names of the template that other tools put for the window, and ours. */
const asOurs = (query: string): string =>
  query.replace(/\[\s*\{\{\s*\.window\s*\}\}\s*\]/g, '[$rate_interval]');

function metricsOf({ spec: { indicator } }: Slo) {
  const { ratioMetric: ratio, thresholdMetric: threshold } = indicator.spec;
  const queryOf = (metric: typeof threshold) => metric?.metricSource.spec.query;
  return {
    good: queryOf(ratio?.good),
    bad: queryOf(ratio?.bad),
    total: queryOf(ratio?.total),
    threshold: queryOf(threshold),
  };
}

function queryMistakes(slo: Slo, source: YamlSource): Mistake[] {
  const { threshold, ...ratio } = metricsOf(slo);
  const root: Path = ['spec', 'indicator', 'spec'];
  const asked = [
    { query: threshold, keys: [...root, 'thresholdMetric'], rate: false },
    ...Object.entries(ratio).map(([name, query]) => ({
      query,
      keys: [...root, 'ratioMetric', name],
      rate: true,
    })),
  ];
  return asked.flatMap(({ query, keys, rate }) => {
    if (query === undefined) return [];
    const path = [...keys, 'metricSource', 'spec', 'query'];
    const error = findError(substitute(asOurs(query), {}, { rateInterval: '5m' }));
    if (error !== undefined) return [source.mistake(path, `not PromQL: ${error.message}`)];
    if (rate && !query.includes('['))
      return [
        source.mistake(
          path,
          'must be events a second, such as sum(rate(requests_total[$rate_interval])); it has no range',
        ),
      ];
    return [];
  });
}

function nameMistakes(
  { metadata: { name } }: Slo,
  source: YamlSource,
  taken: ReadonlySet<string>,
): Mistake[] {
  const known = [...taken].some(each => each === name || each.startsWith(`${name}_`));
  return known
    ? [source.mistake(['metadata', 'name'], `another objective has this name (got "${name}")`)]
    : [];
}

/** What an objective needs beside its form. */
function meaningMistakes(
  { spec: { indicator, budgetingMethod } }: Slo,
  one: SloObjective,
  { source, i }: { readonly source: YamlSource; readonly i: number },
): Mistake[] {
  const path = ['spec', 'objectives', i];
  if (indicator.spec.thresholdMetric !== undefined)
    return one.op === undefined || one.value === undefined
      ? [source.mistake(path, 'must have op and value, as its indicator is a thresholdMetric')]
      : [];
  return budgetingMethod === 'Timeslices' && one.timeSliceTarget === undefined
    ? [source.mistake(path, 'must have timeSliceTarget, as budgetingMethod is Timeslices')]
    : [];
}

function objectiveOf(
  slo: Slo,
  one: SloObjective,
  { i, window }: { readonly i: number; readonly window: string },
): ObjectiveSpec {
  const { metadata, spec } = slo;
  const [first] = spec.timeWindow;
  const target = one.target ?? Number(((one.targetPercent ?? 0) / 100).toPrecision(12));
  return {
    name: spec.objectives.length === 1 ? metadata.name : `${metadata.name}_${i + 1}`,
    description: [spec.description || metadata.displayName, one.displayName].filter(Boolean).join(': '),
    class: undefined,
    indicator: mapQueries(indicatorOf(slo, one), query =>
      substitute(asOurs(query), {}, { rateInterval: window }),
    ),
    target,
    timeWindow: first?.duration ?? '30d',
    severity: 'critical',
    action: '',
  };
}

/** A slice of time of a ratio is good while the ratio is: a threshold. Empty slices have no ratio and are not counted. */
function indicatorOf(slo: Slo, { op = 'gte', value = 0, timeSliceTarget = 0 }: SloObjective): Indicator {
  const { good, bad, total = '', threshold } = metricsOf(slo);
  if (threshold !== undefined)
    return { ratioMetric: undefined, thresholdMetric: { query: threshold, op, value } };
  if (slo.spec.budgetingMethod === 'Occurrences')
    return { ratioMetric: { good, bad, total }, thresholdMetric: undefined };
  const asked = `(${total}) > 0`;
  const query =
    good === undefined ? `1 - ((${bad}) or 0 * (${total})) / (${asked})` : `(${good}) / (${asked})`;
  return { ratioMetric: undefined, thresholdMetric: { query, op: 'gte', value: timeSliceTarget } };
}
