import { z } from 'zod';
import { lintOverlap } from './lint-overlap.ts';
import { lintQuery, type QueryRules } from './lint-query.ts';
import { datasources, grafanaDatasource, mixedDatasource } from './sources.ts';

/** One thing that is wrong with a dashboard, and where. */
export interface LintFinding {
  readonly path: string;
  readonly message: string;
}

/** What a lint must be told that the dashboard does not say. */
export interface LintOptions {
  /** Metrics that end like a counter and are none, such as `pg_locks_count`. */
  readonly gauges?: ReadonlySet<string>;
}

const grid = z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() });
const source = z.object({ uid: z.string() }).optional();
const panelSchema = z.object({
  id: z.number().optional(),
  type: z.string(),
  title: z.string().default(''),
  description: z.string().default(''),
  gridPos: grid.optional(),
  datasource: source,
  fieldConfig: z.object({ defaults: z.object({ unit: z.string().default('') }) }).optional(),
  targets: z
    .array(z.object({ refId: z.string().default(''), expr: z.string().default(''), datasource: source }))
    .default([]),
});
type Panel = z.output<typeof panelSchema>;

const variableSchema = z.object({
  name: z.string(),
  type: z.string(),
  query: z.unknown(),
  refresh: z.number().optional(),
  datasource: source,
});
const annotationSchema = z.object({
  name: z.string().default(''),
  expr: z.string().default(''),
  target: z.object({ tags: z.array(z.string()).default([]) }).prefault({}),
  datasource: source,
});

const dashboardSchema = z.object({
  uid: z.string().default(''),
  title: z.string().default(''),
  description: z.string().default(''),
  version: z.number().optional(),
  schemaVersion: z.number().optional(),
  time: z.object({ from: z.string(), to: z.string() }).optional(),
  templating: z.object({ list: z.array(variableSchema).default([]) }),
  annotations: z.object({ list: z.array(annotationSchema).default([]) }).optional(),
  panels: z.array(panelSchema).default([]),
});
type Read = z.output<typeof dashboardSchema>;

const variables = new Set<string>(Object.values(datasources).map(({ uid }) => uid));
const isVariable = (asked: { readonly uid: string } | undefined) => variables.has(asked?.uid ?? '');
/** Panels that ask no data source. */
const silent = new Set(['row', 'text', 'dashlist']);

/** What is wrong with a dashboard in Grafana's v1 JSON; empty when nothing is. Never throws. */
export function lintDashboard(json: unknown, { gauges = new Set() }: LintOptions = {}): LintFinding[] {
  const read = dashboardSchema.safeParse(json);
  if (!read.success)
    return read.error.issues.map(issue => ({ path: issue.path.join('.'), message: issue.message }));
  const entityVariables = read.data.templating.list.filter(({ type }) => type === 'query');
  const rules: QueryRules = { gauges, entityVariables: entityVariables.map(({ name }) => name) };
  const ids = new Set<number>();
  return [
    ...lintHead(read.data),
    ...lintVariables(read.data),
    ...lintAnnotations(read.data),
    ...read.data.panels.flatMap((panel, k) => lintPanel(panel, `panels.${k}`, { ids, rules })),
    ...lintOverlap(read.data.panels.map(({ gridPos }) => gridPos)),
  ];
}

function findings() {
  const all: LintFinding[] = [];
  const check = (ok: boolean, path: string, message: string) => {
    if (!ok) all.push({ path, message });
  };
  return { all, check };
}

function lintHead(read: Read): LintFinding[] {
  const out = findings();
  out.check(/^[a-zA-Z0-9_-]{1,40}$/.test(read.uid), 'uid', 'must be 1 to 40 of a-z, A-Z, 0-9, _ and -');
  out.check(read.title !== '', 'title', 'is missing');
  out.check(read.description !== '', 'description', 'is missing');
  out.check(read.version !== undefined, 'version', 'is missing');
  out.check(read.schemaVersion !== undefined, 'schemaVersion', 'is missing');
  out.check(read.time !== undefined, 'time', 'is missing');
  return out.all;
}

function lintVariables({ templating: { list }, panels, annotations }: Read): LintFinding[] {
  const out = findings();
  const has = (name: string) => list.some(one => one.name === name && one.type === 'datasource');
  out.check(has('datasource'), 'templating', 'has no variable "datasource"');
  const asked = JSON.stringify([panels, annotations, list]);
  out.check(
    has('foreshock') || !asked.includes(datasources.foreshock.uid),
    'templating',
    'has no variable "foreshock", which is asked',
  );
  out.check(new Set(list.map(({ name }) => name)).size === list.length, 'templating', 'has a variable twice');
  for (const one of list.filter(other => other.type === 'query')) {
    const path = `templating.${one.name}`;
    out.check(one.refresh === 2, path, 'is not refreshed when the time range changes');
    out.check(isVariable(one.datasource), path, 'must ask a variable data source');
    out.check(new RegExp(`\\$${one.name}\\b`).test(asked), path, 'is not used');
  }
  return out.all;
}

/** Marks are drawn while a query has a value; what they say of counters and entities is theirs. */
function lintAnnotations({ annotations }: Read): LintFinding[] {
  const out = findings();
  for (const [k, { name, expr, target, datasource }] of (annotations?.list ?? []).entries()) {
    const path = `annotations.${k}`;
    out.check(name !== '', path, 'has no name');
    if (datasource?.uid === grafanaDatasource.uid) {
      out.check(target.tags.length > 0, path, 'asks for marks of everybody: it needs a tag');
      continue;
    }
    out.check(isVariable(datasource), path, 'must ask a variable data source');
    for (const message of lintQuery(expr, { gauges: new Set(), entityVariables: [] }))
      out.check(false, path, message);
  }
  return out.all;
}

interface PanelRules {
  /** Ids that are taken. */
  readonly ids: Set<number>;
  readonly rules: QueryRules;
}

function lintPanel(panel: Panel, path: string, { ids, rules }: PanelRules): LintFinding[] {
  const out = findings();
  const check = (ok: boolean, message: string) => out.check(ok, path, message);
  check(panel.id !== undefined && !ids.has(panel.id), 'needs an id of its own');
  if (panel.id !== undefined) ids.add(panel.id);
  check(panel.title !== '', 'has no title');
  check(panel.gridPos !== undefined, 'has no place');
  if (panel.gridPos !== undefined) check(panel.gridPos.x + panel.gridPos.w <= 24, 'is wider than the grid');
  if (panel.type !== 'row') check(panel.description !== '', 'has no description');
  if (silent.has(panel.type)) return out.all;
  check((panel.fieldConfig?.defaults.unit ?? '') !== '', 'has no unit');
  check(
    isVariable(panel.datasource) || panel.datasource?.uid === mixedDatasource.uid,
    'must ask a variable data source',
  );
  check(panel.targets.length > 0, 'has no query');
  check(new Set(panel.targets.map(one => one.refId)).size === panel.targets.length, 'has a refId twice');
  for (const { expr, refId, datasource } of panel.targets) {
    const asksItself =
      datasource?.uid === panel.datasource?.uid || panel.datasource?.uid === mixedDatasource.uid;
    check(
      isVariable(datasource) && asksItself,
      `its query ${refId} must ask a variable data source, the one of its panel unless that is mixed`,
    );
    for (const message of lintQuery(expr, rules)) check(false, message);
  }
  return out.all;
}
