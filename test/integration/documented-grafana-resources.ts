import { z } from 'zod';
import type { ApiAnswer, ApiRequest, GrafanaState } from './documented-grafana-api.ts';

/** A dashboard of the schema v2 as the server holds it. */
export interface StoredResource {
  spec: Record<string, unknown>;
  /** Grows with each change of the spec. */
  generation: number;
  /** Changes with each change at all. */
  resourceVersion: number;
  annotations: Record<string, string>;
}

const kinds = (...names: string[]) => z.looseObject({ kind: z.enum(names), spec: z.looseObject({}) });
const query = kinds('DataQuery').extend({ group: z.string().min(1), version: z.string() });
const elements = z.record(
  z.string(),
  kinds('Panel').extend({
    spec: z.looseObject({
      id: z.number(),
      title: z.string(),
      data: kinds('QueryGroup').extend({
        spec: z.looseObject({
          queries: z.array(
            kinds('PanelQuery').extend({ spec: z.looseObject({ query, refId: z.string().min(1) }) }),
          ),
        }),
      }),
      vizConfig: kinds('VizConfig').extend({ group: z.string().min(1) }),
    }),
  }),
);
const spec = z.looseObject({
  title: z.string().min(1),
  cursorSync: z.enum(['Off', 'Crosshair', 'Tooltip']),
  elements,
  layout: kinds('GridLayout', 'RowsLayout', 'AutoGridLayout', 'TabsLayout'),
  variables: z.array(kinds('QueryVariable', 'DatasourceVariable', 'ConstantVariable')),
  annotations: z.array(kinds('AnnotationQuery').extend({ spec: z.looseObject({ query }) })),
  timeSettings: z.looseObject({ from: z.string(), to: z.string() }),
  links: z.array(z.looseObject({ title: z.string() })),
});
const saved = z.looseObject({
  apiVersion: z.literal('dashboard.grafana.app/v2beta1'),
  kind: z.literal('Dashboard'),
  metadata: z.looseObject({
    name: z.string().regex(/^[a-zA-Z0-9_-]{1,40}$/),
    annotations: z.record(z.string(), z.string()).default({}),
    resourceVersion: z.string().optional(),
  }),
  spec,
});

/** Errors are Kubernetes' Status. */
const status = (code: number, reason: string, message: string): ApiAnswer => ({
  status: code,
  json: { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message },
});

function told(name: string, held: StoredResource, code = 200): ApiAnswer {
  const { spec: own, generation, resourceVersion, annotations } = held;
  const at = { creationTimestamp: '2026-01-01T00:00:00Z', namespace: 'default', uid: `k8s-${name}` };
  const metadata = { name, ...at, generation, resourceVersion: String(resourceVersion), annotations };
  const json = { kind: 'Dashboard', apiVersion: 'dashboard.grafana.app/v2beta1', metadata, spec: own };
  return { status: code, json };
}

function save({ resources, folders }: GrafanaState, name: string | undefined, body: unknown): ApiAnswer {
  const { data, error } = saved.safeParse(body);
  if (data === undefined)
    return status(422, 'Invalid', `Dashboard is invalid: ${error?.issues[0]?.path.join('.')}`);
  const { name: own, annotations, resourceVersion } = data.metadata;
  const held = resources.get(own);
  const folder = annotations['grafana.app/folder'] ?? '';
  if (folder !== '' && !folders.has(folder)) return status(404, 'NotFound', 'folder not found');
  if (name === undefined && held !== undefined)
    return status(409, 'AlreadyExists', `dashboards "${own}" already exists`);
  if (name !== undefined && held === undefined)
    return status(404, 'NotFound', `dashboards "${own}" not found`);
  if (resourceVersion !== undefined && resourceVersion !== String(held?.resourceVersion))
    return status(409, 'Conflict', `Operation cannot be fulfilled on dashboards "${own}": it was modified`);
  const same = JSON.stringify(held?.spec) === JSON.stringify(data.spec);
  const fresh: StoredResource = {
    spec: data.spec,
    generation: (held?.generation ?? 0) + (same ? 0 : 1),
    resourceVersion: (held?.resourceVersion ?? 1000) + 7,
    annotations: { ...annotations, 'grafana.app/createdBy': 'service-account:a' },
  };
  resources.set(own, fresh);
  return told(own, fresh, name === undefined ? 201 : 200);
}

/** https://grafana.com/docs/grafana/latest/developer-resources/api-reference/http-api/dashboard/ */
export function dashboardResources(
  state: GrafanaState,
  { method, path, body }: ApiRequest,
): ApiAnswer | undefined {
  const form = /^\/apis\/dashboard\.grafana\.app\/v2beta1\/namespaces\/default\/dashboards(?:\/([^/]+))?$/;
  const match = form.exec(path);
  if (match === null) return undefined;
  const [, name] = match;
  if (method === 'POST' && name === undefined) return save(state, undefined, body);
  if (method === 'PUT') return save(state, name, body);
  const held = state.resources.get(name ?? '');
  if (name === undefined || held === undefined)
    return status(404, 'NotFound', `dashboards.dashboard.grafana.app "${name}" not found`);
  if (method === 'GET') return told(name, held);
  state.resources.delete(name);
  return status(200, '', '');
}
