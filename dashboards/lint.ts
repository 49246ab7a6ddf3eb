import { z } from 'zod';
import { findError } from '../promql/parse.ts';

/** One thing that is wrong with a dashboard, and where. */
export interface LintFinding {
  readonly path: string;
  readonly message: string;
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

const dashboardSchema = z.object({
  uid: z.string().default(''),
  title: z.string().default(''),
  description: z.string().default(''),
  version: z.number().optional(),
  time: z.object({ from: z.string(), to: z.string() }).optional(),
  templating: z.object({
    list: z
      .array(
        z.object({ name: z.string(), type: z.string(), refresh: z.number().optional(), datasource: source }),
      )
      .default([]),
  }),
  panels: z.array(panelSchema).default([]),
});
type Read = z.output<typeof dashboardSchema>;

const variable = `\${datasource}`;

/** What is wrong with a dashboard in Grafana's v1 JSON; empty when nothing is. Never throws. */
export function lintDashboard(json: unknown): LintFinding[] {
  const read = dashboardSchema.safeParse(json);
  if (!read.success)
    return read.error.issues.map(issue => ({ path: issue.path.join('.'), message: issue.message }));
  const ids = new Set<number>();
  return [
    ...lintHead(read.data),
    ...read.data.panels.flatMap((panel, k) => lintPanel(panel, `panels.${k}`, ids)),
    ...lintOverlap(read.data.panels),
  ];
}

function lintHead(read: Read): LintFinding[] {
  const out: LintFinding[] = [];
  const check = (ok: boolean, path: string, message: string) => {
    if (!ok) out.push({ path, message });
  };
  check(/^[a-zA-Z0-9_-]{1,40}$/.test(read.uid), 'uid', 'must be 1 to 40 of a-z, A-Z, 0-9, _ and -');
  check(read.title !== '', 'title', 'is missing');
  check(read.description !== '', 'description', 'is missing');
  check(read.version !== undefined, 'version', 'is missing');
  check(read.time !== undefined, 'time', 'is missing');
  const list = read.templating.list;
  check(
    list.some(one => one.name === 'datasource' && one.type === 'datasource'),
    'templating',
    'has no variable "datasource"',
  );
  for (const one of list.filter(other => other.type === 'query')) {
    check(one.refresh === 2, `templating.${one.name}`, 'is not refreshed when the time range changes');
    check(one.datasource?.uid === variable, `templating.${one.name}`, `must ask ${variable}`);
  }
  return out;
}

function lintPanel(panel: Panel, path: string, ids: Set<number>): LintFinding[] {
  const out: LintFinding[] = [];
  const check = (ok: boolean, message: string) => {
    if (!ok) out.push({ path, message });
  };
  check(panel.id !== undefined && !ids.has(panel.id), 'needs an id of its own');
  if (panel.id !== undefined) ids.add(panel.id);
  check(panel.title !== '', 'has no title');
  check(panel.gridPos !== undefined, 'has no place');
  if (panel.gridPos !== undefined) check(panel.gridPos.x + panel.gridPos.w <= 24, 'is wider than the grid');
  if (panel.type === 'row') return out;
  check(panel.description !== '', 'has no description');
  if (panel.type === 'text') return out;
  check((panel.fieldConfig?.defaults.unit ?? '') !== '', 'has no unit');
  check(panel.datasource?.uid === variable, `must ask ${variable}`);
  check(panel.targets.length > 0, 'has no query');
  check(new Set(panel.targets.map(one => one.refId)).size === panel.targets.length, 'has a refId twice');
  for (const { expr } of panel.targets) out.push(...lintQuery(expr).map(message => ({ path, message })));
  return out;
}

function lintQuery(expr: string): string[] {
  const filled = expr.replaceAll(/\$__(?:rate_interval|interval|range)\b/g, '1m');
  const error = findError(filled);
  if (error !== undefined) return [`its query cannot be read: ${error.message}`];
  if (/\b(?:rate|irate|increase)\([^)]*\[\d/.test(expr))
    return ['a rate has a fixed window: write [$__rate_interval]'];
  if (/\$rate_interval\b|\$\{(?!datasource)/.test(expr)) return ['a placeholder was left in its query'];
  return [];
}

function lintOverlap(panels: readonly Panel[]): LintFinding[] {
  const taken = new Map<string, number>();
  const out: LintFinding[] = [];
  for (const [k, { gridPos }] of panels.entries()) {
    if (gridPos === undefined || gridPos.w * gridPos.h > 10_000) continue;
    const hit = cells(gridPos).find(cell => taken.has(cell));
    if (hit !== undefined) out.push({ path: `panels.${k}`, message: `covers panels.${taken.get(hit)}` });
    for (const cell of cells(gridPos)) taken.set(cell, k);
  }
  return out;
}

function cells(at: z.output<typeof grid>): string[] {
  const out: string[] = [];
  for (let y = at.y; y < at.y + at.h; y++) for (let x = at.x; x < at.x + at.w; x++) out.push(`${x},${y}`);
  return out;
}
