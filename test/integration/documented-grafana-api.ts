import { z } from 'zod';
import { dashboardResources, type StoredResource } from './documented-grafana-resources.ts';

/** What the API is asked, and what it answers. */
export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: unknown;
}
export interface ApiAnswer {
  readonly status: number;
  readonly json: unknown;
}

export interface StoredDashboard {
  model: Record<string, unknown>;
  version: number;
  folderUid: string;
  provisioned: boolean;
}
export interface StoredAnnotation {
  readonly id: number;
  time: number;
  timeEnd: number;
  text: string;
  tags: readonly string[];
}
export interface StoredRule {
  readonly rule: Record<string, unknown>;
  readonly provenance: string;
}

/** Everything that it holds. */
export interface GrafanaState {
  readonly folders: Map<string, string>;
  readonly dashboards: Map<string, StoredDashboard>;
  /** Those of the schema v2. */
  readonly resources: Map<string, StoredResource>;
  readonly annotations: Map<number, StoredAnnotation>;
  readonly rules: Map<string, StoredRule>;
}

const ok = (json: unknown): ApiAnswer => ({ status: 200, json });
const refuse = (status: number, message: string, more: object = {}): ApiAnswer => ({
  status,
  json: { message, ...more },
});
const notFound = (what: string) => refuse(404, `${what} not found`);
const uid = z.string().regex(/^[a-zA-Z0-9_-]{1,40}$/);

/** https://grafana.com/docs/grafana/latest/developers/http_api/folder/ */
function folders({ folders: held }: GrafanaState, { method, path, body }: ApiRequest): ApiAnswer | undefined {
  const [, named] = /^\/api\/folders\/([^/]+)$/.exec(path) ?? [];
  if (method === 'GET' && named !== undefined) {
    const title = held.get(named);
    return title === undefined ? notFound('Folder') : ok({ id: 1, uid: named, title, version: 1 });
  }
  if (method !== 'POST' || path !== '/api/folders') return undefined;
  const given = z.object({ uid, title: z.string().min(1) }).safeParse(body);
  if (!given.success) return refuse(400, 'folder title cannot be empty');
  if (held.has(given.data.uid) || [...held.values()].includes(given.data.title))
    return refuse(409, 'a folder with the same name already exists in the current location');
  held.set(given.data.uid, given.data.title);
  return ok({ id: held.size, ...given.data, version: 1 });
}

const save = z.object({
  dashboard: z.looseObject({ uid, title: z.string().min(1), version: z.number().optional() }),
  folderUid: z.string().optional(),
  message: z.string().optional(),
  overwrite: z.boolean().optional(),
});

/** 412 has two reasons with a form of their own: `version-mismatch` and `name-exists`. */
function saveDashboard(state: GrafanaState, body: unknown): ApiAnswer {
  const { data } = save.safeParse(body);
  if (data === undefined) return refuse(400, 'bad request data');
  const { dashboard, folderUid = '', overwrite = false } = data;
  if (folderUid !== '' && !state.folders.has(folderUid)) return refuse(400, 'folder not found');
  const held = state.dashboards.get(dashboard.uid);
  if (held?.provisioned) return refuse(400, 'Cannot save provisioned dashboard');
  if (held !== undefined && !overwrite && held.version !== dashboard.version)
    return refuse(412, 'The dashboard has been changed by someone else', { status: 'version-mismatch' });
  const version = (held?.version ?? 0) + 1;
  const model = { ...dashboard, id: held?.model.id ?? state.dashboards.size + 1, version };
  state.dashboards.set(dashboard.uid, { model, version, folderUid, provisioned: false });
  return ok({ id: model.id, uid: dashboard.uid, url: `/d/${dashboard.uid}/x`, status: 'success', version });
}

/** https://grafana.com/docs/grafana/latest/developers/http_api/dashboard/ */
function dashboards(state: GrafanaState, { method, path, body }: ApiRequest): ApiAnswer | undefined {
  if (method === 'POST' && path === '/api/dashboards/db') return saveDashboard(state, body);
  const [, named] = /^\/api\/dashboards\/uid\/([^/]+)$/.exec(path) ?? [];
  if (named === undefined) return undefined;
  const held = state.dashboards.get(named);
  if (held === undefined) return notFound('Dashboard');
  const { model, version, folderUid, provisioned } = held;
  if (method === 'GET') return ok({ dashboard: model, meta: { version, folderUid, provisioned } });
  if (method !== 'DELETE') return undefined;
  state.dashboards.delete(named);
  return ok({ title: model.title, message: `Dashboard ${model.title} deleted`, id: model.id });
}

/** https://grafana.com/docs/grafana/latest/developers/http_api/folder_dashboard_search/ */
function search(
  { dashboards: v1, resources }: GrafanaState,
  { method, path, query }: ApiRequest,
): ApiAnswer | undefined {
  if (method !== 'GET' || path !== '/api/search') return undefined;
  const all = [
    ...[...v1].map(([uid, { model, folderUid }]) => ({ uid, model, folderUid })),
    ...[...resources].map(([uid, { spec, annotations: said }]) => ({
      ...{ uid, model: spec, folderUid: said['grafana.app/folder'] ?? '' },
    })),
  ].map(({ uid, model: { title, tags }, folderUid }) => ({
    ...{ id: 1, uid, title, uri: 'db/x', url: `/d/${uid}/x`, type: 'dash-db', isStarred: false },
    ...{ tags: z.array(z.string()).catch([]).parse(tags), folderUid },
  }));
  const [tags, folders] = [query.getAll('tag'), query.getAll('folderUIDs')];
  const found = all.filter(
    each =>
      tags.every(tag => each.tags.includes(tag)) &&
      (folders.length === 0 || folders.includes(each.folderUid)),
  );
  const limit = Number(query.get('limit') ?? 1000);
  const from = (Number(query.get('page') ?? 1) - 1) * limit;
  return ok(found.slice(from, from + limit));
}

const annotation = z.object({
  time: z.number(),
  timeEnd: z.number().optional(),
  text: z.string().min(1),
  tags: z.array(z.string().max(200)).default([]),
});

/** https://grafana.com/docs/grafana/latest/developers/http_api/annotations/ */
function annotations(
  { annotations: held }: GrafanaState,
  { method, path, query, body }: ApiRequest,
): ApiAnswer | undefined {
  if (path === '/api/annotations' && method === 'GET') {
    const tags = query.getAll('tags');
    const found = [...held.values()].filter(each => tags.every(tag => each.tags.includes(tag)));
    return ok(found.slice(0, Number(query.get('limit') ?? 100)));
  }
  if (path === '/api/annotations' && method === 'POST') {
    const { data } = annotation.safeParse(body);
    if (data === undefined) return refuse(400, 'Failed to save annotation: text field should not be empty');
    const id = held.size + 1;
    held.set(id, { id, ...data, timeEnd: data.timeEnd ?? data.time });
    return ok({ message: 'Annotation added', id });
  }
  const [, id] = /^\/api\/annotations\/(\d+)$/.exec(path) ?? [];
  if (id === undefined || method !== 'PATCH') return undefined;
  const one = held.get(Number(id));
  if (one === undefined) return notFound('Annotation');
  const { timeEnd = one.timeEnd, text = one.text } = annotation.partial().parse(body);
  held.set(one.id, { ...one, timeEnd, text });
  return ok({ message: 'Annotation patched' });
}

const rule = z.looseObject({
  uid,
  title: z.string().min(1).max(190),
  folderUID: z.string().min(1),
  ruleGroup: z.string().min(1).max(190),
  orgID: z.number(),
  condition: z.string().min(1),
  data: z
    .array(z.looseObject({ refId: z.string(), datasourceUid: z.string(), model: z.looseObject({}) }))
    .min(1),
  for: z.string(),
  noDataState: z.enum(['Alerting', 'NoData', 'OK']),
  execErrState: z.enum(['OK', 'Alerting', 'Error']),
});

/** https://grafana.com/docs/grafana/latest/developers/http_api/alerting_provisioning/ */
function alertRules(state: GrafanaState, request: ApiRequest): ApiAnswer | undefined {
  const { method, path, headers, body } = request;
  const [, named] = /^\/api\/v1\/provisioning\/alert-rules(?:\/([^/]+))?$/.exec(path) ?? [];
  if (!path.startsWith('/api/v1/provisioning/alert-rules')) return undefined;
  const held = state.rules.get(named ?? '');
  if (named !== undefined && held === undefined) return { status: 404, json: {} };
  if (method === 'GET' && named === undefined)
    return ok([...state.rules.values()].map(each => ({ ...each.rule, id: 1, provenance: each.provenance })));
  if (method === 'DELETE') {
    state.rules.delete(named ?? '');
    return { status: 204, json: undefined };
  }
  if (method === 'GET' && held !== undefined) return ok({ ...held.rule, id: 1, provenance: held.provenance });
  const { data, error } = rule.safeParse(body);
  if (data === undefined) return refuse(400, `invalid alert rule: ${error?.issues[0]?.path.join('.')}`);
  if (!state.folders.has(data.folderUID)) return refuse(400, 'invalid alert rule: folder does not exist');
  if (method === 'POST' && state.rules.has(data.uid)) return refuse(409, 'conflict: rule uid already exists');
  const provenance = headers['x-disable-provenance'] === undefined ? 'api' : '';
  if (held !== undefined && held.provenance !== provenance)
    return refuse(409, `cannot change provenance from '${held.provenance}' to '${provenance}'`);
  state.rules.set(data.uid, { rule: data, provenance });
  return { status: method === 'POST' ? 201 : 200, json: data };
}

/** What the documented API answers, by what it holds. */
export function answerApi(state: GrafanaState, request: ApiRequest): ApiAnswer {
  for (const route of [folders, search, dashboards, dashboardResources, annotations, alertRules]) {
    const answer = route(state, request);
    if (answer !== undefined) return answer;
  }
  return notFound('Route');
}
